"""Bridge days that staff enter: a change moves open cases, and says which before anything is kept (rule 5)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlmodel import col, select, update

from dashboard.act import Allowed, Seen, asks
from dashboard.data_requests.case.counts import place_of, shift
from dashboard.data_requests.case.events import EventKind
from dashboard.data_requests.case.model import Case
from dashboard.data_requests.case.moves import add_event
from dashboard.data_requests.law.deadlines import statutory_due
from dashboard.errors import StaleError
from dashboard.permissions import Permission
from dashboard.policy.queries import bridge_days
from dashboard.policy.service import set_rule


@dataclass(frozen=True, slots=True)
class Moved:
    """An open case whose date another calendar changes."""

    id: str
    reference: str
    from_due: date
    to_due: date


@asks(Permission.SET_POLICY, Permission.RUN_JOBS)
def preview(act: Allowed, days: list[date] | None = None) -> list[Moved]:
    """Which open cases would get another date with these days; without days, which have another one than by the rules of now."""
    return [moved for _, moved in _moved(act, set(bridge_days(act) if days is None else days))]


@asks(Permission.SET_POLICY)
def set_bridge_days(act: Allowed, seen: Seen, days: list[date], *, reason: str) -> int:
    """Set the table and recompute the open cases, all in one transaction; returns how many moved."""
    set_rule(act, seen, [day.isoformat() for day in days], reason=reason)
    found = list(_moved(act, set(bridge_days(act))))
    for case, moved in found:
        before = place_of(case)
        changed = act.session.exec(
            update(Case)
            .where(col(Case.id) == case.id, col(Case.version) == case.version)
            .values(due_on=moved.to_due, version=case.version + 1)
            .execution_options(synchronize_session=False)
        )
        if changed.rowcount != 1:
            raise StaleError(case.id)
        act.session.refresh(case)
        shift(act, before, place_of(case))
        fields = {"from_due": moved.from_due.isoformat(), "to_due": moved.to_due.isoformat()}
        add_event(act, case, EventKind.DUE_MOVED, fields=fields)
    return len(found)


def _moved(act: Allowed, days: set[date]) -> Iterator[tuple[Case, Moved]]:
    for case in act.session.exec(
        select(Case).where(col(Case.closed_at).is_(None)).order_by(col(Case.due_on), col(Case.id))
    ).all():
        due_on = statutory_due(case.received_on, extended=case.extended, extra_holidays=days)
        if due_on != case.due_on:
            yield case, Moved(case.id, case.reference, case.due_on, due_on)
