"""What will be due in the next six weeks: what is open now, and what usually comes and is due before they are over."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta

from dashboard.act import Allowed, asks
from dashboard.clock import monday_of
from dashboard.data_requests.case.facts import Fact
from dashboard.data_requests.desk.watched import Chosen, open_load, quantile, sums
from dashboard.data_requests.law.deadlines import statutory_due
from dashboard.i18n import Texts
from dashboard.insight.period import Grain
from dashboard.insight.rows import Table, columns, due, named
from dashboard.permissions import Permission
from dashboard.policy.queries import bridge_days

WEEKS, LOOKED_BACK = 6, 26
LOW, MIDDLE, HIGH = 0.1, 0.5, 0.9
WEEK, SUNDAY = timedelta(days=7), timedelta(days=6)


@asks(Permission.READ_INSIGHT)
def forecast(act: Allowed, _chosen: Chosen, t: Texts) -> Table:
    """By week of the statutory date: what may be added to it (in the middle, and in nine weeks of ten at least and at most), and
    what is open now. What is overdue already is in none.
    """
    monday = monday_of(act.today)
    low, middle, high = (quantile(usual(act, monday), share) or 0 for share in (LOW, MIDDLE, HIGH))
    known = Counter[date]()
    for _, due_on, _, cases in open_load(act):
        if due_on >= act.today:
            known[monday_of(due_on)] += cases
    coming = arrivals(act.today, monday + WEEK * WEEKS, bridge_days(act))
    rows, desk = [], []
    for first in (monday + WEEK * number for number in range(WEEKS)):
        days = coming[first]
        rows.append((named(first, Grain.WEEK, t), *(of_days(each, days) for each in (middle, low, high)), known[first]))
        desk.append(due(max(first, act.today), first + SUNDAY))
    return Table(columns(t, "week", "expected", "at_least", "at_most", "open_now"), tuple(rows), tuple(desk))


def usual(act: Allowed, monday: date) -> list[tuple[int, int]]:
    """How many weeks brought how many requests, of the last half year; not the weeks before the first request of all."""
    first = monday - WEEK * LOOKED_BACK
    by_week = Counter[date]()
    for day, cases in sums(act, Fact.RECEIVED, Chosen(first, monday - timedelta(days=1)), "day"):
        by_week[monday_of(day)] += cases
    earlier = Chosen(date.min, first - timedelta(days=1))
    begun = first if sums(act, Fact.RECEIVED, earlier) else min(by_week, default=monday)
    weeks = [by_week[begun + WEEK * number] for number in range((monday - begun).days // 7)]
    return sorted(Counter(weeks).items())


def arrivals(today: date, until: date, extra: Sequence[date]) -> Counter[date]:
    """By week of the statutory date: on how many days from tomorrow a request may come that is due then."""
    found, day = Counter[date](), today + timedelta(days=1)
    while (falls := statutory_due(day, extra_holidays=extra)) < until:
        found[monday_of(falls)] += 1
        day += timedelta(days=1)
    return found


def of_days(a_week: int, days: int) -> int:
    """So many days' share of a week's requests, to the nearest."""
    return (2 * a_week * days + 7) // 14
