"""What staff do with a case, and the jobs. Each function says at which version the page saw the case."""

from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from dashboard.clock import local_day
from dashboard.data_requests import links
from dashboard.data_requests.deadlines import overdue
from dashboard.data_requests.lifecycle import Status, Verb
from dashboard.data_requests.model import Case, CaseRight, Visibility
from dashboard.data_requests.moves import add_message, checked_text, load_case, move, rights_of
from dashboard.data_requests.rights import GROUNDS, NEEDS_GROUND, Ground, Outcome, Right, allowed
from dashboard.errors import InvalidInputError, NotFoundError
from dashboard.mail import messages
from dashboard.mail.messages import Post
from dashboard.permissions import Actor, Permission, require
from dashboard.settings import Settings


def take(session: Session, actor: Actor, case_id: str, *, version: int, now: datetime) -> None:
    """Make the case the actor's own and start on it."""
    case = _case(session, actor, case_id)
    move(
        session,
        actor,
        case,
        Verb.TAKE,
        now=now,
        version=version,
        fields={"previous_handler": case.handler_id},
        handler_id=actor.id,
    )


def ask(session: Session, actor: Actor, case_id: str, body: str, *, version: int, settings: Settings, now: datetime) -> None:
    """Ask the requester something: it becomes their turn."""
    case = _case(session, actor, case_id)
    message_id = add_message(session, actor, case, body, Visibility.REQUESTER, now=now)
    move(session, actor, case, Verb.ASK, now=now, version=version, fields={"message_id": message_id})
    token = links.new_link(session, case, now=now, lasts=links.NOTICE_FOR)
    messages.question(Post(session, settings, now), case, token=token)


def inform(session: Session, actor: Actor, case_id: str, body: str, *, version: int, settings: Settings, now: datetime) -> None:
    """Tell the requester something that asks no answer."""
    case = _case(session, actor, case_id)
    message_id = add_message(session, actor, case, body, Visibility.REQUESTER, now=now)
    move(session, actor, case, Verb.INFORM, now=now, version=version, fields={"message_id": message_id})
    token = links.new_link(session, case, now=now, lasts=links.NOTICE_FOR)
    messages.news(Post(session, settings, now), case, token=token)


def note(session: Session, actor: Actor, case_id: str, body: str, *, version: int, now: datetime) -> None:
    """A note that only the desk reads."""
    case = _case(session, actor, case_id)
    message_id = add_message(session, actor, case, body, Visibility.INTERNAL, now=now)
    move(session, actor, case, Verb.NOTE, now=now, version=version, fields={"message_id": message_id})


def decide(  # noqa: PLR0913  a decision is an outcome with its ground and reason, on a case seen at a version
    session: Session,
    actor: Actor,
    case_id: str,
    *,
    right: str,
    outcome: str,
    ground: str | None,
    reason: str,
    version: int,
    now: datetime,
) -> None:
    """Decide about one right. A refusal, whole or partial, needs a ground of that article and a reason in words."""
    case = _case(session, actor, case_id)
    row = session.get(CaseRight, (case.id, Right(right))) if right in set(Right) else None
    if row is None:
        raise NotFoundError(right)
    decided = _checked_outcome(row.right, outcome, ground)
    limited = decided in NEEDS_GROUND
    row.reason = checked_text(reason, "reason") if limited or reason.strip() else ""
    row.outcome = decided
    row.ground = Ground(ground) if limited and ground else None
    facts = {"right": row.right.value, "outcome": decided.value, "ground": row.ground.value if row.ground else None}
    move(session, actor, case, Verb.DECIDE, now=now, version=version, fields=facts)


def close(session: Session, actor: Actor, case_id: str, letter: str, *, version: int, settings: Settings, now: datetime) -> None:
    """Send the answer and close. The routes of complaint go with every answer that isn't granted in full."""
    case = _case(session, actor, case_id)
    rights = rights_of(session, case)
    message_id = add_message(session, actor, case, letter, Visibility.REQUESTER, now=now)
    facts = {
        "message_id": message_id,
        "outcomes": {row.right.value: row.outcome.value if row.outcome else None for row in rights},
        "on_time": not overdue(case.due_on, local_day(now)),
    }
    move(session, actor, case, Verb.CLOSE, now=now, version=version, fields=facts, closed_at=now)
    limited = any(row.outcome in NEEDS_GROUND for row in rights)
    token = links.new_link(session, case, now=now, lasts=links.NOTICE_FOR)
    messages.answered(Post(session, settings, now), case, token=token, limited=limited)


def hand_over(
    session: Session, actor: Actor, case_id: str, school: str, *, version: int, settings: Settings, now: datetime
) -> None:
    """Pass a request about learning material to the school, which decides; `school` is its name and contact."""
    case = _case(session, actor, case_id)
    contact = " ".join(checked_text(school, "school").split())
    move(session, actor, case, Verb.HAND_OVER, now=now, version=version, fields={"school": contact})
    messages.handed_over(Post(session, settings, now), case, school=contact)


def close_by_school(session: Session, actor: Actor, case_id: str, *, version: int, settings: Settings, now: datetime) -> None:
    """Record that the school has answered."""
    case = _case(session, actor, case_id)
    move(session, actor, case, Verb.CLOSE_BY_SCHOOL, now=now, version=version, closed_at=now)
    messages.closed_by_school(Post(session, settings, now), case)


def expire_unverified(session: Session, actor: Actor, *, settings: Settings, now: datetime) -> int:
    """End requests that nobody confirmed in time, each with a message; returns how many."""
    require(actor, Permission.RUN_JOBS)
    limit = now - timedelta(days=settings.unverified_days)
    stale = session.exec(
        select(Case)
        .where(Case.status == Status.UNVERIFIED, col(Case.submitted_at) < limit)
        .order_by(col(Case.submitted_at))
        .limit(500)
    ).all()
    for case in stale:
        move(session, actor, case, Verb.EXPIRE, now=now, closed_at=now)
        messages.expired(Post(session, settings, now), case, days=settings.unverified_days)
    return len(stale)


def _case(session: Session, actor: Actor, case_id: str) -> Case:
    require(actor, Permission.HANDLE_CASE)
    return load_case(session, actor, case_id)


def _checked_outcome(right: Right, outcome: str, ground: str | None) -> Outcome:
    if outcome not in set(Outcome):
        raise InvalidInputError({"outcome": "invalid.outcome"})
    decided = Outcome(outcome)
    if decided not in NEEDS_GROUND:
        return decided
    known = Ground(ground) if ground in set(Ground) else None
    if not GROUNDS[right]:
        raise InvalidInputError({"outcome": "invalid.no_refusal_exists"})
    if not allowed(right, decided, known):
        raise InvalidInputError({"ground": "invalid.ground"})
    return decided
