from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, text

from dashboard.data_requests.requester import drafts
from dashboard.db import reading, transaction
from dashboard.errors import InvalidInputError, NotAllowedError, TooMuchError
from dashboard.permissions import SYSTEM, VISITOR
from dashboard.settings import Settings
from tests import cases
from tests.acts import by
from tests.people import OFFICER

TYPED = {"request_explanation": "Wat weten jullie van Noor?", "request_step": 2}


def save(engine: Engine, now: datetime, visitor: str = "one", typed: dict[str, object] | None = None) -> None:
    with transaction(engine) as session:
        drafts.save(by(session, VISITOR, now), visitor, typed or TYPED)


def load(engine: Engine, now: datetime, visitor: str | None = "one") -> dict[str, object]:
    with reading(engine) as session:
        return drafts.load(by(session, VISITOR, now), visitor)


def test_a_draft_comes_back_in_the_same_browser_only(engine: Engine, now: datetime) -> None:
    save(engine, now)
    assert load(engine, now) == TYPED
    assert load(engine, now, "two") == {}
    assert load(engine, now, None) == {}


def test_the_database_alone_cannot_read_a_draft(engine: Engine, now: datetime) -> None:
    save(engine, now)
    with engine.connect() as connection:
        visitor, sealed = connection.execute(text("SELECT visitor, sealed FROM request_draft")).one()
    assert b"Noor" not in bytes(sealed)
    assert visitor != "one"


def test_a_draft_ends_after_a_week_with_the_form_or_when_begun_anew(engine: Engine, settings: Settings, now: datetime) -> None:
    save(engine, now)
    assert load(engine, now + timedelta(days=8)) == {}
    with transaction(engine) as session:
        drafts.forget(by(session, VISITOR), "one")
    assert load(engine, now) == {}
    save(engine, now, cases.BROWSER)
    cases.submit(engine, settings, now)
    assert load(engine, now, cases.BROWSER) == {}


def test_old_drafts_are_removed_by_the_job(engine: Engine, now: datetime) -> None:
    save(engine, now)
    save(engine, now + timedelta(days=5), "two")
    with transaction(engine) as session:
        assert drafts.forget_old(by(session, SYSTEM, now + timedelta(days=8))) == 1
    with pytest.raises(NotAllowedError), transaction(engine) as session:
        drafts.forget_old(by(session, OFFICER, now))


def test_a_draft_too_large_to_be_one_is_refused(engine: Engine, now: datetime) -> None:
    with pytest.raises(InvalidInputError):
        save(engine, now, typed={"request_explanation": "x" * 50_000})


def test_a_stranger_who_makes_up_browsers_fills_nothing_and_others_go_on(
    engine: Engine, settings: Settings, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drafts, "FROM_AN_ADDRESS", replace(drafts.FROM_AN_ADDRESS, most=5))

    def begin(visitor: str, address: str) -> bool:
        try:
            with transaction(engine) as session:
                drafts.save(by(session, VISITOR, now, settings), visitor, TYPED, address=address)
        except TooMuchError:
            return False
        return True

    assert [begin(f"made up {number}", "192.0.2.1") for number in range(8)] == [True] * 5 + [False] * 3
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM request_draft")).scalar() == 5
    # Who began goes on typing, and somebody elsewhere begins.
    assert begin("made up 0", "192.0.2.1")
    assert begin("another", "192.0.2.2")
