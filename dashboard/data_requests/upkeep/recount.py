"""The counts by day, counted anew from the event log: to compare with what was kept at each event, and to mend it.

Of a million cases that takes minutes, so it is done in pieces that are kept: cut off, it goes on where it was. What happens to a
case meanwhile is added at the end, when both sides are read in one snapshot.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement
from sqlmodel import col, delete, func, select

from dashboard.act import Allowed, asks
from dashboard.data_requests.case.counts import add_facts, add_recounted
from dashboard.data_requests.case.desk_model import FactDay, FactRecount, RecountPass
from dashboard.data_requests.case.events import EventKind
from dashboard.data_requests.case.facts import Count, Fact, Told, facts_of
from dashboard.data_requests.case.model import Case, CaseEvent
from dashboard.db import insert_by
from dashboard.permissions import Permission

AT_ONCE = 10_000
CASES_AT_ONCE = 5_000
# An event is stored at most so long after its time: the longest that a transaction may take, many times over.
LATEST = timedelta(minutes=10)
# Older than this it begins anew: what happened since would be most of it.
GOES_ON_FOR = timedelta(days=1)
FACTS, WANTED = "facts", "wanted"
# After the last case: no id is greater.
END = "~"


class Difference(NamedTuple):
    of: Count
    kept: int
    counted: int


@dataclass(frozen=True, slots=True)
class Piece:
    """The facts of some cases in the order of their ids: from after one up to and including another; None: no more."""

    begun_at: datetime
    until: datetime
    after: str
    last: str | None
    counts: Counter[Count]
    events: int


@asks(Permission.RUN_JOBS)
def how_many_events(act: Allowed) -> int:
    return act.session.exec(select(func.count()).select_from(CaseEvent)).one()


@asks(Permission.RUN_JOBS)
def how_many_recounted(act: Allowed) -> int:
    """Events that an earlier call had read before it was cut off."""
    held = _pass(act)
    return held.events if held else 0


@asks(Permission.RUN_JOBS)
def is_wanted(act: Allowed) -> bool:
    """A migration that counts more says so."""
    return act.session.get(RecountPass, WANTED) is not None


@asks(Permission.RUN_JOBS)
def count_next(act: Allowed) -> Piece:
    """The next cases, by what had happened to them when this recount began."""
    held = _pass(act)
    begun, until, after = (held.begun_at, held.until, held.after_case) if held else (act.now, act.now - LATEST, "")
    ids = act.session.exec(select(Case.id).where(col(Case.id) > after).order_by(col(Case.id)).limit(CASES_AT_ONCE)).all()
    last = ids[-1] if len(ids) == CASES_AT_ONCE else None
    counts, events = Counter[Count](), 0
    if ids:
        mine = col(CaseEvent.case_id) > after, col(CaseEvent.case_id) <= ids[-1], col(CaseEvent.at) < until
        for told in _by_case(act, *mine):
            counts.update(facts_of(told))
            events += len(told)
    return Piece(begun, until, after, last, counts, events)


@asks(Permission.RUN_JOBS)
def keep(act: Allowed, piece: Piece) -> bool:
    """Add it to what was counted so far; whether there is more to count. One that somebody else kept meanwhile is left out."""
    held = act.session.get(RecountPass, FACTS, with_for_update=True)
    if held and not _goes_on(act, held):
        forget(act)
        held = None
    if held is None and not piece.after:
        # Of two that begin at once, one does.
        row = {"name": FACTS, "begun_at": piece.begun_at, "until": piece.until, "after_case": "", "events": 0}
        act.session.execute(insert_by(act.session.get_bind().dialect.name)(RecountPass).values(row).on_conflict_do_nothing())
        held = act.session.get(RecountPass, FACTS, with_for_update=True)
    if held is None or (held.begun_at, held.after_case) != (piece.begun_at, piece.after):
        return True
    add_recounted(act, piece.counts)
    held.events += piece.events
    held.after_case = piece.last or END
    act.session.add(held)
    return piece.last is not None


@asks(Permission.RUN_JOBS)
def forget(act: Allowed) -> None:
    """What was counted anew; the next recount begins with the first case. One that a migration wants stays wanted."""
    act.session.exec(delete(FactRecount))
    act.session.exec(delete(RecountPass).where(col(RecountPass.name) == FACTS))
    act.session.flush()


@asks(Permission.RUN_JOBS)
def differences(act: Allowed, told: Callable[[int], None] = lambda _: None) -> list[Difference]:
    """Each count that isn't what the events say, of one moment: both sides are read in one snapshot. Without pieces that were
    kept before everything is counted here. `told` hears how many events were read since it was told last.
    """
    if act.session.get_bind().dialect.name == "postgresql":
        # SQLite's transactions are snapshots anyway.
        act.session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
    held = _pass(act)
    counted = _kept(act, FactRecount) if held else Counter[Count]()
    for events in _by_case(act, *([_changed_since(held.until)] if held else []), told=told):
        counted.update(facts_of(events))
        if held:
            counted.subtract(facts_of([event for event in events if event.at < held.until]))
    kept = _kept(act, FactDay)
    return [
        Difference(count, kept[count], counted[count])
        for count in sorted(kept.keys() | counted.keys())
        if kept[count] != counted[count]
    ]


@asks(Permission.RUN_JOBS)
def mend(act: Allowed, found: list[Difference]) -> None:
    """Add what is missing and take away what is too much. What was counted since they were found stays counted. With that a
    recount that a migration wanted is done.
    """
    add_facts(act, [(each.of, each.counted - each.kept) for each in found])
    act.session.exec(delete(RecountPass).where(col(RecountPass.name) == WANTED))


def _pass(act: Allowed) -> RecountPass | None:
    held = act.session.get(RecountPass, FACTS)
    return held if held and _goes_on(act, held) else None


def _goes_on(act: Allowed, held: RecountPass) -> bool:
    return held.begun_at >= act.now - GOES_ON_FOR


def _changed_since(until: datetime) -> ColumnElement[bool]:
    return col(CaseEvent.case_id).in_(select(CaseEvent.case_id).where(col(CaseEvent.at) >= until))


def _kept(act: Allowed, table: Any) -> Counter[Count]:
    found: Counter[Count] = Counter()
    for row in act.session.exec(select(table).execution_options(yield_per=AT_ONCE)):
        if row.cases:
            key = Count(Fact(row.fact), row.day, row.right, row.role, row.channel, row.product, row.detail, row.value)
            found[key] = row.cases
    return found


def _by_case(act: Allowed, *which: Any, told: Callable[[int], None] = lambda _: None) -> Iterator[list[Told]]:
    columns = (CaseEvent.case_id, CaseEvent.kind, CaseEvent.at, CaseEvent.from_status, CaseEvent.to_status, CaseEvent.fields)
    query = select(*columns).where(*which).order_by(col(CaseEvent.case_id), col(CaseEvent.number))  # type: ignore[call-overload]
    rows = act.session.exec(query.execution_options(yield_per=AT_ONCE))
    for _, mine in groupby(_counting(rows, told), key=lambda row: row[0]):
        yield [Told(EventKind(row[1]), *row[2:]) for row in mine]


def _counting(rows: Iterator[Any], told: Callable[[int], None]) -> Iterator[Any]:
    for number, row in enumerate(rows, start=1):
        if number % AT_ONCE == 0:
            told(AT_ONCE)
        yield row
