"""The provider is asked again about who is signed in, within a quarter of an hour, where it gives something to ask with."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import anyio
import pytest
from sqlmodel import select
from structlog.testing import capture_logs

from dashboard.accounts import renewals, sessions
from dashboard.accounts.model import LoginSession, Person
from dashboard.act import Seen
from dashboard.audit import AuditRow
from dashboard.clock import utc_now
from dashboard.db import reading, transaction
from dashboard.permissions import SYSTEM, Role
from dashboard.portal import Portal
from dashboard.web import renewing, sign_in
from tests.acts import by
from tests.people import ADMINISTRATOR
from tests.web import provider
from tests.web.test_logins import EMPLOYEE, ORG, TENANT, Browser, entree, here, idp, who
from tests.web.visit import in_a_thread

__all__ = ["here", "idp"]
STAFF = {"roles": ["privacy-desk"], "name": "Cato"}


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    with capture_logs():
        yield


def later(portal: Portal, minutes: int = 15) -> int:
    """The round of so many minutes later, while the session is in use; about how many the provider was asked."""
    with transaction(portal.engine) as session:
        for row in session.exec(select(LoginSession)):
            row.last_seen_at = utc_now() + timedelta(minutes=minutes - 1)
    # Only our own clock: the provider's tokens are of now.
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("dashboard.portal.utc_now", lambda: utc_now() + timedelta(minutes=minutes))
        return in_a_thread(lambda: renewing.round_of(portal))


def signed_in(portal: Portal, idp: provider.Provider, kind: str, **mood: Any) -> Browser:
    idp.mood = provider.Mood(**mood)
    browser = Browser(idp)
    assert browser.finish(browser.begin(kind)).status_code == 303
    return browser


def test_a_colleague_whose_role_is_taken_away_loses_the_desk(here: Portal, idp: provider.Provider) -> None:
    browser = signed_in(here, idp, "publisher", claims=STAFF, again="refresh")
    assert who(here, browser).role is Role.DESK_AGENT
    assert later(here, 13) == 0
    assert later(here) == 1
    assert who(here, browser).role is Role.DESK_AGENT
    idp.mood.claims = {**STAFF, "roles": []}
    assert later(here, 30) == 1
    # With other rights comes another session: what was kept of this one opens nothing, then or later.
    assert (who(here, browser).role, who(here, browser).signed_in) == (Role.VISITOR, False)
    with reading(here.engine) as session:
        assert session.exec(select(Person.staff_role)).one() == ""
    # Given back, it isn't the old session's.
    idp.mood.claims = STAFF
    assert later(here, 45) == 0
    assert who(here, browser).role is Role.VISITOR
    again = signed_in(here, idp, "publisher", claims=STAFF, again="refresh")
    assert who(here, again).role is Role.DESK_AGENT


def test_another_name_is_no_other_right(here: Portal, idp: provider.Provider) -> None:
    browser = signed_in(here, idp, "publisher", claims=STAFF, again="refresh")
    idp.mood.claims = {**STAFF, "name": "Cato de Colléga"}
    assert later(here) == 1
    assert (who(here, browser).role, who(here, browser).name) == (Role.DESK_AGENT, "Cato de Colléga")


@pytest.mark.parametrize("error", ["invalid_grant", "interaction_required", "access_denied"])
@pytest.mark.parametrize("again", ["refresh", "introspection"])
def test_who_is_no_longer_known_there_is_signed_out_here(here: Portal, idp: provider.Provider, again: str, error: str) -> None:
    browser = signed_in(here, idp, "publisher", claims=STAFF, again=again)
    assert later(here) == 1
    assert who(here, browser).signed_in
    idp.mood.error = error
    assert later(here, 30) == 1
    assert not who(here, browser).signed_in
    with reading(here.engine) as session:
        assert session.exec(select(LoginSession.renewal)).one() is None
        assert session.exec(select(AuditRow.detail).where(AuditRow.action == "sessions.ended")).all() == [{"sessions": 1}]


@pytest.mark.parametrize(
    "mood", [{"error": "temporarily_unavailable"}, {"garbage": frozenset({"/token"})}, {"slow_seconds": 3.0}]
)
def test_a_provider_that_fails_ends_nobodys_session(
    here: Portal, idp: provider.Provider, monkeypatch: pytest.MonkeyPatch, mood: dict[str, Any]
) -> None:
    monkeypatch.setattr(renewing, "ALL_OF_IT_SECONDS", 1.0)
    browser = signed_in(here, idp, "publisher", claims=STAFF, again="refresh")
    for name, value in mood.items():
        setattr(idp.mood, name, value)
    assert later(here) == 1
    assert who(here, browser).role is Role.DESK_AGENT


def test_a_teacher_who_left_the_school_loses_its_annexes(here: Portal, idp: provider.Provider) -> None:
    """SURFconext and Entree tell at the userinfo endpoint, also where a later answer is unsigned."""
    told = {ORG: "90AD", **EMPLOYEE}
    browser = signed_in(here, idp, "entree", told=told, again="refresh", unsigned=True)
    assert later(here) == 1
    assert who(here, browser).role is Role.SCHOOL
    idp.mood.told = {ORG: "90AD", "eduPersonAffiliation": ["affiliate"]}
    assert later(here, 30) == 1
    assert who(here, browser).scope is None


def test_an_answer_that_says_too_little_takes_nothing_away(here: Portal, idp: provider.Provider) -> None:
    """Entra's claims are in its ID token: an answer without one only says that it still knows somebody."""
    mine = {"tid": TENANT, "oid": "o", "roles": ["Medewerker"]}
    browser = signed_in(here, idp, "entra", claims=mine, again="refresh", unsigned=True)
    assert later(here) == 1
    assert who(here, browser).role is Role.SCHOOL


def test_an_answer_about_somebody_else_ends_the_session(here: Portal, idp: provider.Provider) -> None:
    browser = signed_in(here, idp, "publisher", claims=STAFF, again="refresh")
    idp.mood.claims = {**STAFF, "sub": "somebody-else", "roles": ["privacy-admin"]}
    assert later(here) == 1
    assert not who(here, browser).signed_in


def test_without_anything_to_ask_with_the_limits_stand(here: Portal, idp: provider.Provider) -> None:
    browser = signed_in(here, idp, "entree", claims=entree(**{ORG: "90AD"}))
    # It has an access token, and no place to ask about it.
    assert later(here) == 0
    with reading(here.engine) as session:
        assert session.exec(select(LoginSession.renewal)).one() is None
    assert who(here, browser).role is Role.SCHOOL


def test_a_refresh_token_is_used_once_and_by_one_process(here: Portal, idp: provider.Provider) -> None:
    browser = signed_in(here, idp, "publisher", claims=STAFF, again="refresh")
    for minutes in (15, 30, 45):
        assert later(here, minutes) == 1
        assert later(here, minutes) == 0
    assert who(here, browser).role is Role.DESK_AGENT
    with reading(here.engine) as session:
        kept = session.exec(select(LoginSession.renewal)).one()
    assert kept
    assert not any(token.encode() in kept for token in idp.refreshes)


def test_a_session_that_ended_is_not_asked_about(here: Portal, idp: provider.Provider) -> None:
    browser = signed_in(here, idp, "publisher", claims=STAFF, again="refresh")
    with transaction(here.engine) as session:
        person = session.exec(select(Person.id)).one()
        assert sessions.end_sessions(by(session, ADMINISTRATOR, utc_now(), here.settings), Seen(person)) == 1
    assert later(here) == 0
    assert not who(here, browser).signed_in


def test_another_cookie_secret_leaves_the_session_to_its_limits(here: Portal, idp: provider.Provider) -> None:
    browser = signed_in(here, idp, "publisher", claims=STAFF, again="refresh")
    with transaction(here.engine) as session:
        session.exec(select(LoginSession)).one().renewal = b"x" * 60
    assert later(here) == 0
    assert who(here, browser).role is Role.DESK_AGENT


def test_one_that_ended_while_its_answer_was_on_the_way_stays_ended(here: Portal, idp: provider.Provider) -> None:
    browser = signed_in(here, idp, "publisher", claims=STAFF, again="refresh")
    moment: datetime = utc_now() + timedelta(minutes=15)
    with transaction(here.engine) as session:
        row = session.exec(select(LoginSession)).one()
        row.last_seen_at = moment
        cookie = row.cookie_digest
    with transaction(here.engine) as session:
        renewal = renewals.claim(by(session, SYSTEM, moment, here.settings), cookie)
    assert renewal
    with transaction(here.engine) as session:
        sessions.end_sessions(by(session, ADMINISTRATOR, moment, here.settings), Seen(session.exec(select(Person.id)).one()))
    named = next(each for each in here.settings.providers if each.name == "publisher")
    claims = {"iss": idp.url, "sub": "s", **STAFF}
    with transaction(here.engine) as session:
        act = by(session, SYSTEM, moment, here.settings)
        renewals.keep(act, cookie, {"refresh_token": "x"})
        renewals.renew(act, renewal, named, claims)
    assert not who(here, browser).signed_in
    with reading(here.engine) as session:
        assert session.exec(select(LoginSession.renewal)).one() is None


@pytest.mark.parametrize("path", ["/userinfo", "/jwks"])
def test_what_fails_after_the_token_was_renewed_costs_nobody_their_session(
    here: Portal, idp: provider.Provider, path: str
) -> None:
    """The new token is kept before anything else is asked: the old one is used up."""
    browser = signed_in(here, idp, "publisher", claims=STAFF, again="refresh")
    sign_in._made.cache_clear()  # noqa: SLF001  it asks for the keys anew
    idp.mood.garbage = frozenset({path})
    assert later(here) == 1
    idp.mood.garbage = frozenset()
    idp.mood.claims = {**STAFF, "roles": []}
    assert later(here, 30) == 1
    assert not who(here, browser).signed_in


def test_a_provider_that_tells_us_nothing_about_its_tokens_ends_nobodys_session(here: Portal, idp: provider.Provider) -> None:
    """ "Not active" is also what it says to who may not ask (RFC 7662, 2.2)."""
    browser = signed_in(here, idp, "publisher", claims=STAFF, again="introspection", tells=False)
    assert later(here) == 0
    assert who(here, browser).role is Role.DESK_AGENT


def test_a_fault_that_nobody_foresaw_ends_one_round_and_not_the_portal(
    here: Portal, idp: provider.Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    rounds = []

    def broken(_portal: Portal) -> list[str]:
        rounds.append(1)
        raise RecursionError

    monkeypatch.setattr(renewing, "_due", broken)
    monkeypatch.setattr(renewing, "EVERY_SECONDS", 0.01)

    async def for_a_while() -> bool:
        with anyio.move_on_after(0.5) as waited:
            await renewing.now_and_then(here)
        return waited.cancelled_caught

    assert in_a_thread(for_a_while)
    assert len(rounds) > 3
    assert idp


def test_one_bad_answer_leaves_the_others_their_turn(
    here: Portal, idp: provider.Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    browsers = [signed_in(here, idp, "publisher", claims=STAFF, again="refresh") for _ in range(4)]
    asked = renewing._claim  # noqa: SLF001
    first: list[str] = []

    def claim(portal: Portal, session: str) -> renewals.Renewal | None:
        if not first:
            first.append(session)
            raise MemoryError
        return asked(portal, session)

    monkeypatch.setattr(renewing, "_claim", claim)
    assert later(here) == 3
    assert all(who(here, browser).signed_in for browser in browsers)


def test_a_provider_that_hangs_is_left_alone_for_that_round(
    here: Portal, idp: provider.Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(renewing, "ALL_OF_IT_SECONDS", 0.3)
    monkeypatch.setattr(renewing, "AT_ONCE", 2)
    for _ in range(6):
        signed_in(here, idp, "publisher", claims=STAFF, again="refresh")
    idp.mood.slow_seconds = 1.0
    assert later(here) == 2
    idp.mood.slow_seconds = 0.0
    monkeypatch.setattr(renewing, "ALL_OF_IT_SECONDS", 30)
    # The others still have their turn, at the next round.
    assert later(here) == 4
