"""Bridge days that staff enter: a change moves open cases, and says which before anything is kept (rule 5)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select, update

from dashboard.data_requests.case.counts import place_of, shift
from dashboard.data_requests.case.events import EventKind
from dashboard.data_requests.case.model import Case
from dashboard.data_requests.case.moves import add_event
from dashboard.data_requests.law.deadlines import statutory_due
from dashboard.errors import StaleError
from dashboard.permissions import Actor, Permission, require
from dashboard.policy.queries import bridge_days
from dashboard.policy.service import set_rule
from dashboard.settings import Settings


@dataclass(frozen=True, slots=True)
class Moved:
    """An open case whose date another calendar changes."""

    id: str
    reference: str
    from_due: date
    to_due: date


def preview(session: Session, actor: Actor, days: list[date], *, settings: Settings) -> list[Moved]:
    """Which open cases would get another date."""
    require(actor, Permission.SET_POLICY)
    return [moved for _, moved in _moved(session, {*settings.bridge_days, *days})]


def set_bridge_days(session: Session, actor: Actor, days: list[date], *, reason: str, settings: Settings, now: datetime) -> int:
    """Set the table and recompute the open cases, all in one transaction; returns how many moved."""
    require(actor, Permission.SET_POLICY)
    set_rule(session, actor, "bridge_days", [day.isoformat() for day in days], reason=reason, now=now)
    found = list(_moved(session, set(bridge_days(session, settings))))
    for case, moved in found:
        before = place_of(case)
        changed = session.exec(
            update(Case)
            .where(col(Case.id) == case.id, col(Case.version) == case.version)
            .values(due_on=moved.to_due, version=case.version + 1)
            .execution_options(synchronize_session=False)
        )
        if changed.rowcount != 1:
            raise StaleError(case.id)
        session.refresh(case)
        shift(session, before, place_of(case))
        fields = {"from_due": moved.from_due.isoformat(), "to_due": moved.to_due.isoformat()}
        add_event(session, actor, case, EventKind.DUE_MOVED, now=now, fields=fields)
    return len(found)


def _moved(session: Session, days: set[date]) -> Iterator[tuple[Case, Moved]]:
    for case in session.exec(select(Case).where(col(Case.closed_at).is_(None)).order_by(col(Case.due_on), col(Case.id))).all():
        due_on = statutory_due(case.received_on, extended=case.extended, extra_holidays=days)
        if due_on != case.due_on:
            yield case, Moved(case.id, case.reference, case.due_on, due_on)
