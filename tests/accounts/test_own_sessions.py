"""One's own sessions; the mail about a browser that wasn't known; and what only who signed in a short while ago may do."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from dashboard.accounts import keys, own_sessions
from dashboard.accounts import service as accounts
from dashboard.accounts.model import KnownBrowser
from dashboard.accounts.terms import KeyUse
from dashboard.act import Act, Seen
from dashboard.clock import local_day
from dashboard.data_requests.desk import deciding, handing_over, register
from dashboard.data_requests.outgoing import papers
from dashboard.db import reading, transaction
from dashboard.demo.provider import configured
from dashboard.errors import FreshSignInError, NotFoundError
from dashboard.oversight import trail
from dashboard.permissions import SYSTEM, VISITOR, Actor
from dashboard.policy import service as policy
from dashboard.settings import Settings
from tests import cases
from tests.acts import by
from tests.people import AGENT, LYCEUM, OFFICER

STAFF = {
    "iss": "https://idp.example",
    "sub": "ben",
    "name": "Ben",
    "roles": ["privacy-desk"],
    "email": "ben@publisher.example",
    "email_verified": True,
}


@pytest.fixture
def staffed(settings: Settings) -> Settings:
    return settings.model_copy(update={"staff_roles": {"privacy-desk": "desk_agent"}})


def signed_in(engine: Engine, settings: Settings, now: datetime, browser: str, **claims: object) -> str:
    provider = next(each for each in configured(9000) if each.name == "medewerkers")
    with transaction(engine) as session:
        return accounts.sign_in(by(session, VISITOR, now, settings), provider, STAFF | claims, browser=browser)


def who(engine: Engine, settings: Settings, now: datetime, cookie: str) -> Actor:
    with reading(engine) as session:
        return accounts.resolve(by(session, VISITOR, now, settings), cookie)


def test_one_sees_and_ends_ones_own_sessions_and_nobody_elses(engine: Engine, staffed: Settings, now: datetime) -> None:
    mine = [signed_in(engine, staffed, now + timedelta(minutes=n), f"b{n}") for n in range(3)]
    theirs = signed_in(engine, staffed, now, "c", sub="cato", name="Cato")
    soon = now + timedelta(minutes=5)
    me, other = who(engine, staffed, soon, mine[0]), who(engine, staffed, soon, theirs)
    with reading(engine) as session:
        rows = own_sessions.mine(by(session, me, soon, staffed))
        foreign = own_sessions.mine(by(session, other, soon, staffed))
    assert [row.is_this for row in rows] == [True, False, False]
    assert len(foreign) == 1
    for wanted in (rows[0].id, foreign[0].id, "made-up"):
        with pytest.raises(NotFoundError), transaction(engine) as session:
            own_sessions.end_one(by(session, me, soon, staffed), Seen(wanted))
    with transaction(engine) as session:
        own_sessions.end_one(by(session, me, soon, staffed), Seen(rows[1].id))
    assert [who(engine, staffed, soon, each).signed_in for each in mine] == [True, True, False]
    with transaction(engine) as session:
        own_sessions.end_others(by(session, me, soon, staffed))
    assert [who(engine, staffed, soon, each).signed_in for each in (*mine, theirs)] == [True, False, False, True]


def test_one_of_ours_hears_of_a_browser_that_wasnt_known(engine: Engine, staffed: Settings, now: datetime) -> None:
    told = []
    for browser in ("first", "first", "second", "second", "", "first"):
        signed_in(engine, staffed, now, browser)
        told.append(len(cases.mails(engine, "new_browser")))
    # Not of the first one ever, and of one without a cookie each time.
    assert told == [0, 0, 1, 1, 2, 2]
    [mail, _] = cases.mails(engine, "new_browser")
    assert mail.recipient == "ben@publisher.example"
    assert "/sessions" in mail.body
    with reading(engine) as session:
        rows = session.exec(select(KnownBrowser)).all()
    assert "first" not in repr(rows)
    with transaction(engine) as session:
        assert own_sessions.forget_browsers(by(session, SYSTEM, now + timedelta(days=181), staffed)) == 2


def test_who_signed_in_a_while_ago_isnt_fresh(engine: Engine, staffed: Settings, now: datetime) -> None:
    cookie = signed_in(engine, staffed, now, "b")
    for minutes, fresh in ((0, True), (29, True)):
        assert who(engine, staffed, now + timedelta(minutes=minutes), cookie).fresh is fresh
    long = staffed.model_copy(update={"session_idle_minutes": 300})
    assert who(engine, long, now + timedelta(minutes=60), cookie).fresh
    assert not who(engine, long, now + timedelta(minutes=61), cookie).fresh
    assert who(engine, long, now + timedelta(minutes=61), cookie).signed_in


GRAVE: dict[str, tuple[Actor, Callable[[Act], object]]] = {
    "answering": (AGENT, lambda act: deciding.close(act, Seen("x"), "x")),
    "handing over": (AGENT, lambda act: handing_over.hand_over(act, Seen("x"), cases.TO_LYCEUM)),
    "the dossier": (AGENT, lambda act: papers.take_dossier(act, "BS-AAA-AAA-AAA")),
    "all requests": (AGENT, lambda act: register.note_taken(act, "csv")),
    "a rule": (OFFICER, lambda act: policy.set_rule(act, Seen("keep_answer_days"), 40, reason="x")),
    "the audit trail": (OFFICER, lambda act: trail.note_export(act, trail.Asked(local_day(act.now), local_day(act.now)), 1)),
    "a key": (LYCEUM, lambda act: keys.make_key(act, KeyUse.API, "x")),
}


@pytest.mark.parametrize("what", sorted(GRAVE))
def test_what_is_grave_is_asked_of_who_signed_in_a_short_while_ago(
    engine: Engine, settings: Settings, now: datetime, what: str
) -> None:
    actor, act_on = GRAVE[what]
    with pytest.raises(FreshSignInError), transaction(engine) as session:
        act_on(by(session, replace(actor, fresh=False), now, settings))
