"""The one way a case changes: load it for an actor, move it by the table, leave an event and an audit row."""

from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlmodel import Session, col, func, select, update

from dashboard import audit
from dashboard.clock import local_day
from dashboard.data_requests.case.counts import place_of, shift
from dashboard.data_requests.case.events import EventKind, checked
from dashboard.data_requests.case.lifecycle import Move, Status, Verb, find_move
from dashboard.data_requests.case.model import Author, Case, CaseEvent, CaseMessage, Visibility
from dashboard.data_requests.case.needs import check_needs
from dashboard.errors import InvalidInputError, NotFoundError, NotPossibleError, StaleError
from dashboard.permissions import Actor, Permission, Role, require

LONGEST_MESSAGE = 5_000

_EVENT_OF = {
    Verb.VERIFY: EventKind.VERIFIED,
    Verb.EXPIRE: EventKind.EXPIRED,
    Verb.JOIN: EventKind.JOINED,
    Verb.WITHDRAW: EventKind.WITHDRAWN,
    Verb.REPLY: EventKind.REPLIED,
    Verb.REMIND: EventKind.REMINDED,
    Verb.REOPEN: EventKind.REOPENED,
    Verb.ACKNOWLEDGE: EventKind.ACKNOWLEDGED,
    Verb.TAKE: EventKind.TAKEN,
    Verb.ASSIGN: EventKind.ASSIGNED,
    Verb.ASK: EventKind.ASKED,
    Verb.PAUSE: EventKind.PAUSED,
    Verb.DOUBT_IDENTITY: EventKind.IDENTITY_DOUBTED,
    Verb.CHECK_IDENTITY: EventKind.IDENTITY_CHECKED,
    Verb.INFORM: EventKind.INFORMED,
    Verb.NOTE: EventKind.NOTED,
    Verb.TICK: EventKind.TICKED,
    Verb.DECIDE: EventKind.DECIDED,
    Verb.APPROVE: EventKind.APPROVED,
    Verb.TELL_RECIPIENT: EventKind.RECIPIENT_TOLD,
    Verb.ATTACH: EventKind.ATTACHED,
    Verb.EXTEND: EventKind.EXTENDED,
    Verb.CLOSE: EventKind.CLOSED,
    Verb.MERGE: EventKind.MERGED,
    Verb.HAND_OVER: EventKind.HANDED_OVER,
    Verb.SCHOOL_DECIDE: EventKind.SCHOOL_DECIDED,
    Verb.CLOSE_BY_SCHOOL: EventKind.CLOSED_BY_SCHOOL,
    Verb.EXECUTE: EventKind.EXECUTED,
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
        raise NotPossibleError("error.wrong_state", action=f"case.{verb.value}", case_id=case.id)
    require(actor, step.permission)
    check_needs(session, case, step, now)
    before, paused = place_of(case), _end_pause(case, step, now)
    seen = case.version if version is None else version
    statement = (
        update(Case)
        .where(col(Case.id) == case.id, col(Case.version) == seen, col(Case.status) == step.source)
        .values(status=step.target, version=seen + 1, **paused, **changes)
        .execution_options(synchronize_session=False)
    )
    if session.exec(statement).rowcount != 1:
        raise StaleError(case.id)
    add_event(session, actor, case, _EVENT_OF[verb], now=now, to_status=step.target.value, fields=fields)
    audit.record(session, actor, f"case.{verb.value}", ("case", case.id), now=now)
    stood_still = paused.get("paused_days", 0) - case.paused_days
    session.refresh(case)
    shift(session, before, place_of(case))
    if paused:
        add_event(session, actor, case, EventKind.PAUSE_ENDED, now=now, fields={"days": stood_still})


def _end_pause(case: Case, step: Move, now: datetime) -> dict[str, Any]:
    """The clock goes on as soon as we no longer wait."""
    if case.paused_since is None or step.target is Status.WAITING_FOR_REQUESTER:
        return {}
    days = (local_day(now) - case.paused_since).days
    return {"paused_since": None, "paused_days": case.paused_days + max(0, days)}


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


def add_message(
    session: Session,
    actor: Actor,
    case: Case,
    body: str,
    visibility: Visibility,
    *,
    now: datetime,
    longest: int = LONGEST_MESSAGE,
) -> str:
    """Store a message and return its id. Raises InvalidInputError for an empty or too long one."""
    text = checked_text(body, "message", longest)
    message = CaseMessage(
        id=str(uuid4()),
        case_id=case.id,
        at=now,
        author=_author(actor),
        author_id=actor.id,
        visibility=visibility,
        body=text,
    )
    session.add(message)
    return message.id


def _author(actor: Actor) -> Author:
    if actor.is_staff:
        return Author.STAFF
    return Author.SCHOOL if actor.role is Role.SCHOOL else Author.REQUESTER


def checked_text(body: str, field: str, longest: int = LONGEST_MESSAGE) -> str:
    """Text from outside, trimmed; control signs but line breaks and tabs are dropped."""
    text = "".join(sign for sign in body if sign in "\n\t" or sign.isprintable()).strip()
    if not text:
        raise InvalidInputError({field: f"invalid.{field}_empty"})
    if len(text) > longest:
        raise InvalidInputError({field: f"invalid.{field}_long"})
    return text
