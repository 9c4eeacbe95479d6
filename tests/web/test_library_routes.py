"""Every sample user against every document, by every address it has: their own are had, any other reads as not found."""

import csv
import io
import json
import zipfile
from collections.abc import Iterator

import httpx2
import pytest
import time_machine
from openpyxl import load_workbook
from sqlmodel import col, func, select
from starlette.applications import Starlette

from dashboard.accounts import keys
from dashboard.accounts import service as accounts
from dashboard.accounts.terms import KeyUse
from dashboard.annexes.model import Document, DocumentVersion
from dashboard.audit import AuditRow
from dashboard.clock import utc_now
from dashboard.db import reading, transaction
from dashboard.demo import seed
from dashboard.errors import BijsluiterError
from dashboard.i18n import Language
from dashboard.mail.model import OutgoingMail
from dashboard.notices import subscriptions
from dashboard.notices.model import Subscription
from dashboard.permissions import SYSTEM, VISITOR, Role
from dashboard.portal import Portal
from dashboard.web import cookies
from dashboard.web.responses import refused
from dashboard.web.routes import routes
from tests.acts import NOW, by
from tests.app import cookie_for
from tests.engines import forget_limits
from tests.people import LYCEUM
from tests.web.visit import in_a_thread

app = Starlette(routes=routes(frozenset()), exception_handlers={BijsluiterError: refused})
# What each sample user may have today, by product: what applies, what is announced, and what applied to them before.
SEES: dict[tuple[str, str], dict[str, set[str]]] = {
    ("entree", "locatie"): {
        "digit": {"annex_1/2.0", "annex_1/3.1", "annex_2/3.0", "annex_3/1.1"},
        "muisstap": {"annex_1/2.1", "annex_2/2.0", "annex_3/1.0"},
        "typeladder": {"annex_1/4.0", "annex_2/4.0"},
        "": {"processing_agreement/4.0"},
    },
    ("entree", "school"): {
        "digit": {"annex_1/2.0", "annex_1/3.1", "annex_2/3.0", "annex_3/1.1"},
        "klikkompas": {"annex_1/1.4", "annex_1/1.5", "annex_2/1.4", "annex_3/1.2"},
        "codekist": {"annex_1/1.1", "annex_2/1.1"},
        "": {"processing_agreement/4.0"},
    },
    ("entree", "werkstudent"): {
        "toetsvuur": {"annex_1/1.0-vo", "annex_2/1.0", "annex_3/1.0"},
        "klikkompas": {"annex_1/1.4", "annex_1/1.5", "annex_2/1.4", "annex_3/1.2"},
        "": {"processing_agreement/3.0"},
    },
    ("entree", "kleine-letters"): {
        "muisstap": {"annex_1/2.1", "annex_2/2.0", "annex_3/1.0"},
        "": {"processing_agreement/4.0"},
    },
    ("entree", "bijlage-ontbreekt"): {"rustig-digitaal": {"annex_1/1.2"}, "": {"processing_agreement/4.0"}},
    ("entree", "geen-licentie"): {},
    ("surfconext", "mbo"): {
        "digit": {"annex_1/2.0", "annex_1/3.1", "annex_2/3.0", "annex_3/1.1"},
        "bytebaan": {"annex_1/2.0", "annex_2/2.1", "annex_3/1.0"},
        "toetsvuur": {"annex_1/1.0-mbo", "annex_2/1.0", "annex_3/1.0"},
        "": {"processing_agreement/4.0"},
    },
    ("entra", "bestuur"): {
        "digit": {"annex_1/2.0", "annex_1/3.1", "annex_2/3.0", "annex_3/1.1"},
        "muisstap": {"annex_1/2.1", "annex_2/2.0", "annex_3/1.0"},
        "typeladder": {"annex_1/4.0", "annex_2/4.0"},
        "klikkompas": {"annex_1/1.4", "annex_1/1.5", "annex_2/1.4", "annex_3/1.2"},
        "codekist": {"annex_1/1.1", "annex_2/1.1"},
        "": {"processing_agreement/4.0"},
    },
    ("google", "domein"): {
        "muisstap": {"annex_1/2.1", "annex_2/2.0", "annex_3/1.0"},
        "": {"processing_agreement/4.0"},
    },
}
REFUSED = [
    ("entree", "leerling"),
    ("entree", "gast"),
    ("entree", "verkeerd-nummer"),
    ("entree", "onbekende-school"),
    ("surfconext", "niet-gekoppeld"),
    ("google", "prive"),
    ("medewerkers", "geen-rol"),
]
STAFF = [("medewerkers", name) for name in ("behandelaar", "functionaris", "redacteur", "beheerder", "auditor")]


@pytest.fixture(autouse=True)
def _here(school_portal: Portal, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for module in ("documents", "figures", "library", "identity", "routes", "feeds", "responses", "api.app", "api.access"):
        monkeypatch.setattr(f"dashboard.web.{module}.portal", lambda: school_portal, raising=False)
    with time_machine.travel(NOW, tick=True):
        yield


def ask(paths: list[str], cookie: str = "", method: str = "GET", **headers: str) -> dict[str, httpx2.Response]:
    """Every address, as one visitor."""
    transport = httpx2.ASGITransport(app=app)

    async def all_of_them() -> dict[str, httpx2.Response]:
        jar = {cookies.SESSION: cookie} if cookie else {}
        async with httpx2.AsyncClient(transport=transport, base_url="http://localhost", cookies=jar) as client:
            return {path: await client.request(method, path, headers=headers) for path in paths}

    return in_a_thread(all_of_them)


def catalogue(portal: Portal) -> list[tuple[str, str, DocumentVersion]]:
    """(product, kind/version, version) of everything, drafts too."""
    with reading(portal.engine) as session:
        rows = session.exec(
            select(DocumentVersion, Document).join(Document, col(Document.id) == col(DocumentVersion.document_id))
        ).all()
    return [(document.product_slug or "", f"{document.kind}/{version.version}", version) for version, document in rows]


@pytest.mark.parametrize("user", sorted(SEES))
def test_each_school_user_has_exactly_their_documents_by_every_address(school_portal: Portal, user: tuple[str, str]) -> None:
    cookie, allowed = cookie_for(school_portal, *user), SEES[user]
    secret = _key(school_portal, cookie)
    bodies = set()
    for product, name, version in catalogue(school_portal):
        paths = [f"/documents/{version.id}", f"/documents/{version.id}/file", f"/catalogue/{version.id}"]
        found = ask(paths, cookie) | ask(
            [f"/api/v1/annexes/{version.id}", f"/api/v1/documents/{version.sha256}"], authorization=f"Bearer {secret}"
        )
        forget_limits(school_portal.engine)
        mine = name in allowed.get(product, set())
        for path, answer in found.items():
            expected = 200 if mine and not path.startswith("/catalogue/") else 404
            assert answer.status_code == expected, (path, product, name)
            if expected == 200:
                continue
            assert b"%PDF" not in answer.content
            if not path.startswith("/api/"):
                bodies.add(answer.content)
    # Somebody else's, a draft and what never existed read the same.
    unknown = ask(["/documents/00000000-0000-4000-8000-000000000000", "/documents/x/file"], cookie)
    assert {answer.content for answer in unknown.values()} == bodies


@pytest.mark.parametrize("user", REFUSED + STAFF + [("", "")])
def test_who_has_no_school_gets_no_document_no_zip_and_no_export(school_portal: Portal, user: tuple[str, str]) -> None:
    cookie = cookie_for(school_portal, *user) if user[0] else ""
    paths = ["/documents/all.zip", "/exports/register.csv", "/exports/register.xlsx", "/exports/dpia.xlsx"]
    paths += [f"/documents/{version.id}" for _, _, version in catalogue(school_portal)]
    assert {answer.status_code for answer in ask(paths, cookie).values()} == {404}
    anonymous = ask(["/api/v1/annexes", "/api/v1/boards", "/feeds/x/annexes.atom"])
    assert [answer.status_code for answer in anonymous.values()] == [401, 401, 404]


@pytest.mark.parametrize("user", sorted(SEES))
def test_the_zip_holds_what_is_in_force_for_them_and_another_schools_key_buys_nothing(
    school_portal: Portal, user: tuple[str, str]
) -> None:
    cookie = cookie_for(school_portal, *user)
    answer = ask(["/documents/all.zip"], cookie)["/documents/all.zip"]
    if not SEES[user]:
        assert answer.status_code == 404
        return
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        manifest = json.loads(archive.read("manifest.json"))
    told: dict[str, set[str]] = {}
    for row in manifest["documents"]:
        told.setdefault(row["product"] or "", set()).add(f"{row['kind']}/{row['version']}")
    over = {"annex_1/2.0", "annex_1/1.5"}
    expected = {
        slug: {name for name in names if name not in over or slug == "bytebaan"}
        for slug, names in SEES[user].items()
        if slug != "codekist"
    }
    assert told == expected
    others = {"90AA", "90BA", "91AA", "92AA", "93AA", "90101", "90102", "90104", "90AA00", "90AD00"} - _own(user)
    for path in ("/documents/all.zip", "/exports/register.csv", "/exports/dpia.xlsx"):
        found = ask([f"{path}?for={key}" for key in sorted(others)], cookie)
        assert {each.status_code for each in found.values()} == {404}


def _own(user: tuple[str, str]) -> set[str]:
    return {
        ("entree", "locatie"): {"90AA01"},
        ("entree", "school"): {"90AD", "90AD00"},
        ("entree", "werkstudent"): {"91AA", "91AA00", "91AA01"},
        ("entree", "kleine-letters"): {"90BA", "90BA00"},
        ("entree", "bijlage-ontbreekt"): {"93AA", "93AA00"},
        ("surfconext", "mbo"): {"90104", "92AA", "92AB", "92AC"},
        ("entra", "bestuur"): {"90101", "90AA", "90AD", "90AA00", "90AD00"},
        ("google", "domein"): {"90102", "90BA", "90BA00"},
    }[user]


def _key(portal: Portal, cookie: str) -> str:
    with transaction(portal.engine) as session:
        actor = accounts.resolve(by(session, VISITOR, utc_now(), portal.settings), cookie)
        assert actor.role is Role.SCHOOL
        return keys.make_key(by(session, actor, utc_now()), KeyUse.API, "Proef")


@pytest.mark.parametrize("query", ["?day=2026-13-01", "?day=gisteren", "?day=0"])
def test_a_day_that_isnt_one_is_not_found(school_portal: Portal, query: str) -> None:
    cookie = cookie_for(school_portal, "entree", "school")
    found = ask([f"/documents/all.zip{query}", f"/exports/register.csv{query}"], cookie)
    assert {answer.status_code for answer in found.values()} == {404}


def test_exports_come_as_files_that_spreadsheets_open(school_portal: Portal) -> None:
    cookie = cookie_for(school_portal, "entree", "school")
    found = ask(
        [
            "/exports/register.csv",
            "/exports/register.xlsx?day=2025-01-01",
            "/exports/dpia.xlsx",
            "/exports/x.csv",
            "/exports/dpia.pdf",
        ],
        cookie,
    )
    assert [answer.status_code for answer in found.values()] == [200, 200, 200, 404, 404]
    assert found["/exports/register.csv"].content.startswith(b"\xef\xbb\xbf")
    assert (
        found["/exports/register.xlsx?day=2025-01-01"].headers["content-disposition"]
        == 'attachment; filename="register_90AD_2025-01-01.xlsx"'
    )


def test_staff_look_at_any_version_and_at_results_of_imports_but_schools_dont(school_portal: Portal) -> None:
    draft = next(version for _, _, version in catalogue(school_portal) if version.state == "draft")
    for user in STAFF:
        found = ask([f"/catalogue/{draft.id}"], cookie_for(school_portal, *user))[f"/catalogue/{draft.id}"]
        assert found.content.startswith(b"%PDF-")
    refusals = ask(["/imports/x.csv", "/catalogue/x"], cookie_for(school_portal, *STAFF[0]))
    assert {answer.status_code for answer in refusals.values()} == {404}
    assert ask(["/imports/x.csv"], cookie_for(school_portal, "entree", "school"))["/imports/x.csv"].status_code == 404


def test_looking_at_the_pages_behind_mailed_links_changes_nothing_and_their_buttons_do(school_portal: Portal) -> None:
    with transaction(school_portal.engine) as session:
        actor = accounts.resolve(
            by(session, VISITOR, utc_now(), school_portal.settings), cookie_for(school_portal, "entree", "school")
        )
        subscriptions.subscribe(
            by(session, actor, utc_now(), school_portal.settings), "siem@lyceum.example", "at_once", language=Language.NL
        )
    with reading(school_portal.engine) as session:
        body = session.exec(select(OutgoingMail)).one().body
        row = session.exec(select(Subscription)).one()
    token = body.partition("/subscription#")[2].partition(">")[0]
    stop = subscriptions.unsubscribe_url(row.id, school_portal.settings).removeprefix("http://localhost:8501")
    assert [each.status_code for each in ask(["/subscription", stop]).values()] == [200, 200]
    assert _state(school_portal) == (False, False)
    assert _post("/subscription", {"token": "x"}) == 410
    assert _post("/subscription", {"token": token}) == 303
    assert _state(school_portal) == (True, False)
    # As a mail program does it: no cookie, no origin, the body that RFC 8058 names.
    assert _post("/unsubscribe/x", {"List-Unsubscribe": "One-Click"}) == 410
    assert _post(stop, {"List-Unsubscribe": "One-Click"}) == 200
    assert _state(school_portal) == (True, True)


def _post(path: str, form: dict[str, str]) -> int:
    async def send() -> int:
        async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="http://localhost") as client:
            return (await client.post(path, data=form)).status_code

    return in_a_thread(send)


def _state(portal: Portal) -> tuple[bool, bool]:
    with reading(portal.engine) as session:
        row = session.exec(select(Subscription)).one()
    return row.confirmed_at is not None, row.ended_at is not None


def test_nobody_reads_for_a_school_by_guessing_a_number(school_portal: Portal) -> None:
    assert LYCEUM.scope is not None
    paths = [f"/documents/all.zip?for={key}" for key in ("90AD", "90AD00", "90101", "", "%00", "90AD'--", "../90AD")]
    assert {answer.status_code for answer in ask(paths).values()} == {404}


def test_figures_and_register_are_for_those_staff_who_may_see_them(school_portal: Portal) -> None:
    with transaction(school_portal.engine) as session:
        seed.requests(by(session, SYSTEM, NOW, school_portal.settings), 40, seed=6)
    officer = cookie_for(school_portal, "medewerkers", "functionaris")
    year = NOW.year
    paths = ["/register/all.csv", "/register/all.xlsx", f"/insight/report-{year}.pdf", "/insight/all.xlsx", "/insight/funnel.csv"]
    found = ask([*paths, "/register/all.json", "/insight/report-2017.pdf", f"/insight/report-{year + 1}.pdf"], officer)
    assert [answer.status_code for answer in found.values()] == [200] * 5 + [404] * 3
    listed = list(csv.reader(io.StringIO(found["/register/all.csv"].content.decode("utf-8-sig")), delimiter=";"))
    assert len(listed) == 41
    book = load_workbook(io.BytesIO(found["/register/all.xlsx"].content), read_only=True)
    assert [
        ["" if cell is None else str(cell) for cell in row] for row in book.worksheets[0].iter_rows(values_only=True)
    ] == listed
    with reading(school_portal.engine) as session:
        taken = session.exec(select(func.count()).where(AuditRow.action == "register.taken")).one()
    assert taken == 2
    for who in (("entree", "school"), ("medewerkers", "redacteur")):
        refusals = ask(paths, cookie_for(school_portal, *who))
        assert {answer.status_code for answer in refusals.values()} == {404}, who
    assert {answer.status_code for answer in ask(paths).values()} == {404}
