from collections.abc import Callable
from datetime import datetime

import pytest
from sqlalchemy import Engine

from dashboard.content import DATA
from dashboard.data_requests.model import Case
from dashboard.db import transaction
from dashboard.i18n import Language
from dashboard.mail import messages
from dashboard.mail.messages import Post
from dashboard.settings import Settings
from tests import cases
from tests.people import request

WRITERS: dict[str, Callable[[Post, Case], None]] = {
    "verification": lambda post, case: messages.verification(post, case, token="TOKEN", rights=["Inzage"], reasons="Daarom."),
    "fresh_link": lambda post, case: messages.fresh_link(post, case, token="TOKEN"),
    "question": lambda post, case: messages.question(post, case, token="TOKEN"),
    "news": lambda post, case: messages.news(post, case, token="TOKEN"),
    "answered": lambda post, case: messages.answered(post, case, token="TOKEN", limited=True),
    "handed_over": lambda post, case: messages.handed_over(post, case, school="School"),
    "closed_by_school": messages.closed_by_school,
    "withdrawn": messages.withdrawn,
    "expired": lambda post, case: messages.expired(post, case, days=30),
}


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("name", sorted(WRITERS))
def test_every_message_is_written_in_the_requesters_language_with_reference_and_link(
    sqlite: Engine, settings: Settings, now: datetime, name: str, language: Language
) -> None:
    case = cases.case_of(sqlite, cases.submit(sqlite, settings, now, request(language=language)))
    with transaction(sqlite) as session:
        WRITERS[name](Post(session, settings, now), case)
    mail = cases.mails(sqlite, name)[-1]
    assert mail.language is language
    assert case.reference in mail.subject
    assert mail.body.startswith("Beste Noor" if language is Language.NL else "Dear Noor")
    assert ("http://localhost:8501/open#TOKEN" in mail.body) is (
        name in {"verification", "fresh_link", "question", "news", "answered"}
    )
    assert "{" not in mail.body
    assert "\n\n\n" not in mail.body


def test_there_is_a_function_for_every_template() -> None:
    assert {path.name.removesuffix(".txt.j2") for path in (DATA / "mail" / "nl").glob("*.j2")} == set(WRITERS)


def test_a_header_line_holds_no_line_breaks() -> None:
    assert messages.one_line("a\r\nb\t c\u2028d\x00") == "a b c d"
