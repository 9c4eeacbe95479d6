"""The one way a case changes: load it for an actor, move it by the table, leave an event and an audit row."""

from datetime import datetime
from typing import Any

from sqlmodel import col, delete, func, select, update

from dashboard import audit
from dashboard.act import Allowed, Seen
from dashboard.audit import Action
from dashboard.clock import local_day
from dashboard.data_requests.case import reach
from dashboard.data_requests.case.counts import count_event, place_of, shift
from dashboard.data_requests.case.desk_model import WaitingAnswer
from dashboard.data_requests.case.events import EventKind, checked
from dashboard.data_requests.case.lifecycle import ENDED, WAITING, Move, Verb, find_move
from dashboard.data_requests.case.model import Case, CaseEvent, CaseMessage
from dashboard.data_requests.case.needs import check_needs
from dashboard.data_requests.case.terms import Author, Visibility
from dashboard.db import store
from dashboard.errors import InvalidInputError, NotFoundError, NotPossibleError, StaleError
from dashboard.permissions import Actor, Permission, Role
from dashboard.typed import body_of

LONGEST_MESSAGE = 5_000


def load(act: Allowed, seen: Seen) -> Case:
    """The case that somebody was looking at: found, theirs, and still as they saw it. Raises NotFoundError, StaleError,
    and NotPossibleError for one that was purged: nothing is written into it any more.

    A requester is held to the case alone: a note of the desk raises its version and changes nothing that they can see.
    """
    if act.actor.role is Role.REQUESTER and act.actor.case_id != seen.id:
        raise StaleError(seen.id)
    # Who writes waits for who writes: a purge that goes on at the same moment is over when the case is read.
    act.session.exec(select(Case.id).where(Case.id == seen.id).with_for_update(key_share=True)).one_or_none()
    case = load_case(act, seen.id)
    if act.actor.role is not Role.REQUESTER:
        seen.compare(case.version)
    return _to_write(case)


def load_latest(act: Allowed, case_id: str) -> Case:
    """The same for what is about a part of the case that is compared by itself: whatever else changed since doesn't matter."""
    act.session.exec(select(Case.id).where(Case.id == case_id).with_for_update(key_share=True)).one_or_none()
    return _to_write(load_case(act, case_id))


def _to_write(case: Case) -> Case:
    if case.purged_at:
        raise NotPossibleError("error.purged")
    return case


def load_case(act: Allowed, case_id: str) -> Case:
    """The case, for staff who may read cases, for the requester whose it is, or for somebody of the school that it was handed
    to who typed its code; anyone else's reads as not found.
    """
    if act.actor.may(Permission.READ_HANDED_CASE):
        return reach.opened(act, case_id)
    if not act.actor.may(Permission.READ_CASE):
        act.require(Permission.ACT_ON_OWN_CASE)
        if act.actor.case_id != case_id:
            raise NotFoundError(case_id)
    return act.find(Case, case_id)


def move(act: Allowed, case: Case, verb: Verb, *, fields: dict[str, Any] | None = None, **changes: Any) -> None:
    """Do the verb: the table's guard, then one UPDATE that only the version read survives, an event and an audit row.

    Raises NotPossibleError, NotAllowedError, or StaleError when the case changed since it was read.
    """
    step = allowed_move(act, case, verb)
    before, paused = place_of(case), _end_pause(case, step, act.now)
    waiting = {"waiting_since": act.now if step.target in WAITING else None} if step.source is not step.target else {}
    statement = (
        update(Case)
        .where(col(Case.id) == case.id, col(Case.version) == case.version, col(Case.status) == step.source)
        .values(status=step.target, version=case.version + 1, **paused, **waiting, **changes)
        .execution_options(synchronize_session=False)
    )
    if act.session.exec(statement).rowcount != 1:
        raise StaleError(case.id)
    if step.target in ENDED:
        # What was written and not sent is nobody's answer any more.
        act.session.exec(delete(WaitingAnswer).where(col(WaitingAnswer.case_id) == case.id))
    add_event(act, case, verb.event, to_status=step.target.value, fields=fields)
    audit.record(act, Action(f"case.{verb.value}"), case.id)
    stood_still = paused.get("paused_days", 0) - case.paused_days
    act.session.refresh(case)
    shift(act, before, place_of(case))
    if paused:
        add_event(act, case, EventKind.PAUSE_ENDED, fields={"days": stood_still})


def allowed_move(act: Allowed, case: Case, verb: Verb) -> Move:
    """What the verb does in this state. Raises NotPossibleError, NotAllowedError."""
    step = find_move(case.status, verb)
    if step is None:
        raise NotPossibleError("error.wrong_state", action=Action(f"case.{verb.value}"), case_id=case.id)
    act.require(step.permission)
    check_needs(act, case, step)
    return step


def _end_pause(case: Case, step: Move, now: datetime) -> dict[str, Any]:
    """The clock goes on as soon as we no longer wait."""
    if case.paused_since is None or step.target in WAITING:
        return {}
    days = (local_day(now) - case.paused_since).days
    return {"paused_since": None, "paused_days": case.paused_days + max(0, days)}


def add_event(
    act: Allowed, case: Case, kind: EventKind, *, to_status: str | None = None, fields: dict[str, Any] | None = None
) -> None:
    """Leave a row that says what happened; `case.status` is the state before."""
    # Two events at once get two numbers: the second waits for the case.
    act.session.exec(select(Case.id).where(Case.id == case.id).with_for_update(key_share=True)).one()
    last = act.session.exec(select(func.max(CaseEvent.number)).where(CaseEvent.case_id == case.id)).one() or 0
    _leave(act, case, last, kind, to_status, fields)


def begin_events(act: Allowed, case: Case, kind: EventKind, fields: dict[str, Any]) -> None:
    """The first of a case that this transaction made: nobody else knows it yet."""
    _leave(act, case, 0, kind, None, fields)


def _leave(act: Allowed, case: Case, last: int, kind: EventKind, to_status: str | None, fields: dict[str, Any] | None) -> None:
    event = CaseEvent(
        case_id=case.id,
        number=last + 1,
        kind=kind,
        at=act.now,
        actor_role=act.actor.role.value,
        actor_id=act.actor.id,
        from_status=case.status.value if last else None,
        to_status=to_status or case.status.value,
        fields=checked(kind, fields or {}),
    )
    store(act.session, event)
    count_event(act, case.id, event)


def add_message(act: Allowed, case: Case, body: str, visibility: Visibility, *, longest: int = LONGEST_MESSAGE) -> str:
    """Store a message and return its id. Raises InvalidInputError for an empty or too long one."""
    text = checked_text(body, "message", longest)
    message = CaseMessage(
        case_id=case.id,
        at=act.now,
        author=_author(act.actor),
        author_id=act.actor.id,
        visibility=visibility,
        body=text,
    )
    act.session.add(message)
    return message.id


def _author(actor: Actor) -> Author:
    if actor.is_staff:
        return Author.STAFF
    return Author.SCHOOL if actor.role is Role.SCHOOL else Author.REQUESTER


def checked_text(body: str, field: str, longest: int = LONGEST_MESSAGE) -> str:
    """Text from outside. Raises InvalidInputError for an empty or too long one."""
    text = body_of(body)
    if not text:
        raise InvalidInputError({field: f"invalid.{field}_empty"})
    if len(text) > longest:
        raise InvalidInputError({field: f"invalid.{field}_long"})
    return text
