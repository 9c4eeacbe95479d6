"""T07: a session that is too old or idle for too long opens no page and no route; one that is idle for 29 minutes opens all."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from sqlmodel import select, update
from starlette.applications import Starlette
from starlette.testclient import TestClient

from dashboard.accounts.model import LoginSession
from dashboard.annexes.model import DocumentVersion
from dashboard.clock import utc_now
from dashboard.data_requests.case.model import CaseFile
from dashboard.data_requests.outgoing.uploads import Upload
from dashboard.db import reading, transaction
from dashboard.errors import BijsluiterError
from dashboard.files import FileStore
from dashboard.permissions import PERMISSIONS, Permission, Role
from dashboard.portal import Portal
from dashboard.ui.navigation import PAGES, PageSpec
from dashboard.web import cookies
from dashboard.web.middleware import stack
from dashboard.web.responses import refused
from dashboard.web.routes import routes
from tests import cases
from tests.acts import NOW
from tests.app import Open, cookie_for, shown
from tests.pages.test_staff import received

WHO = {
    Role.SCHOOL: ("entree", "school"),
    Role.DESK_AGENT: ("medewerkers", "behandelaar"),
    Role.PRIVACY_OFFICER: ("medewerkers", "functionaris"),
    Role.EDITOR: ("medewerkers", "redacteur"),
    Role.ADMINISTRATOR: ("medewerkers", "beheerder"),
    Role.AUDITOR: ("medewerkers", "auditor"),
}
# Nobody without a session sees these; the rest of what a role may is for visitors too.
CLOSED = [page for page in PAGES if Permission(page.permission) not in PERMISSIONS[Role.VISITOR]]
OURS = [(role, page) for role in WHO for page in CLOSED if page.permission in PERMISSIONS[role]]
# How many of the addresses below are theirs at least.
LEAST = {
    Role.SCHOOL: 10,
    Role.DESK_AGENT: 8,
    Role.PRIVACY_OFFICER: 12,
    Role.EDITOR: 10,
    Role.ADMINISTRATOR: 10,
    Role.AUDITOR: 8,
}
# Who isn't signed in isn't told that there is such a page.
NOWHERE = "Could not find a navigation page"
MODULES = ("documents", "figures", "library", "identity", "routes", "oversight", "responses")


@pytest.fixture
def here(school_portal: Portal, sample_files: Path, monkeypatch: pytest.MonkeyPatch) -> Portal:
    shutil.copytree(sample_files, school_portal.settings.data_dir / "files")
    with_files = replace(school_portal, files=FileStore.local(school_portal.settings.data_dir / "files"))
    for module in MODULES:
        monkeypatch.setattr(f"dashboard.web.{module}.portal", lambda: with_files, raising=False)
    cases.handed(with_files.engine, with_files.settings, NOW, uploads=(Upload("brief.txt", b"Dag"),))
    return with_files


def after(minutes: float, ask: Callable[[], object]) -> object:
    with time_machine.travel(NOW + timedelta(minutes=minutes), tick=True):
        return ask()


@pytest.mark.parametrize(("role", "page"), OURS, ids=[f"{role.value}-{page.path}" for role, page in OURS])
def test_every_page_asks_to_sign_in_again_after_half_an_hour_without_use(
    open_page: Open, school_portal: Portal, role: Role, page: PageSpec
) -> None:
    cookie = cookie_for(school_portal, *WHO[role], NOW)
    case = received(school_portal)
    with reading(school_portal.engine) as session:
        version = session.exec(select(DocumentVersion.id)).first()
    named = {"case": {"ref": case.reference}, "annex": {"version": str(version)}}

    def title() -> str:
        at = open_page(page.script, session=cookie, query=named.get(page.path))
        assert not at.exception
        return shown(at)

    # Looking is use: the half hour begins anew.
    assert after(29, title)
    with pytest.raises(ValueError, match=NOWHERE):
        after(29 + 31, title)


def addresses(portal: Portal) -> list[str]:
    """Every route that answers somebody of ours with more than a page of words."""
    with reading(portal.engine) as session:
        versions = list(session.exec(select(DocumentVersion.id)).all())
        file = session.exec(select(CaseFile.id)).one()
    reference = cases.mails(portal.engine, "verification")[0].body.split("BS-")[1].split()[0][:11]
    return [
        *(f"/documents/{version}{end}" for version in versions for end in ("", "/file")),
        *(f"/catalogue/{version}" for version in versions),
        "/documents/all.zip",
        *(f"/exports/{name}" for name in ("register.csv", "register.xlsx", "dpia.xlsx")),
        f"/answers/{file}",
        f"/answers/{file}/view",
        f"/dossier/BS-{reference}.pdf",
        "/insight/all.xlsx",
        "/insight/requests-per-week.csv",
        "/insight/deadline-health.csv",
        "/insight/report-2026.pdf",
        "/register/all.csv",
        "/register/all.xlsx",
        "/audit/export.zip",
    ]


@pytest.mark.parametrize("role", WHO)
def test_every_route_opens_at_29_minutes_and_none_at_31_or_after_eight_hours(here: Portal, role: Role) -> None:
    cookie = cookie_for(here, *WHO[role], NOW)
    app = Starlette(routes=routes(frozenset()), exception_handlers={BijsluiterError: refused}, middleware=stack(here.settings))
    client = TestClient(app, base_url="http://localhost", cookies={cookies.SESSION: cookie})

    def opened() -> set[str]:
        return {path for path in addresses(here) if client.get(path).status_code == 200}

    first = after(0, opened)
    assert isinstance(first, set)
    # An editor reads the catalogue, an administrator too.
    assert len(first) >= LEAST[role]
    assert after(29, opened) == first
    assert after(29 + 31, opened) == set()
    working = cookie_for(here, *WHO[role], NOW)
    client = TestClient(app, base_url="http://localhost", cookies={cookies.SESSION: working})

    def opened_by_who_just_looked_at_a_page() -> set[str]:
        with transaction(here.engine) as session:
            session.exec(update(LoginSession).values(last_seen_at=utc_now()))
        return opened()

    # What asks for a fresh sign-in has asked for it by now.
    late = after(8 * 60 - 1, opened_by_who_just_looked_at_a_page)
    assert isinstance(late, set)
    assert late <= first
    assert late
    assert after(8 * 60 + 1, opened_by_who_just_looked_at_a_page) == set()
