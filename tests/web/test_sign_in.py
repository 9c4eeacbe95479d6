"""Signing in and out on the running demo (T06 and what goes with it)."""

from datetime import timedelta
from urllib.parse import urlsplit

import httpx2
import pytest
from sqlalchemy import update
from sqlmodel import col, select

from dashboard.accounts.model import LoginSession
from dashboard.audit import AuditRow
from dashboard.clock import utc_now
from dashboard.db import reading, transaction
from dashboard.web.sign_in import wanted_path
from tests.conftest import Demo
from tests.engines import opened
from tests.web.visit import client, cookies, sign_in, signed_in, tab

pytestmark = pytest.mark.xdist_group("demo")

CLOSED = ("/documents/all.zip", "/insight/requests-per-week.csv", "/insight/open-by-status.csv", "/insight/deadline-health.csv")


def documents(demo: Demo, visitor: httpx2.Client) -> list[str]:
    """The addresses of the documents on the annex page."""
    with tab(demo, "annexes", visitor) as page:
        page.run()
        return [word for word in page.text().split() if word.startswith("/documents/") and word.endswith("/file")]


def test_a_school_signs_in_lands_where_it_wanted_and_takes_its_documents(demo: Demo) -> None:
    visitor = client(demo)
    visitor.get("/")
    answer = sign_in(visitor, "entree", "school", to="/annexes")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/annexes"
    found = documents(demo, visitor)
    assert len(found) == 7
    pdf = visitor.get(found[0])
    assert pdf.headers["content-type"] == "application/pdf"
    assert pdf.content.startswith(b"%PDF-")
    assert pdf.headers["content-disposition"].startswith("attachment;")
    assert pdf.headers["cache-control"] == "no-store"
    assert visitor.get("/documents/all.zip").content.startswith(b"PK")


def test_the_request_to_the_provider_always_has_pkce_state_and_nonce(demo: Demo) -> None:
    asked = httpx2.URL(client(demo).get("/sign-in/entree").headers["location"]).params
    assert asked["code_challenge_method"] == "S256"
    assert asked["response_type"] == "code"
    assert len(asked["state"]) >= 20
    assert len(asked["nonce"]) >= 20
    assert len(asked["code_challenge"]) == 43


def test_the_session_cookie_is_opaque_and_new_at_every_sign_in(demo: Demo) -> None:
    first, second = (signed_in(demo, "entree", "school") for _ in range(2))
    values = [visitor.cookies["bijsluiter-session"] for visitor in (first, second)]
    assert values[0] != values[1]
    assert all(len(value) == 43 for value in values)


def test_another_schools_document_is_not_found_by_address(demo: Demo) -> None:
    mine = signed_in(demo, "entree", "kleine-letters")
    theirs = documents(demo, signed_in(demo, "surfconext", "mbo"))
    assert theirs
    for address in theirs:
        for form in (address, address.removesuffix("/file")):
            answer = mine.get(form)
            assert answer.status_code == 404
            assert answer.text == mine.get("/documents/no-such-document").text


def test_a_visitor_opens_no_document_answer_or_table_by_any_address(demo: Demo) -> None:
    visitor = client(demo)
    for address in (*documents(demo, signed_in(demo, "entree", "school")), *CLOSED, "/answers/x"):
        assert visitor.get(address).status_code == 404


def test_the_wrong_kind_of_person_opens_nothing_either(demo: Demo) -> None:
    school, staff, refused = (
        signed_in(demo, *who) for who in (("entree", "school"), ("medewerkers", "behandelaar"), ("entree", "leerling"))
    )
    assert [school.get(address).status_code for address in CLOSED] == [200, 404, 404, 404]
    assert [staff.get(address).status_code for address in CLOSED] == [404, 200, 200, 200]
    assert {refused.get(address).status_code for address in CLOSED} == {404}


def test_cookies_kept_from_before_the_logout_open_nothing_afterwards(demo: Demo) -> None:
    opened = 0
    for provider, sub in (("entree", "school"), ("medewerkers", "behandelaar")) * 2:
        visitor = signed_in(demo, provider, sub)
        kept = cookies(visitor)
        addresses = [*documents(demo, visitor), *CLOSED]
        assert any(visitor.get(address).status_code == 200 for address in addresses)
        out = visitor.post("/sign-out", headers={"sec-fetch-site": "same-origin"})
        assert out.status_code == 200
        assert "bijsluiter-session" not in visitor.cookies
        replay = client(demo)
        opened += sum(replay.get(address, headers={"cookie": kept}).status_code == 200 for address in addresses)
        for page in ("annexes", "agreement", "desk", "insight", "case"):
            again = tab(demo, page)
            again.cookie = kept
            with again:
                again.run()
                opened += "Inloggen" not in again.text()
    assert opened == 0


def test_a_tab_left_open_shows_nothing_after_the_logout(demo: Demo) -> None:
    visitor = signed_in(demo, "entree", "school")
    with tab(demo, "annexes", visitor) as page:
        page.run()
        assert "DIGIT" in page.text()
        visitor.post("/sign-out")
        page.run()
        assert "DIGIT" not in page.text()
        assert "Inloggen" in page.text()


def test_signing_out_goes_by_the_providers_own_page(demo: Demo) -> None:
    visitor = signed_in(demo, "entree", "school")
    assert urlsplit(visitor.post("/sign-out").headers["refresh"].removeprefix("0; url=")).path == "/oauth2/end_session"
    assert client(demo).post("/sign-out").headers["refresh"] == "0; url=/"


def test_another_site_cannot_log_anybody_out(demo: Demo) -> None:
    visitor = signed_in(demo, "entree", "school")
    for site in ("cross-site", "same-site"):
        assert visitor.post("/sign-out", headers={"sec-fetch-site": site}).status_code == 403
        # A link or an image of another site shows a button at most.
        assert visitor.get("/sign-out", headers={"sec-fetch-site": site}).status_code == 200
    assert visitor.get("/documents/all.zip").status_code == 200


@pytest.mark.parametrize(
    ("changed", "value"), [("created_at", timedelta(hours=8, minutes=1)), ("last_seen_at", timedelta(minutes=31))]
)
def test_an_old_or_idle_session_is_asked_again_on_routes_and_pages(demo: Demo, changed: str, value: timedelta) -> None:
    visitor = signed_in(demo, "entree", "locatie")
    assert visitor.get("/documents/all.zip").status_code == 200
    engine = opened(f"sqlite:///{demo.data / 'bijsluiter.db'}")
    with transaction(engine) as session:
        session.exec(update(LoginSession).where(col(LoginSession.revoked_at).is_(None)).values({changed: utc_now() - value}))
    engine.dispose()
    assert visitor.get("/documents/all.zip").status_code == 404
    with tab(demo, "annexes", visitor) as page:
        page.run()
        assert "Inloggen" in page.text()


def test_a_callback_replayed_forged_or_begun_elsewhere_is_refused_and_audited(demo: Demo) -> None:
    visitor = client(demo)
    start = visitor.get("/sign-in/entree")
    back = visitor.post(start.headers["location"], data={"sub": "school"}).headers["location"]
    assert client(demo).get(back).status_code == 403
    assert visitor.get(back.replace("state=", "state=x")).status_code == 403
    start = visitor.get("/sign-in/entree")
    back = visitor.post(start.headers["location"], data={"sub": "school"}).headers["location"]
    assert visitor.get(back).status_code == 303
    # Loaded again by who is signed in: on to where they were going. In another browser it is worth nothing.
    assert visitor.get(back).status_code == 303
    replayed = client(demo).get(back)
    assert replayed.status_code == 403
    assert "Inloggen is niet gelukt" in replayed.text
    for query in ("", "?code=x", "?state=x", "?error=access_denied", "?code=x&state=y"):
        answer = client(demo).get(f"/sign-in-callback{query}")
        assert answer.status_code == 403
        assert "bijsluiter-session" not in answer.headers.get("set-cookie", "")
    engine = opened(f"sqlite:///{demo.data / 'bijsluiter.db'}")
    with reading(engine) as session:
        denied = session.exec(select(AuditRow).where(AuditRow.action == "sign_in", AuditRow.outcome == "denied")).all()
    engine.dispose()
    assert len(denied) >= 8


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        ("/annexes", "/annexes"),
        ("/case?ref=BS-123-456-789", "/case?ref=BS-123-456-789"),
        ("/annexes?day=2026-03-05&for=90AA01", "/annexes?day=2026-03-05&for=90AA01"),
        ("/annexes?q=" + "x" * 1_000, "/"),
        ("//elders.example", "/"),
        ("https://elders.example", "/"),
        ("/\\elders.example", "/"),
        ("annexes", "/"),
        ("", "/"),
        ("/a\nb", "/"),
    ],
)
def test_people_land_only_on_paths_of_this_site(path: str, kept: str) -> None:
    assert wanted_path(path) == kept
