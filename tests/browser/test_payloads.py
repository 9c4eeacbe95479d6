"""T20: what people type is words, wherever it comes out: on pages, in mails, on paper, in tables. `make trust` types all of these
into every field, `make test` some.
"""

import csv
import io
import json
import os
import re
from pathlib import Path

import pikepdf
import pytest
from playwright.sync_api import Dialog, expect

from dashboard.clock import utc_now
from dashboard.data_requests.case.model import Case
from dashboard.demo.run import settings_for
from dashboard.files import FileStore
from dashboard.portal import Portal
from dashboard.settings import Settings
from tests import cases
from tests.browser.conftest import Visits
from tests.engines import opened
from tests.people import request

pytestmark = pytest.mark.xdist_group("demo-2")

ELSEWHERE = "https://elders.example"
# Scripts, markdown and what Streamlit adds to it, templates, commands, formulas, headers, signs that aren't seen.
PAYLOADS = [json.loads(line) for line in Path(__file__).with_name("payloads.jsonl").read_text("utf-8").splitlines()]
SOME = PAYLOADS if os.environ.get("TRUST_WHOLE") else PAYLOADS[::9]
FIRST = ("=", "+", "-", "@", "\t", "\r")


def typed_everywhere(portal: Portal, words: str, number: int) -> Case:
    """A request with these words wherever words go."""
    everywhere = dict.fromkeys(("name", "explanation", "school_name", "subject_name", "wrong_field", "right_value"), words)
    about = {"rights": ("rectification",), "role": "parent", "subject": "own_records", "born_on": "1-2-2016"}
    asked = request(**everywhere | about | {"email": f"woorden{number}@aanvrager.example"})
    return cases.received(portal.engine, portal.settings, utc_now(), asked)


def test_there_are_sixty_of_them() -> None:
    assert len(set(PAYLOADS)) >= 60


def test_what_was_typed_runs_nowhere_and_asks_for_nothing(visit: Visits, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {**settings_for(visit.demo.port, visit.demo.data), "BIJSLUITER_LIMIT_TIMES": "1000"}.items():
        monkeypatch.setenv(name, value)
    settings = Settings(_env_file=None)
    engine = opened(f"sqlite:///{visit.demo.data / 'bijsluiter.db'}", *settings.file_secrets)
    portal = Portal(settings, engine, FileStore.local(settings.data_dir / "files"))
    dialogs: list[str] = []

    def shut(dialog: Dialog) -> None:
        dialogs.append(dialog.message)
        dialog.dismiss()

    agent = visit()
    agent.page.on("dialog", shut)
    agent.sign_in("medewerkers", "behandelaar", "/desk")
    for number, words in enumerate(SOME):
        case = typed_everywhere(portal, words, number)
        agent.go(f"/case?ref={case.reference}")
        shown = agent.page.locator("[data-testid=stMain]").inner_text()
        # As it was typed, sign for sign; what isn't seen on a page may be seen as something else.
        for line in filter(None, (part.strip() for part in re.split(r"[\r\n]+", case.explanation))):
            assert line in shown.replace("\u00a0", " "), words
        # Only our own: the menu, the page, a download.
        links = agent.page.locator("[data-testid=stMain] a").evaluate_all("all => all.map(each => each.href)")
        assert [link for link in links if not link.startswith(visit.demo.url)] == [], words
        paper = agent.page.request.get(f"{visit.demo.url}/dossier/{case.reference}.pdf")
        assert paper.ok, words
        with pikepdf.open(io.BytesIO(paper.body())) as pdf:
            links = [str(each.get("/URI", "")) for each in pdf.objects if isinstance(each, pikepdf.Dictionary)]
            assert [link for link in links if ELSEWHERE in link] == [], words
            scripts = [each for each in pdf.objects if isinstance(each, pikepdf.Dictionary) and each.get("/S") == "/JavaScript"]
            assert scripts == [], words
    # The names, on the desk.
    agent.go("/desk")
    agent.fill("Zoek", "woorden")
    agent.page.keyboard.press("Enter")
    rows = agent.page.locator("[class*=st-key-desk_row_open_]")
    expect(rows).to_have_count(min(len(SOME), 25))
    agent.still()
    links = agent.page.locator("[data-testid=stMain] a").evaluate_all("all => all.map(each => each.href)")
    assert [link for link in links if not link.startswith(visit.demo.url)] == []
    taken = agent.page.request.get(f"{visit.demo.url}/register/all.csv")
    rows = list(csv.reader(io.StringIO(taken.body().decode("utf-8-sig")), delimiter=";"))
    assert len(rows) > len(SOME)
    assert [cell for row in rows for cell in row if cell.startswith(FIRST)] == []
    reader = visit()
    reader.page.on("dialog", shut)
    reader.go("/mailbox")
    mails = [mail for mail in cases.mails(engine) if re.fullmatch(r"woorden\d+@aanvrager\.example", mail.recipient)]
    assert len(mails) >= len(SOME)
    for mail in mails:
        assert "\r" not in mail.subject
        assert "\n" not in mail.subject
        assert ELSEWHERE not in mail.body
        assert "alert(1)" not in mail.body
        assert "49" not in re.sub(r"[0-9A-Za-z_-]{20,}|BS-\S+|\d{2}:\d{2}", "", mail.subject)
    engine.dispose()
    assert dialogs == []
