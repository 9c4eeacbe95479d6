"""A question per screen, answered in small frozen rows."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, or_
from sqlmodel import Session, col, func, select

from dashboard.accounts.queries import names_of
from dashboard.data_requests.codes import normal_reference
from dashboard.data_requests.events import INTERNAL
from dashboard.data_requests.lifecycle import OPEN, TURN, Status
from dashboard.data_requests.model import Case, CaseEvent, CaseFile, CaseMessage, CaseRight, Visibility
from dashboard.data_requests.moves import load_case, rights_of
from dashboard.data_requests.rights import Right
from dashboard.data_requests.rows import (
    CaseView,
    Cursor,
    DeskPage,
    DeskRow,
    EventRow,
    FileRow,
    Filters,
    MessageRow,
    Order,
    RightRow,
    View,
)
from dashboard.errors import NotFoundError
from dashboard.mail.model import MailState, OutgoingMail
from dashboard.permissions import Actor, Permission, require

SOON_DAYS = 5
PAGE_SIZE = 25


def desk(session: Session, actor: Actor, filters: Filters, *, today: date, after: Cursor | None = None) -> DeskPage:
    """One page of the queue, found by key: the last page costs what the first does."""
    require(actor, Permission.READ_DESK)
    column = _ORDER[filters.order]
    query = select(Case).where(*_conditions(filters, actor, today)).order_by(column, col(Case.id)).limit(PAGE_SIZE + 1)
    if after:
        query = query.where(or_(column > after.value, and_(column == after.value, col(Case.id) > after.id)))
    found = session.exec(query).all()
    shown = found[:PAGE_SIZE]
    more = len(found) > PAGE_SIZE
    last = shown[-1] if shown else None
    cursor = Cursor(getattr(last, column.key), last.id) if more and last else None
    return DeskPage(tuple(_desk_rows(session, shown)), cursor)


def desk_counts(session: Session, actor: Actor, *, today: date) -> dict[View, int]:
    """How many cases each open view holds: the filters on top of the desk."""
    require(actor, Permission.READ_DESK)
    return {
        view: session.exec(select(func.count()).select_from(Case).where(*_conditions(Filters(view=view), actor, today))).one()
        for view in View
        if view is not View.ENDED
    }


def case_id_of(session: Session, actor: Actor, reference: str) -> str:
    """The id behind a reference in a staff URL. Raises NotFoundError."""
    require(actor, Permission.READ_CASE)
    found = session.exec(select(Case.id).where(Case.reference == (normal_reference(reference) or "-"))).one_or_none()
    if found is None:
        raise NotFoundError(reference)
    return found


def case_view(session: Session, actor: Actor, case_id: str) -> CaseView:
    """One case: all of it for staff, the requester's part for the requester. Others get NotFoundError."""
    case = load_case(session, actor, case_id)
    events = session.exec(select(CaseEvent).where(CaseEvent.case_id == case.id).order_by(col(CaseEvent.number).desc())).all()
    messages = session.exec(select(CaseMessage).where(CaseMessage.case_id == case.id).order_by(col(CaseMessage.at))).all()
    files = session.exec(select(CaseFile).where(CaseFile.case_id == case.id).order_by(col(CaseFile.at))).all()
    staff = actor.is_staff
    names = (
        names_of(session, [case.handler_id or "", *(e.actor_id for e in events), *(m.author_id for m in messages)])
        if staff
        else {}
    )
    return CaseView(
        id=case.id,
        reference=case.reference,
        version=case.version,
        status=case.status,
        turn=TURN[case.status],
        role=case.role,
        subject=case.subject,
        language=case.language,
        name=case.name,
        email=case.email,
        school_name=case.school_name,
        explanation=case.explanation,
        received_on=case.received_on,
        due_on=case.due_on,
        closed_at=case.closed_at,
        handler_id=case.handler_id,
        handler=names.get(case.handler_id or "", ""),
        rights=_rights_shown(session, case, staff=staff),
        events=tuple(_event_row(event, names) for event in events if staff or event.kind not in INTERNAL),
        messages=tuple(
            _message_row(message, names) for message in messages if staff or message.visibility is Visibility.REQUESTER
        ),
        files=tuple(FileRow(f.id, f.name, f.size) for f in files if staff or case.status is Status.CLOSED),
        undelivered=_undelivered(session, case.id) if staff else 0,
    )


def dead_letters(session: Session, actor: Actor) -> int:
    """Messages that were given up: the desk must call or write."""
    require(actor, Permission.READ_DESK)
    return session.exec(select(func.count()).where(OutgoingMail.state == MailState.DEAD)).one()


def open_by_status(session: Session, actor: Actor) -> dict[Status, int]:
    """Open cases by status."""
    require(actor, Permission.READ_INSIGHT)
    rows = session.exec(select(Case.status, func.count()).where(col(Case.status).in_(OPEN)).group_by(Case.status)).all()
    return {Status(status): cases for status, cases in rows}


def open_by_due_day(session: Session, actor: Actor) -> dict[date, int]:
    """Open cases by their statutory due day."""
    require(actor, Permission.READ_INSIGHT)
    rows = session.exec(select(col(Case.due_on), func.count()).where(col(Case.status).in_(OPEN)).group_by(col(Case.due_on))).all()
    return {row[0]: row[1] for row in rows}


_ORDER: dict[Order, Any] = {
    Order.DUE: col(Case.due_on),
    Order.RECEIVED: col(Case.received_on),
    Order.REFERENCE: col(Case.reference),
}


def _conditions(filters: Filters, actor: Actor, today: date) -> list[ColumnElement[bool]]:
    conditions = [_view_condition(filters.view, actor, today)]
    if filters.status:
        conditions.append(col(Case.status) == filters.status)
    if filters.right:
        conditions.append(col(Case.id).in_(select(CaseRight.case_id).where(CaseRight.right == filters.right)))
    if filters.reference:
        conditions.append(col(Case.reference) == (normal_reference(filters.reference) or "-"))
    return conditions


def _view_condition(view: View, actor: Actor, today: date) -> ColumnElement[bool]:
    is_open = col(Case.status).in_(OPEN)
    match view:
        case View.MINE:
            return and_(is_open, col(Case.handler_id) == actor.id)
        case View.SOON:
            return and_(is_open, col(Case.due_on) >= today, col(Case.due_on) <= today + timedelta(days=SOON_DAYS))
        case View.OVERDUE:
            return and_(is_open, col(Case.due_on) < today)
        case View.UNVERIFIED:
            return col(Case.status) == Status.UNVERIFIED
        case View.ENDED:
            return col(Case.status).not_in(OPEN)
        case View.OPEN:
            return is_open


def _desk_rows(session: Session, cases: Sequence[Case]) -> Iterable[DeskRow]:
    names = names_of(session, [case.handler_id for case in cases if case.handler_id])
    asked: dict[str, list[Right]] = {}
    for case_id, right in session.exec(
        select(CaseRight.case_id, CaseRight.right).where(col(CaseRight.case_id).in_([case.id for case in cases]))
    ):
        asked.setdefault(case_id, []).append(Right(right))
    order = list(Right)
    for case in cases:
        yield DeskRow(
            case.id,
            case.reference,
            case.status,
            case.due_on,
            case.received_on,
            tuple(sorted(asked.get(case.id, []), key=order.index)),
            case.subject,
            names.get(case.handler_id or "", ""),
        )


def _rights_shown(session: Session, case: Case, *, staff: bool) -> tuple[RightRow, ...]:
    decided = staff or case.status is Status.CLOSED
    return tuple(
        RightRow(row.right, row.outcome, row.ground, row.reason) if decided else RightRow(row.right, None, None, "")
        for row in rights_of(session, case)
    )


def _event_row(event: CaseEvent, names: dict[str, str]) -> EventRow:
    by_requester = event.actor_role in {"requester", "visitor"}
    return EventRow(event.kind, event.at, names.get(event.actor_id, ""), by_requester, event.to_status, event.fields)


def _message_row(message: CaseMessage, names: dict[str, str]) -> MessageRow:
    internal = message.visibility is Visibility.INTERNAL
    return MessageRow(message.at, message.author, names.get(message.author_id, ""), internal, message.body)


def _undelivered(session: Session, case_id: str) -> int:
    return session.exec(select(func.count()).where(OutgoingMail.case_id == case_id, OutgoingMail.state == MailState.DEAD)).one()
