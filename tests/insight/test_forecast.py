"""What is coming, beside a count by hand."""

from collections import Counter
from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest
from sqlalchemy import Engine

from dashboard.clock import local_day, monday_of
from dashboard.data_requests.desk.watched import Chosen
from dashboard.data_requests.law.deadlines import statutory_due
from dashboard.db import reading
from dashboard.i18n import Language, texts
from dashboard.insight.figures import figure_of, takeaway
from dashboard.insight.forecast import arrivals, forecast, of_days, usual
from dashboard.insight.period import Beside
from dashboard.insight.rows import Shape
from dashboard.settings import Settings
from tests import cases
from tests.acts import by
from tests.people import AUDITOR, request

NL = texts(Language.NL)


@pytest.mark.parametrize("today", [date(2026, 3, 5), date(2026, 1, 30), date(2024, 2, 28), date(2026, 12, 27), date(2026, 4, 24)])
def test_a_day_on_which_a_request_may_come_counts_in_the_week_in_which_it_is_due(today: date) -> None:
    until = monday_of(today) + timedelta(weeks=6)
    by_hand: Counter[date] = Counter()
    for number in range(1, 60):
        falls = statutory_due(today + timedelta(days=number))
        if falls < until:
            by_hand[monday_of(falls)] += 1
    assert arrivals(today, until, ()) == by_hand
    # A month from tomorrow at the earliest: nothing is added to the next three weeks.
    assert min(by_hand) >= monday_of(today) + timedelta(weeks=3)


@pytest.mark.parametrize(("a_week", "days", "wanted"), [(7, 3, 3), (0, 7, 0), (10, 7, 10), (1, 3, 0), (1, 4, 1), (100, 5, 71)])
def test_days_of_a_week_are_a_share_of_it(a_week: int, days: int, wanted: int) -> None:
    assert of_days(a_week, days) == wanted


def test_the_next_six_weeks(engine: Engine, settings: Settings, now: datetime) -> None:
    # Three weeks in a row: two, two and five requests; and the one of this week counts for no week that is over.
    for weeks, number in ((3, 2), (2, 2), (1, 5)):
        for each in range(number):
            asked = request(name=f"Proef {weeks} {each}", email=f"proef{weeks}{each}@aanvrager.example")
            cases.submit(engine, settings, now - timedelta(weeks=weeks), asked)
    cases.submit(engine, settings, now)
    with reading(engine) as session:
        found = forecast(by(session, AUDITOR, now), Chosen(date(2026, 1, 1), local_day(now)), NL)
    assert len(found.rows) == 6
    # One that was never confirmed is open, and due.
    assert sum(int(str(row[-1])) for row in found.rows) == 10
    assert all(int(str(row[2])) <= int(str(row[1])) <= int(str(row[3])) for row in found.rows)
    days = arrivals(local_day(now), monday_of(local_day(now)) + timedelta(weeks=6), ())
    last = monday_of(local_day(now)) + timedelta(weeks=5)
    assert found.rows[-1][1:4] == tuple(of_days(each, days[last]) for each in (2, 2, 5))
    assert "10" in takeaway(Shape.BAND, found, NL)
    assert len(figure_of(Shape.BAND, found, NL).data) == 2
    firsts = [date.fromisoformat(dict(desk)["desk_due"].partition("..")[0]) for desk in found.desk]
    assert all(later - earlier <= timedelta(days=7) for earlier, later in pairwise(firsts))


def test_a_quiet_week_is_a_week_too(engine: Engine, settings: Settings, now: datetime) -> None:
    for weeks in (60, 58, 2):
        asked = request(name=f"Proef {weeks}", email=f"proef{weeks}@aanvrager.example")
        cases.submit(engine, settings, now - timedelta(weeks=weeks), asked)
    with reading(engine) as session:
        assert usual(by(session, AUDITOR, now), monday_of(local_day(now))) == [(0, 25), (1, 1)]


def test_a_portal_of_today_expects_nothing_yet(engine: Engine, settings: Settings, now: datetime) -> None:
    cases.received(engine, settings, now)
    with reading(engine) as session:
        found = forecast(by(session, AUDITOR, now), Chosen(date(2026, 1, 1), local_day(now)), NL)
    assert [row[1:4] for row in found.rows] == [(0, 0, 0)] * 6


@pytest.mark.parametrize(
    ("first", "last", "before", "year"),
    [
        ("2026-01-01", "2026-03-05", ("2025-10-29", "2025-12-31"), ("2025-01-01", "2025-03-05")),
        ("2024-02-29", "2024-02-29", ("2024-02-28", "2024-02-28"), ("2023-02-28", "2023-02-28")),
    ],
)
def test_a_period_is_beside_the_one_before_or_that_of_a_year_before(
    first: str, last: str, before: tuple[str, str], year: tuple[str, str]
) -> None:
    chosen = Chosen(date.fromisoformat(first), date.fromisoformat(last), right="access")
    for beside, wanted in ((Beside.BEFORE, before), (Beside.YEAR, year)):
        other = beside.of(chosen)
        assert (other.first.isoformat(), other.last.isoformat(), other.right) == (*wanted, "access")
