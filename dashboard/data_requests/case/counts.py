"""Counts kept in the transaction of the event they count, so that the desk and the charts cost the same at any size.

How many open cases stand where, and how often each thing that staff watch became true on a day.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from typing import Any

from sqlmodel import col, select

from dashboard.act import Allowed
from dashboard.data_requests.case.desk_model import FactDay, FactRecount, OpenLoad
from dashboard.data_requests.case.events import EventKind
from dashboard.data_requests.case.facts import Count, Told, changes, facts_of
from dashboard.data_requests.case.lifecycle import OPEN, Status
from dashboard.data_requests.case.model import Case, CaseEvent
from dashboard.db import insert_by

Place = tuple[Status, date, str]


def place_of(case: Case) -> Place:
    return (Status(case.status), case.due_on, case.handler_id or "")


def shift(act: Allowed, before: Place | None, after: Place | None) -> None:
    """Move one case from a place to another; an ended case has none."""
    if before == after:
        return
    if before and before[0] in OPEN:
        _add(act, OpenLoad, [_load(before, -1)])
    if after and after[0] in OPEN:
        _add(act, OpenLoad, [_load(after, 1)])


def add_load(act: Allowed, more: Mapping[Place, int]) -> None:
    """Many open cases at once."""
    _add(act, OpenLoad, [_load(place, cases) for place, cases in sorted(more.items())])


def count_event(act: Allowed, case_id: str, event: CaseEvent) -> None:
    """Count what an event that was just left changes of what staff watch."""
    earlier: list[Told] = []
    if event.number > 1:
        columns = (CaseEvent.kind, CaseEvent.at, CaseEvent.from_status, CaseEvent.to_status, CaseEvent.fields)
        query = select(*columns)  # type: ignore[call-overload]
        mine = query.where(CaseEvent.case_id == case_id, CaseEvent.number < event.number).order_by(col(CaseEvent.number))
        earlier = [Told(EventKind(row[0]), *row[1:]) for row in act.session.exec(mine)]
    last = Told(event.kind, event.at, event.from_status, event.to_status, event.fields)
    add_facts(act, changes(facts_of(earlier), facts_of([*earlier, last])))


def add_facts(act: Allowed, more: Iterable[tuple[Count, int]]) -> None:
    """In one order, so that two who count at once never wait for each other in a circle."""
    _add(act, FactDay, [_fact_row(count, cases) for count, cases in sorted(more)])


def add_recounted(act: Allowed, counted: Mapping[Count, int]) -> None:
    """To what was made anew so far."""
    _add(act, FactRecount, [_fact_row(count, cases) for count, cases in sorted(counted.items())])


def _fact_row(count: Count, cases: int) -> dict[str, Any]:
    fact, day, right, role, channel, product, detail, value = count
    return {
        "fact": fact,
        "day": day,
        "asked_right": right,
        "role": role,
        "channel": channel,
        "product": product,
        "detail": detail,
        "value": value,
        "cases": cases,
    }


def _load(place: Place, cases: int) -> dict[str, Any]:
    status, due_on, handler_id = place
    return {"status": status, "due_on": due_on, "handler_id": handler_id, "cases": cases}


def _add(act: Allowed, counts: type[OpenLoad] | type[FactDay] | type[FactRecount], rows: list[dict[str, Any]]) -> None:
    """One statement for all rows: one with the rows in it would be made anew each time, which takes longer than all the rest."""
    if rows:
        act.session.connection().execute(_adding(act.session.get_bind().dialect.name, counts), rows)


@cache
def _adding(dialect: str, counts: type[OpenLoad] | type[FactDay] | type[FactRecount]) -> Any:
    table: Any = counts.__table__  # type: ignore[union-attr]  # made by SQLModel's metaclass
    statement = insert_by(dialect)(table)
    more = {"cases": table.c.cases + statement.excluded.cases}
    return statement.on_conflict_do_update(index_elements=list(table.primary_key), set_=more)
