"""What is kept at each event is what the event log says, after any walk; and what isn't is named and mended."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from dashboard.data_requests.case.desk_model import FactDay, RecountPass
from dashboard.data_requests.case.facts import Fact
from dashboard.data_requests.desk import watched
from dashboard.data_requests.desk.watched import Chosen, quantile
from dashboard.data_requests.upkeep import recount
from dashboard.data_requests.upkeep.recount import Difference
from dashboard.db import put, reading, transaction
from dashboard.demo import seed
from dashboard.permissions import SYSTEM
from dashboard.settings import Settings
from tests import cases
from tests.acts import NOW, by
from tests.people import AUDITOR


def differences(engine: Engine) -> list[Difference]:
    with reading(engine) as session:
        return recount.differences(by(session, SYSTEM))


def test_a_case_and_a_thousand_seeded_ones_are_kept_as_they_are_counted(
    engine: Engine, settings: Settings, now: datetime
) -> None:
    case = cases.in_progress(engine, settings, now)
    case = cases.decide(engine, case, now + timedelta(days=3))
    cases.close(engine, settings, case, now + timedelta(days=4))
    cases.submit(engine, settings, now)
    with transaction(engine) as session:
        seed.requests(by(session, SYSTEM, NOW, settings), 1_000, seed=5)
    assert differences(engine) == []
    with reading(engine) as session:
        act = by(session, AUDITOR)
        all_of_it = Chosen(NOW.date() - timedelta(days=900), NOW.date() + timedelta(days=30))
        assert watched.sums(act, Fact.RECEIVED, all_of_it) == [(1_002,)]
        assert watched.open_before(act, Chosen(all_of_it.last, all_of_it.last)) == sum(row[-1] for row in watched.open_load(act))


@pytest.mark.parametrize("more", [-1, 1, 7])
def test_a_count_altered_by_hand_is_named_and_mended(engine: Engine, settings: Settings, now: datetime, more: int) -> None:
    cases.received(engine, settings, now)
    with transaction(engine) as session:
        row = session.exec(select(FactDay).where(FactDay.fact == Fact.RECEIVED, FactDay.right == "access")).one()
        row.cases += more
    [found] = differences(engine)
    assert (found.of.fact, found.of.right, found.kept, found.counted) == (Fact.RECEIVED, "access", 1 + more, 1)
    # Counted meanwhile: it stays counted.
    cases.submit(engine, settings, now)
    with transaction(engine) as session:
        recount.mend(by(session, SYSTEM), [found])
    assert differences(engine) == []


def test_counts_that_never_were_kept_are_made_from_the_log(engine: Engine, settings: Settings, now: datetime) -> None:
    cases.received(engine, settings, now)
    with transaction(engine) as session:
        for row in session.exec(select(FactDay)):
            session.delete(row)
    found = differences(engine)
    with transaction(engine) as session:
        recount.mend(by(session, SYSTEM), found)
    assert differences(engine) == []


def test_a_quantile_is_the_smallest_value_that_enough_dont_exceed() -> None:
    assert quantile([], 0.5) is None
    assert quantile([(3, 1)], 0.5) == 3
    assert quantile([(1, 1), (2, 1), (30, 2)], 0.5) == 2
    assert quantile([(1, 1), (2, 1), (30, 2)], 0.9) == 30
    assert quantile([(n, 1) for n in range(1, 11)], 0.9) == 9


def piece(engine: Engine, settings: Settings, now: datetime) -> bool:
    with reading(engine) as session:
        found = recount.count_next(by(session, SYSTEM, now, settings))
    with transaction(engine) as session:
        return recount.keep(by(session, SYSTEM, now, settings), found)


def test_a_recount_that_was_cut_off_goes_on_and_counts_what_happened_meanwhile(
    engine: Engine, settings: Settings, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recount, "CASES_AT_ONCE", 40)
    begun = now + timedelta(days=1)
    with transaction(engine) as session:
        seed.requests(by(session, SYSTEM, now, settings), 100, seed=5)
    old = cases.in_progress(engine, settings, now)
    assert piece(engine, settings, begun)
    # Between the pieces: a new case, more of an old one, a count altered by hand.
    cases.submit(engine, settings, begun)
    cases.close(engine, settings, cases.decide(engine, old, begun), begun)
    with transaction(engine) as session:
        row = session.exec(select(FactDay).where(FactDay.fact == Fact.RECEIVED, FactDay.right == "")).first()
        assert row
        row.cases += 2
    later = begun + timedelta(hours=1)
    with reading(engine) as session:
        assert recount.how_many_recounted(by(session, SYSTEM, later)) > 40
    while piece(engine, settings, later):
        pass
    with reading(engine) as session:
        [found] = recount.differences(by(session, SYSTEM, later, settings))
    assert (found.of.fact, found.kept - found.counted) == (Fact.RECEIVED, 2)
    with transaction(engine) as session:
        recount.mend(by(session, SYSTEM, later), [found])
        recount.forget(by(session, SYSTEM, later))
    assert differences(engine) == []


def test_a_piece_that_somebody_else_kept_meanwhile_counts_once(engine: Engine, settings: Settings, now: datetime) -> None:
    begun = now + timedelta(days=1)
    cases.in_progress(engine, settings, now)
    with reading(engine) as session:
        same = recount.count_next(by(session, SYSTEM, begun, settings))
    for _ in range(2):
        with transaction(engine) as session:
            recount.keep(by(session, SYSTEM, begun, settings), same)
    with reading(engine) as session:
        assert recount.differences(by(session, SYSTEM, begun, settings)) == []


def test_a_recount_of_days_ago_begins_anew(engine: Engine, settings: Settings, now: datetime) -> None:
    cases.in_progress(engine, settings, now)
    begun = now + timedelta(days=1)
    piece(engine, settings, begun)
    much_later = begun + timedelta(days=3)
    cases.submit(engine, settings, much_later - timedelta(days=1))
    while piece(engine, settings, much_later):
        pass
    with reading(engine) as session:
        assert recount.differences(by(session, SYSTEM, much_later, settings)) == []


def test_a_recount_that_a_migration_wants_stays_wanted_until_it_was_mended(
    engine: Engine, settings: Settings, now: datetime
) -> None:
    """Cut off, then compared only, then begun anew days later: it is still to be done."""
    cases.in_progress(engine, settings, now)
    with transaction(engine) as session:
        # A database that was just migrated has it already.
        put(session, RecountPass(name=recount.WANTED, begun_at=now, until=now, after_case="", events=0))
    later = now + timedelta(days=5)
    for moment in (now, later):
        while piece(engine, settings, moment):
            pass
    with transaction(engine) as session:
        recount.forget(by(session, SYSTEM, later, settings))
        assert recount.is_wanted(by(session, SYSTEM, later, settings))
    with transaction(engine) as session:
        recount.mend(by(session, SYSTEM, later, settings), [])
        assert not recount.is_wanted(by(session, SYSTEM, later, settings))
