"""The one way a case changes: load it for an actor, move it by the table, leave an event and an audit row."""

from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlmodel import Session, col, func, select, update

from dashboard import audit
from dashboard.data_requests.events import EventKind, checked
from dashboard.data_requests.lifecycle import Move, Need, Verb, find_move
from dashboard.data_requests.model import Author, Case, CaseEvent, CaseFile, CaseMessage, CaseRight, Visibility
from dashboard.data_requests.rights import Right, Subject
from dashboard.errors import InvalidInputError, NotFoundError, NotPossibleError, StaleError
from dashboard.permissions import Actor, Permission, require

LONGEST_MESSAGE = 5_000
MACHINE_READABLE = frozenset({"application/json", "text/csv", "application/zip"})

_EVENT_OF = {
    Verb.VERIFY: EventKind.VERIFIED,
    Verb.EXPIRE: EventKind.EXPIRED,
    Verb.WITHDRAW: EventKind.WITHDRAWN,
    Verb.TAKE: EventKind.TAKEN,
    Verb.ASK: EventKind.ASKED,
    Verb.REPLY: EventKind.REPLIED,
    Verb.INFORM: EventKind.INFORMED,
    Verb.NOTE: EventKind.NOTED,
    Verb.DECIDE: EventKind.DECIDED,
    Verb.ATTACH: EventKind.ATTACHED,
    Verb.CLOSE: EventKind.CLOSED,
    Verb.HAND_OVER: EventKind.HANDED_OVER,
    Verb.CLOSE_BY_SCHOOL: EventKind.CLOSED_BY_SCHOOL,
}
_NEED_UNMET = {
    Need.CONTROLLER: "need.controller",
    Need.PROCESSOR: "need.processor",
    Need.ALL_DECIDED: "need.all_decided",
    Need.MACHINE_READABLE_ANSWER: "need.machine_readable_answer",
}


def load_case(session: Session, actor: Actor, case_id: str) -> Case:
    """The case, for staff who may read cases or for the requester whose it is; anyone else's reads as not found."""
    if actor.may(Permission.READ_CASE):
        found = session.get(Case, case_id)
    else:
        require(actor, Permission.ACT_ON_OWN_CASE)
        found = session.get(Case, case_id) if actor.case_id == case_id else None
    if found is None:
        raise NotFoundError(case_id)
    return found


def move(
    session: Session,
    actor: Actor,
    case: Case,
    verb: Verb,
    *,
    now: datetime,
    version: int | None = None,
    fields: dict[str, Any] | None = None,
    **changes: Any,
) -> None:
    """Do the verb: the table's guard, then one UPDATE that only the version seen survives, an event and an audit row.

    Raises NotPossibleError, NotAllowedError, or StaleError when the case changed since `version` was read.
    """
    step = find_move(case.status, verb)
    if step is None:
        raise NotPossibleError("error.wrong_state")
    require(actor, step.permission)
    _check_needs(session, case, step)
    seen = case.version if version is None else version
    statement = (
        update(Case)
        .where(col(Case.id) == case.id, col(Case.version) == seen, col(Case.status) == step.source)
        .values(status=step.target, version=seen + 1, **changes)
        .execution_options(synchronize_session=False)
    )
    if session.exec(statement).rowcount != 1:
        raise StaleError(case.id)
    add_event(session, actor, case, _EVENT_OF[verb], now=now, to_status=step.target.value, fields=fields)
    audit.record(session, actor, f"case.{verb.value}", ("case", case.id), now=now)
    session.refresh(case)


def add_event(
    session: Session,
    actor: Actor,
    case: Case,
    kind: EventKind,
    *,
    now: datetime,
    to_status: str | None = None,
    fields: dict[str, Any] | None = None,
) -> None:
    """Leave a row that says what happened; `case.status` is the state before."""
    last = session.exec(select(func.max(CaseEvent.number)).where(CaseEvent.case_id == case.id)).one()
    session.add(
        CaseEvent(
            id=str(uuid4()),
            case_id=case.id,
            number=(last or 0) + 1,
            kind=kind,
            at=now,
            actor_role=actor.role.value,
            actor_id=actor.id,
            from_status=case.status.value if last else None,
            to_status=to_status or case.status.value,
            fields=checked(kind, fields or {}),
        )
    )
    session.flush()


def add_message(session: Session, actor: Actor, case: Case, body: str, visibility: Visibility, *, now: datetime) -> str:
    """Store a message and return its id. Raises InvalidInputError for an empty or too long one."""
    text = checked_text(body, "message")
    message = CaseMessage(
        id=str(uuid4()),
        case_id=case.id,
        at=now,
        author=Author.STAFF if actor.is_staff else Author.REQUESTER,
        author_id=actor.id,
        visibility=visibility,
        body=text,
    )
    session.add(message)
    return message.id


def checked_text(body: str, field: str) -> str:
    """Text from outside, trimmed; control signs but line breaks and tabs are dropped."""
    text = "".join(sign for sign in body if sign in "\n\t" or sign.isprintable()).strip()
    if not text:
        raise InvalidInputError({field: f"invalid.{field}_empty"})
    if len(text) > LONGEST_MESSAGE:
        raise InvalidInputError({field: f"invalid.{field}_long"})
    return text


def rights_of(session: Session, case: Case) -> list[CaseRight]:
    rows = session.exec(select(CaseRight).where(CaseRight.case_id == case.id)).all()
    return sorted(rows, key=lambda row: list(Right).index(row.right))


def _check_needs(session: Session, case: Case, step: Move) -> None:
    for need in sorted(step.needs):
        if not _is_met(session, case, need):
            raise NotPossibleError(_NEED_UNMET[need])


def _is_met(session: Session, case: Case, need: Need) -> bool:
    match need:
        case Need.CONTROLLER:
            return case.subject is Subject.OWN_RECORDS
        case Need.PROCESSOR:
            return case.subject is Subject.LEARNING_MATERIAL
        case Need.ALL_DECIDED:
            return all(row.outcome for row in rights_of(session, case))
        case Need.MACHINE_READABLE_ANSWER:
            return _portable(session, case)


def _portable(session: Session, case: Case) -> bool:
    """Portability that is granted, even partly, needs a file that a machine reads (art. 20(1)): a PDF alone won't do."""
    wanted = any(row.right is Right.PORTABILITY and row.outcome in {"granted", "partly"} for row in rights_of(session, case))
    if not wanted:
        return True
    types = session.exec(select(CaseFile.media_type).where(CaseFile.case_id == case.id)).all()
    return bool(MACHINE_READABLE.intersection(types))
