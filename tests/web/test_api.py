import hashlib
import sqlite3
from collections.abc import Iterator
from datetime import timedelta
from xml.etree import ElementTree as ET

import httpx2
import pytest
import schemathesis
import time_machine
from hypothesis import HealthCheck, settings
from sqlalchemy import event, make_url
from sqlmodel import col, select
from starlette.applications import Starlette
from starlette.routing import Mount, Route

from dashboard.accounts import keys
from dashboard.accounts.model import ApiKey, Person
from dashboard.accounts.terms import KeyUse
from dashboard.annexes.model import DocumentDownload, DocumentVersion
from dashboard.annexes.terms import Via
from dashboard.clock import utc_now
from dashboard.db import reading, transaction
from dashboard.errors import InvalidInputError, NotAllowedError, NotFoundError
from dashboard.permissions import Actor, Role, SchoolScope
from dashboard.portal import Portal
from dashboard.web import feeds
from dashboard.web.api.app import PREFIX, api
from dashboard.web.responses import refused
from tests.acts import NOW, by
from tests.engines import forget_limits
from tests.people import AGENT, BOARD, LOCATION, LYCEUM, OTHER_SCHOOL
from tests.web.visit import in_a_thread

app = Starlette(
    routes=[Mount(PREFIX, api), Route("/feeds/{key}/annexes.atom", feeds.annexes_feed)],
    exception_handlers={Exception: refused},
)
schema = schemathesis.openapi.from_asgi(f"{PREFIX}/openapi.json", app)


@pytest.fixture(autouse=True)
def _here(school_portal: Portal, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The API of this portal, on the day of its samples, with people who can make keys."""
    for module in ("app", "access"):
        monkeypatch.setattr(f"dashboard.web.api.{module}.portal", lambda: school_portal)
    monkeypatch.setattr("dashboard.web.feeds.portal", lambda: school_portal)
    with transaction(school_portal.engine) as session:
        for actor in (LYCEUM, OTHER_SCHOOL, BOARD, LOCATION):
            session.add(Person(id=actor.id, issuer="i", subject=actor.id, name=actor.name, created_at=NOW))
    with time_machine.travel(NOW, tick=True):
        yield


def key(portal: Portal, actor: Actor = LYCEUM, use: KeyUse = KeyUse.API) -> str:
    with transaction(portal.engine) as session:
        return keys.make_key(by(session, actor, utc_now()), use, "Schooladministratie")


@pytest.fixture
def api_key(school_portal: Portal) -> str:
    return key(school_portal)


def get(path: str, secret: str = "", **headers: str) -> httpx2.Response:
    transport = httpx2.ASGITransport(app=app)
    if secret:
        headers["authorization"] = f"Bearer {secret}"

    async def ask() -> httpx2.Response:
        async with httpx2.AsyncClient(transport=transport, base_url="http://localhost") as client:
            return await client.get(path, headers=headers)

    return in_a_thread(ask)


@schema.parametrize()
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
def test_the_api_does_what_its_document_says(case: schemathesis.Case, api_key: str, school_portal: Portal) -> None:
    forget_limits(school_portal.engine)
    case.call_and_validate(headers={"Authorization": f"Bearer {api_key}"})


def test_a_key_sees_what_its_school_sees(school_portal: Portal) -> None:
    secret = key(school_portal)
    products = get(f"{PREFIX}/products", secret).json()
    assert [(row["slug"], row["heldBy"]) for row in products] == [("digit", ["90101"]), ("klikkompas", ["90AD"])]
    annexes = get(f"{PREFIX}/annexes?product=klikkompas&kind=annex_1", secret).json()
    assert [(row["inForce"]["version"], row["announced"]["version"]) for row in annexes] == [("1.4", "1.5")]
    assert annexes[0]["storageCountries"] == ["DE", "NL"]
    (board,) = get(f"{PREFIX}/boards", secret).json()
    assert (board["boardId"], [school["brin"] for school in board["schools"]]) == ("90101", ["90AD"])
    (agreement,) = get(f"{PREFIX}/agreements/self?boardId=90101", secret).json()
    assert (agreement["status"], agreement["model"], agreement["covenant"]) == ("signed", "4.0", "member")


def test_a_boards_key_sees_its_schools_and_locations(school_portal: Portal) -> None:
    (board,) = get(f"{PREFIX}/boards", key(school_portal, BOARD)).json()
    assert {school["brin"]: len(school["locations"]) for school in board["schools"]} == {
        "90AA": 3, "90AB": 1, "90AC": 1, "90AD": 1, "90AE": 1,
    }  # fmt: skip


def test_the_api_answers_as_of_a_day(school_portal: Portal) -> None:
    secret, day = key(school_portal), (NOW + timedelta(days=42)).date().isoformat()
    annexes = get(f"{PREFIX}/annexes?product=klikkompas&kind=annex_1&day={day}", secret).json()
    assert (annexes[0]["inForce"]["version"], annexes[0]["announced"]) == ("1.5", None)


def test_a_version_comes_with_its_content_as_data(school_portal: Portal) -> None:
    secret = key(school_portal)
    listed = get(f"{PREFIX}/annexes?product=digit&kind=annex_1", secret).json()[0]["inForce"]
    read = get(f"{PREFIX}/annexes/{listed['id']}", secret).json()
    assert read["content"]["subprocessors"][0]["country"] == "NL"
    assert read["version"]["sha256"] == listed["sha256"]


def test_a_pdf_comes_by_its_digest_and_counts_as_taken_by_the_system(school_portal: Portal) -> None:
    secret = key(school_portal)
    listed = get(f"{PREFIX}/annexes?product=digit&kind=annex_1", secret).json()[0]["inForce"]
    found = get(listed["document"], secret)
    assert hashlib.sha256(found.content).hexdigest() == listed["sha256"]
    assert found.headers["content-type"] == "application/pdf"
    # Who has it already takes nothing, and another school's isn't theirs for knowing its digest.
    assert get(listed["document"], secret, **{"if-none-match": found.headers["etag"]}).status_code == 304
    other = key(school_portal, OTHER_SCHOOL)
    assert get(listed["document"], other, **{"if-none-match": found.headers["etag"]}).status_code == 404
    with reading(school_portal.engine) as session:
        rows = session.exec(select(DocumentDownload)).all()
        made = session.exec(select(ApiKey).where(col(ApiKey.brin) == "90AD")).one()
    assert [(row.via, row.person_id, row.key_id, row.scope) for row in rows] == [(Via.API, None, made.id, "90AD")]
    assert made.last_used_on == NOW.date()


@pytest.mark.parametrize("path", ["boards", "products", "annexes", "agreements/self", "changes?since=2020-01-01T00:00:00Z"])
def test_an_answer_that_didnt_change_is_not_sent_again(school_portal: Portal, path: str) -> None:
    secret = key(school_portal)
    first = get(f"{PREFIX}/{path}", secret)
    assert first.status_code == 200
    assert first.headers["cache-control"] == "private, no-cache"
    for tag in (first.headers["etag"], f"W/{first.headers['etag']}", f'"x", {first.headers["etag"]}', "*"):
        again = get(f"{PREFIX}/{path}", secret, **{"if-none-match": tag})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])
    assert get(f"{PREFIX}/{path}", secret, **{"if-none-match": '"other"'}).status_code == 200


def test_another_schools_documents_are_not_found(school_portal: Portal) -> None:
    with reading(school_portal.engine) as session:
        versions = session.exec(select(DocumentVersion)).all()
    mine = {row["inForce"]["sha256"] for row in get(f"{PREFIX}/annexes", key(school_portal, OTHER_SCHOOL)).json()}
    secret, refusals = key(school_portal, Actor(Role.SCHOOL, LYCEUM.id, "x", SchoolScope(brin="95CA"))), set()
    for version in versions:
        for path in (f"documents/{version.sha256}", f"annexes/{version.id}"):
            found = get(f"{PREFIX}/{path}", secret)
            refusals.add((found.status_code, found.content))
            forget_limits(school_portal.engine)
    assert mine
    assert refusals == {(404, b'{"type":"about:blank","title":"not found","status":404,"detail":""}')}
    assert get(f"{PREFIX}/agreements/self?boardId=90101", secret).status_code == 404
    assert [row["boardId"] for row in get(f"{PREFIX}/agreements/self", secret).json()] == ["90113"]


@pytest.mark.parametrize("secret", ["", "x", "bsl_api_x", "bsl_feed_" + "a" * 43, "bsl_api_" + "a" * 500])
def test_without_a_key_that_opens_it_nothing_is_told(school_portal: Portal, secret: str) -> None:
    found = get(f"{PREFIX}/products", secret)
    assert (found.status_code, found.headers["www-authenticate"]) == (401, "Bearer")


def test_a_revoked_key_opens_nothing_and_only_its_school_revokes_it(school_portal: Portal) -> None:
    secret = key(school_portal)
    with reading(school_portal.engine) as session:
        (made,) = keys.keys(by(session, LYCEUM))
        assert keys.keys(by(session, BOARD)) == keys.keys(by(session, OTHER_SCHOOL)) == []
    for other in (BOARD, OTHER_SCHOOL):
        with pytest.raises(NotFoundError), transaction(school_portal.engine) as session:
            keys.revoke_key(by(session, other, NOW), made.seen)
    assert get(f"{PREFIX}/products", secret).status_code == 200
    with transaction(school_portal.engine) as session:
        keys.revoke_key(by(session, LYCEUM, NOW), made.seen)
    assert get(f"{PREFIX}/products", secret).status_code == 401


def test_a_key_is_kept_as_a_digest_and_for_one_use(school_portal: Portal) -> None:
    secret = key(school_portal)
    with reading(school_portal.engine) as session:
        made = session.exec(select(ApiKey)).one()
    assert secret not in str(made.model_dump())
    assert secret.startswith(made.begins_with)
    assert get(f"/feeds/{secret}/annexes.atom").status_code == 404
    assert get(f"{PREFIX}/products", key(school_portal, use=KeyUse.FEED)).status_code == 401


@pytest.mark.parametrize("label", ["", "   ", "x" * 81])
def test_a_key_needs_a_name(school_portal: Portal, label: str) -> None:
    with pytest.raises(InvalidInputError), transaction(school_portal.engine) as session:
        keys.make_key(by(session, LYCEUM, NOW), KeyUse.API, label)


def test_only_a_school_makes_keys_and_not_without_end(school_portal: Portal) -> None:
    with pytest.raises(NotAllowedError):
        key(school_portal, AGENT)
    for _ in range(20):
        key(school_portal)
    with pytest.raises(InvalidInputError):
        key(school_portal)


def test_a_key_that_calls_too_often_waits_and_another_doesnt(school_portal: Portal) -> None:
    secret, other = key(school_portal), key(school_portal, OTHER_SCHOOL)
    codes = [get(f"{PREFIX}/products", secret).status_code for _ in range(122)]
    assert codes == [200] * 120 + [429] * 2
    assert get(f"{PREFIX}/products", secret).status_code == 429
    # Until the oldest calls are out of the minute: by the parts in which it is counted.
    assert 1 <= int(get(f"{PREFIX}/products", secret).headers["retry-after"]) <= 65
    assert get(f"{PREFIX}/products", other).status_code == 200


def test_guessing_keys_is_stopped(school_portal: Portal) -> None:
    codes = [get(f"{PREFIX}/products", f"bsl_api_{number}").status_code for number in range(32)]
    assert codes == [401] * 30 + [429] * 2
    # Another system at the same address goes on.
    assert get(f"{PREFIX}/products", key(school_portal)).status_code == 200


def test_changes_since_a_moment_come_in_order_and_the_next_question_repeats_none(school_portal: Portal) -> None:
    secret = key(school_portal)
    since = (NOW - timedelta(days=30)).isoformat().replace("+00:00", "Z")
    found = get(f"{PREFIX}/changes?since={since}", secret).json()
    told = [(row["what"], row["product"], row["version"]) for row in found["changes"]]
    assert ("in_force", "klikkompas", "1.2") in told
    assert ("announced", "klikkompas", "1.5") in told
    assert [row["at"] for row in found["changes"]] == sorted(row["at"] for row in found["changes"])
    again = get(
        f"{PREFIX}/changes",
        secret,
    )  # without since
    assert again.status_code == 422
    assert get(f"{PREFIX}/changes?since={found['until'].replace('+00:00', 'Z')}", secret).json()["changes"] == []
    with time_machine.travel(NOW + timedelta(days=42)):
        later = get(f"{PREFIX}/changes?since={found['until'].replace('+00:00', 'Z')}", secret).json()["changes"]
    assert [(row["what"], row["version"]) for row in later] == [("in_force", "1.5")]


def test_a_feed_tells_the_same_in_both_languages(school_portal: Portal) -> None:
    secret = key(school_portal, use=KeyUse.FEED)
    for language, word in (("nl", "aangekondigd"), ("en", "announced")):
        found = get(f"/feeds/{secret}/annexes.atom", **{"accept-language": language})
        assert found.headers["content-type"].startswith("application/atom+xml")
        feed = ET.fromstring(found.content)  # noqa: S314  our own
        titles = [
            entry.findtext("{http://www.w3.org/2005/Atom}title") or ""
            for entry in feed.iter("{http://www.w3.org/2005/Atom}entry")
        ]
        assert any("Klikkompas" in title and word in title for title in titles)
        assert secret not in found.text
        ids = [entry.findtext("{http://www.w3.org/2005/Atom}id") for entry in feed.iter("{http://www.w3.org/2005/Atom}entry")]
        assert len(ids) == len(set(ids))
    tag = get(f"/feeds/{secret}/annexes.atom").headers["etag"]
    assert get(f"/feeds/{secret}/annexes.atom", **{"if-none-match": tag}).status_code == 304
    assert get("/feeds/nope/annexes.atom").status_code == 404


def test_a_moment_without_a_time_zone_is_refused(school_portal: Portal) -> None:
    found = get(f"{PREFIX}/changes?since=2026-01-01T00:00:00", key(school_portal))
    assert (found.status_code, found.json()["detail"]) == (
        422,
        "query.since: Value error, a moment is written as 2026-03-05T09:30:00Z",
    )
    assert found.headers["content-type"] == "application/problem+json"


def test_a_lost_location_key_reaches_its_location_alone(school_portal: Portal) -> None:
    secret = key(school_portal, LOCATION)
    assert {row["slug"] for row in get(f"{PREFIX}/products", secret).json()} == {"digit", "muisstap", "typeladder"}
    with reading(school_portal.engine) as session:
        assert session.exec(select(ApiKey).where(col(ApiKey.location) == "90AA01")).one().brin is None
    (board,) = get(f"{PREFIX}/boards", secret).json()
    assert [[each["code"] for each in school["locations"]] for school in board["schools"]] == [["90AA01"]]


def test_while_nothing_can_be_written_keys_go_on_reading(school_portal: Portal) -> None:
    """A backup, a large import, a full disk: the count of calls lets nobody in, and keeps nobody out."""
    secret = key(school_portal)
    path = make_url(str(school_portal.engine.url)).database
    event.listen(school_portal.engine, "connect", lambda raw, _: raw.execute("PRAGMA busy_timeout=100"))
    school_portal.engine.dispose()
    holder = sqlite3.connect(str(path), isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    try:
        assert get(f"{PREFIX}/products", secret).status_code == 200
        # One that opens nothing is told nothing, late or not.
        assert get(f"{PREFIX}/products", "bsl_api_nothing").status_code == 503
    finally:
        holder.execute("ROLLBACK")
        holder.close()
    assert get(f"{PREFIX}/products", secret).status_code == 200
    assert get(f"{PREFIX}/products", "bsl_api_nothing").status_code == 401
