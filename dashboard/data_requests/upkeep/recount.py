"""The counts by day, counted anew from the event log: to compare with what was kept at each event, and to mend it."""

from collections import Counter
from collections.abc import Callable, Iterator
from itertools import groupby
from typing import Any, NamedTuple

from sqlmodel import col, func, select

from dashboard.act import Allowed, asks
from dashboard.data_requests.case.counts import add_facts
from dashboard.data_requests.case.desk_model import FactDay
from dashboard.data_requests.case.events import EventKind
from dashboard.data_requests.case.facts import Count, Fact, Told, facts_of
from dashboard.data_requests.case.model import CaseEvent
from dashboard.permissions import Permission

AT_ONCE = 10_000


class Difference(NamedTuple):
    of: Count
    kept: int
    counted: int


@asks(Permission.RUN_JOBS)
def how_many_events(act: Allowed) -> int:
    return act.session.exec(select(func.count()).select_from(CaseEvent)).one()


@asks(Permission.RUN_JOBS)
def any_facts(act: Allowed) -> bool:
    return act.session.exec(select(FactDay.fact).limit(1)).first() is not None


@asks(Permission.RUN_JOBS)
def differences(act: Allowed, told: Callable[[int], None] = lambda _: None) -> list[Difference]:
    """Each count that isn't what the events say, of one moment: both sides are read in one snapshot. `told` hears how many
    events were read since it was told last.
    """
    if act.session.get_bind().dialect.name == "postgresql":
        # SQLite's transactions are snapshots anyway.
        act.session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
    counted: Counter[Count] = Counter()
    for events in _by_case(act, told):
        counted.update(facts_of(events))
    kept = _kept(act)
    return [
        Difference(count, kept[count], counted[count])
        for count in sorted(kept.keys() | counted.keys())
        if kept[count] != counted[count]
    ]


@asks(Permission.RUN_JOBS)
def mend(act: Allowed, found: list[Difference]) -> None:
    """Add what is missing and take away what is too much. What was counted since they were found stays counted."""
    add_facts(act, [(each.of, each.counted - each.kept) for each in found])


def _kept(act: Allowed) -> Counter[Count]:
    found: Counter[Count] = Counter()
    for row in act.session.exec(select(FactDay).execution_options(yield_per=AT_ONCE)):
        if row.cases:
            found[Count(Fact(row.fact), row.day, row.right, row.role, row.channel, row.detail, row.value)] = row.cases
    return found


def _by_case(act: Allowed, told: Callable[[int], None]) -> Iterator[list[Told]]:
    columns = (CaseEvent.case_id, CaseEvent.kind, CaseEvent.at, CaseEvent.from_status, CaseEvent.to_status, CaseEvent.fields)
    query = select(*columns).order_by(col(CaseEvent.case_id), col(CaseEvent.number))  # type: ignore[call-overload]
    rows = act.session.exec(query.execution_options(yield_per=AT_ONCE))
    for _, mine in groupby(_counting(rows, told), key=lambda row: row[0]):
        yield [Told(EventKind(row[1]), *row[2:]) for row in mine]


def _counting(rows: Iterator[Any], told: Callable[[int], None]) -> Iterator[Any]:
    for number, row in enumerate(rows, start=1):
        if number % AT_ONCE == 0:
            told(AT_ONCE)
        yield row
