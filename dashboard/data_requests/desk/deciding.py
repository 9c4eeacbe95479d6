"""Deciding: an outcome per right with its ground and reason, a colleague's look, recipients told, and the answer."""

from datetime import datetime

from sqlmodel import Session

from dashboard.clock import local_day
from dashboard.data_requests.case.desk_model import CaseRecipient
from dashboard.data_requests.case.lifecycle import Verb
from dashboard.data_requests.case.model import Case, CaseRight, Visibility
from dashboard.data_requests.case.moves import add_message, checked_text, load_case, move
from dashboard.data_requests.case.needs import rights_of
from dashboard.data_requests.law.deadlines import overdue
from dashboard.data_requests.law.recipients import recipients
from dashboard.data_requests.law.rights import (
    GROUNDS,
    NEEDS_EVIDENCE,
    NEEDS_GROUND,
    Ground,
    Outcome,
    Right,
    allowed,
    needs_second_pair_of_eyes,
)
from dashboard.data_requests.outgoing import letters
from dashboard.data_requests.requester import links
from dashboard.errors import InvalidInputError, NotFoundError, NotPossibleError
from dashboard.i18n import Language
from dashboard.mail import messages
from dashboard.mail.messages import Post
from dashboard.permissions import Actor, Permission, require
from dashboard.settings import Settings


def decide(  # noqa: PLR0913  a decision is an outcome with its ground, reason and evidence, on a case seen at a version
    session: Session,
    actor: Actor,
    case_id: str,
    *,
    right: str,
    outcome: str,
    ground: str | None,
    reason: str,
    evidence: str = "",
    version: int,
    now: datetime,
) -> None:
    """Decide about one right. A refusal, whole or partial, needs a ground of that article and a reason in words."""
    case = _case(session, actor, case_id)
    row = _right(session, case, right)
    decided = _checked_outcome(row.right, outcome, ground)
    limited = decided in NEEDS_GROUND
    row.reason = checked_text(reason, "reason") if limited or reason.strip() else ""
    row.outcome = decided
    row.ground = Ground(ground) if limited and ground else None
    row.evidence = checked_text(evidence, "evidence") if row.ground in NEEDS_EVIDENCE else ""
    row.decided_by, row.approved_by = actor.id, None
    facts = {"right": row.right.value, "outcome": decided.value, "ground": row.ground.value if row.ground else None}
    move(session, actor, case, Verb.DECIDE, now=now, version=version, fields=facts)


def approve(session: Session, actor: Actor, case_id: str, right: str, *, version: int, now: datetime) -> None:
    """A second pair of eyes: never the decider's own."""
    case = _case(session, actor, case_id)
    row = _right(session, case, right)
    if row.outcome is None or not needs_second_pair_of_eyes(row.right, row.outcome):
        raise NotPossibleError("error.nothing_to_approve")
    if row.decided_by == actor.id:
        raise NotPossibleError("error.own_decision")
    row.approved_by = actor.id
    move(session, actor, case, Verb.APPROVE, now=now, version=version, fields={"right": row.right.value})


def tell_recipient(  # noqa: PLR0913  told, or exempt for a reason
    session: Session, actor: Actor, case_id: str, recipient: str, *, told: bool, reason: str, version: int, now: datetime
) -> None:
    """Record that a recipient was told of the change, or why that is impossible or takes disproportionate effort (art. 19)."""
    case = _case(session, actor, case_id)
    if recipient not in {each.key for each in recipients()}:
        raise NotFoundError(recipient)
    why = "" if told else checked_text(reason, "reason")
    session.merge(CaseRecipient(case_id=case.id, recipient=recipient, told=told, reason=why, at=now, by_id=actor.id))
    move(session, actor, case, Verb.TELL_RECIPIENT, now=now, version=version, fields={"recipient": recipient, "told": told})


def close(session: Session, actor: Actor, case_id: str, letter: str, *, version: int, settings: Settings, now: datetime) -> None:
    """Send the answer and close. A refusal, whole or partial, goes out with its reasons, the complaint to the authority and
    the way to court, or not at all: InvalidInputError names the part that the letter lacks.
    """
    case = _case(session, actor, case_id)
    rights = rights_of(session, case)
    limited = any(row.outcome in NEEDS_GROUND for row in rights)
    letters.require_filled(letter, "letter")
    if all(row.outcome for row in rights):
        letters.require_parts(letter, Language(case.language), limited=limited)
    written = letters.filled(case, rights, letter, letters.ground_texts(session, Language(case.language)), today=local_day(now))
    message_id = add_message(session, actor, case, written, Visibility.REQUESTER, now=now, longest=letters.LONGEST_LETTER)
    facts = {
        "message_id": message_id,
        "outcomes": {row.right.value: row.outcome.value if row.outcome else None for row in rights},
        "on_time": not overdue(case.due_on, local_day(now)),
    }
    move(session, actor, case, Verb.CLOSE, now=now, version=version, fields=facts, closed_at=now)
    token = links.new_link(session, case, now=now, lasts=links.NOTICE_FOR)
    messages.answered(Post(session, settings, now), case, token=token, limited=limited, body=written)


def _case(session: Session, actor: Actor, case_id: str) -> Case:
    require(actor, Permission.HANDLE_CASE)
    return load_case(session, actor, case_id)


def _right(session: Session, case: Case, right: str) -> CaseRight:
    row = session.get(CaseRight, (case.id, Right(right))) if right in set(Right) else None
    if row is None:
        raise NotFoundError(right)
    return row


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
