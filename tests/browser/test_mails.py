"""Every mail as a mail client draws it: the HTML part in Chromium, at both widths, in both languages and themes."""

import re
from datetime import datetime

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser
from sqlalchemy import Engine

from dashboard.audit_chain import Head
from dashboard.data_requests.outgoing import messages
from dashboard.data_requests.upkeep.upkeep import Digest
from dashboard.db import transaction
from dashboard.i18n import Language
from dashboard.mail.outbox import Envelope
from dashboard.mail.smtp import as_email
from dashboard.permissions import SYSTEM
from dashboard.settings import Settings
from tests import cases
from tests.acts import by
from tests.browser.conftest import SCREENSHOTS, WIDTHS
from tests.browser.person import RULES
from tests.mail.test_messages import TO_COLLEAGUE, TO_REQUESTER, TO_SCHOOL
from tests.people import request

pytestmark = pytest.mark.xdist_group("demo")


@pytest.mark.parametrize("language", list(Language))
def test_every_mail_reads_well_at_both_widths_and_has_the_same_words_as_text(
    browser: Browser, sqlite: Engine, settings: Settings, now: datetime, language: Language
) -> None:
    case = cases.case_of(sqlite, cases.submit(sqlite, settings, now, request(language=language)))
    with transaction(sqlite) as session:
        act = by(session, SYSTEM, now, settings)
        for write in (TO_REQUESTER | TO_SCHOOL).values():
            write(act, case)
        for send in TO_COLLEAGUE.values():
            send(act, Envelope("noor@school.example", language, "Noor"))
        messages.digest(act, to="desk@publisher.example", counted=Digest(2, 3, 1, 0, 9), head=Head(7, "ab" * 32))
    SCREENSHOTS.mkdir(exist_ok=True)
    for width, size in WIDTHS.items():
        for scheme in ("light", "dark"):
            context = browser.new_context(viewport=size, color_scheme=scheme)  # type: ignore[arg-type]
            page = context.new_page()
            asked: list[str] = []
            page.on("request", lambda sent, asked=asked: asked.append(sent.url))  # type: ignore[misc]
            for mail in cases.mails(sqlite):
                email = as_email(mail, settings)
                html, plain = email.get_body(("html",)), email.get_body(("plain",))
                assert html is not None
                assert plain is not None
                page.set_content(html.get_content())
                shown = " ".join(page.locator("main").inner_text().split())
                for word in _words(plain.get_content()):
                    assert word in shown, (mail.kind, word)
                wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
                assert wide <= 0, mail.kind
                if scheme == "light":
                    name = f"mail-{mail.kind}-{language.value}-{width}.png"
                    page.screenshot(path=SCREENSHOTS / name, full_page=True)
                assert Axe().run(page, options=RULES).response["violations"] == []
            # Nothing is fetched: no picture that tells somebody the mail was read.
            assert asked == []
            context.close()


def _words(text: str) -> list[str]:
    """The words of the text part without the signs that become lists, links and bold."""
    return [word for word in re.sub(r"(?m)^\d\. |^- |[<>*]", " ", text).split() if word.strip(".,")]
