"""What came with a request, taken along or looked at: by staff, by the school that decides, by the requester."""

from dataclasses import replace
from datetime import datetime

import pytest
import time_machine
from sqlmodel import select
from starlette.applications import Starlette
from starlette.testclient import TestClient

from dashboard.accounts import service as accounts
from dashboard.audit import AuditRow
from dashboard.data_requests.case.model import CaseFile
from dashboard.data_requests.outgoing.uploads import Upload
from dashboard.data_requests.school import at_school
from dashboard.db import reading, transaction
from dashboard.errors import BijsluiterError
from dashboard.files import FileStore
from dashboard.permissions import VISITOR
from dashboard.portal import Portal
from dashboard.settings import Settings
from dashboard.web import cookies
from dashboard.web.middleware import stack
from dashboard.web.responses import refused
from dashboard.web.routes import routes
from tests import cases
from tests.acts import NOW, by
from tests.app import cookie_for

SENT = {
    "brief.txt": "Dit is een <script>alert(1)</script> brief van café Übersee.".encode("cp1252"),
    "foto.png": cases.PNG,
}


@pytest.fixture
def here(school_portal: Portal, monkeypatch: pytest.MonkeyPatch) -> Portal:
    """With a pupil's request, files and all, that the lyceum decides."""
    with_files = replace(school_portal, files=FileStore.local(school_portal.settings.data_dir / "files"))
    for module in ("documents", "identity", "responses", "routes"):
        monkeypatch.setattr(f"dashboard.web.{module}.portal", lambda: with_files)
    uploads = tuple(Upload(name, content) for name, content in SENT.items())
    cases.handed(with_files.engine, with_files.settings, NOW, uploads=uploads)
    return with_files


def visitor(portal: Portal, session: str = "", opening: str = "") -> TestClient:
    app = Starlette(routes=routes(frozenset()), exception_handlers={BijsluiterError: refused}, middleware=stack(portal.settings))
    held = {cookies.SESSION: session, cookies.OPENING: opening}
    return TestClient(app, base_url="http://localhost", cookies={name: value for name, value in held.items() if value})


def files(portal: Portal) -> dict[str, str]:
    with reading(portal.engine) as session:
        return {row.name: row.id for row in session.exec(select(CaseFile))}


def school_in(portal: Portal, sub: str = "school") -> str:
    """Somebody of the school, who typed the code that was mailed to it."""
    cookie = cookie_for(portal, "entree", sub, NOW)
    with reading(portal.engine) as session:
        case_id = session.exec(select(CaseFile.case_id)).first()
        who = accounts.resolve(by(session, VISITOR, NOW, portal.settings), cookie)
    with transaction(portal.engine) as session:
        at_school.enter_handed(by(session, who, NOW, portal.settings), str(case_id), cases.school_code(portal.engine))
    return cookie


@pytest.fixture(autouse=True)
def _then() -> object:
    with time_machine.travel(NOW, tick=True):
        yield


def statuses(client: TestClient, portal: Portal) -> dict[str, set[int]]:
    return {
        name: {client.get(f"/answers/{file_id}{end}").status_code for end in ("", "/view")}
        for name, file_id in files(portal).items()
    }


def test_staff_the_school_that_decides_and_the_requester_take_and_see_what_was_sent(here: Portal) -> None:
    all_of_it = {name: {200} for name in files(here)}
    assert set(all_of_it) == set(SENT)
    agent, school = cookie_for(here, "medewerkers", "behandelaar", NOW), school_in(here)
    assert statuses(visitor(here, agent), here) == all_of_it
    assert statuses(visitor(here, school), here) == all_of_it
    assert statuses(visitor(here, opening=cases.BROWSER), here) == all_of_it
    # Somebody signed in who also asked something themselves, in the same browser.
    other = cookie_for(here, "entree", "kleine-letters", NOW)
    assert statuses(visitor(here, other, cases.BROWSER), here) == all_of_it
    with reading(here.engine) as session:
        taken = session.exec(select(AuditRow).where(AuditRow.action == "case.download_file")).all()
    assert len(taken) == 4 * len(SENT) * 2


def test_nobody_else_does(here: Portal) -> None:
    none_of_it = {name: {404} for name in files(here)}
    for cookie in (
        "",
        "x" * 43,
        *(cookie_for(here, *who, NOW) for who in (
            ("entree", "school"), ("entree", "kleine-letters"), ("surfconext", "mbo"), ("medewerkers", "redacteur"),
            ("medewerkers", "beheerder"), ("entree", "leerling"),
        )),
    ):  # fmt: skip
        assert statuses(visitor(here, cookie), here) == none_of_it, cookie
    assert statuses(visitor(here, opening="y" * 43), here) == none_of_it


def test_what_is_looked_at_runs_nothing_and_asks_for_nothing(here: Portal) -> None:
    client = visitor(here, cookie_for(here, "medewerkers", "behandelaar", NOW))
    for name, file_id in files(here).items():
        seen, taken = client.get(f"/answers/{file_id}/view"), client.get(f"/answers/{file_id}")
        assert seen.headers["content-security-policy"] == (
            "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; sandbox; frame-ancestors 'self'"
        )
        assert seen.headers["content-disposition"] == f'inline; filename="{name}"'
        assert seen.headers["x-content-type-options"] == "nosniff"
        assert taken.headers["content-disposition"] == f'attachment; filename="{name}"'
        assert "frame-ancestors 'none'" in taken.headers["content-security-policy"]
    text = client.get(f"/answers/{files(here)['brief.txt']}/view")
    assert text.headers["content-type"] == "text/plain; charset=utf-8"
    # Written as Windows does, read as it was meant; and never as HTML.
    assert text.text == "Dit is een <script>alert(1)</script> brief van café Übersee."


def test_an_answer_that_no_page_shows_is_only_taken(here: Portal, now: datetime, settings: Settings) -> None:
    case = cases.in_progress(here.engine, settings, NOW)
    cases.give(here.engine, settings, cases.decide(here.engine, case, NOW), NOW)
    client = visitor(here, cookie_for(here, "medewerkers", "behandelaar", NOW))
    answer = next(file_id for name, file_id in files(here).items() if name not in SENT)
    assert client.get(f"/answers/{answer}").status_code == 200
    assert client.get(f"/answers/{answer}/view").status_code == 404
