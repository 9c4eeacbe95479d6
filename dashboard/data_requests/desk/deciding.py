"""Deciding: an outcome per right with its ground and reason, a colleague's look, recipients told, and the answer."""

from dataclasses import dataclass
from datetime import date

from dashboard.act import Allowed, Seen, asks
from dashboard.data_requests.case.alike import asked_before
from dashboard.data_requests.case.desk_model import CaseRecipient
from dashboard.data_requests.case.lifecycle import Need, Verb
from dashboard.data_requests.case.model import Case, CaseRight
from dashboard.data_requests.case.moves import add_message, allowed_move, checked_text, load, move
from dashboard.data_requests.case.needs import gives, identity_is_wrong, is_checked, rights_of
from dashboard.data_requests.case.terms import Visibility
from dashboard.data_requests.law.deadlines import overdue, statutory_due
from dashboard.data_requests.law.recipients import recipients
from dashboard.data_requests.law.rights import (
    GROUNDS,
    NEEDS_EVIDENCE,
    NEEDS_GROUND,
    ONLY_PARTLY,
    Ground,
    Outcome,
    Right,
    allowed,
    limits,
)
from dashboard.data_requests.outgoing import letters, messages
from dashboard.data_requests.requester import links
from dashboard.db import put
from dashboard.errors import InvalidInputError, NotFoundError, NotPossibleError
from dashboard.i18n import Language
from dashboard.permissions import Permission
from dashboard.policy.queries import bridge_days


@dataclass(frozen=True, slots=True)
class NewDecision:
    """An outcome for one right, with why. As it was filled in."""

    right: str
    outcome: str
    ground: str | None = None
    reason: str = ""
    evidence: str = ""


@asks(Permission.HANDLE_CASE)
def decide(act: Allowed, seen: Seen, chosen: NewDecision) -> None:
    """Decide about one right. A refusal, whole or partial, needs a ground of that article and a reason in words."""
    case = load(act, seen)
    row = _right(act, case, chosen.right)
    decided = _checked_outcome(row.right, chosen.outcome, chosen.ground)
    why = decided in NEEDS_GROUND
    if chosen.ground == Ground.EXCESSIVE and why and not any(row.right in each.rights for each in asked_before(act, case)):
        raise InvalidInputError({"ground": "invalid.ground_excessive"})
    if gives(row.right, decided) and identity_is_wrong(act, case):
        raise NotPossibleError(f"need.{Need.IDENTITY_NOT_WRONG.value}", action=f"case.{Verb.DECIDE.value}", case_id=case.id)
    row.reason = checked_text(chosen.reason, "reason") if why or chosen.reason.strip() else ""
    row.outcome = decided
    row.ground = Ground(chosen.ground) if why and chosen.ground else None
    row.evidence = checked_text(chosen.evidence, "evidence") if row.ground in NEEDS_EVIDENCE else ""
    row.decided_by, row.approved_by = act.actor.id, None
    facts = {"right": row.right.value, "outcome": decided.value, "ground": row.ground.value if row.ground else None}
    move(act, case, Verb.DECIDE, fields=facts)


@asks(Permission.HANDLE_CASE)
def approve(act: Allowed, seen: Seen, right: str) -> None:
    """A second pair of eyes: never the decider's own."""
    case = load(act, seen)
    row = _right(act, case, right)
    if not is_checked(act, case, row):
        raise NotPossibleError("error.nothing_to_approve")
    if row.decided_by == act.actor.id:
        raise NotPossibleError("error.own_decision")
    row.approved_by = act.actor.id
    move(act, case, Verb.APPROVE, fields={"right": row.right.value})


@asks(Permission.HANDLE_CASE)
def tell_recipient(act: Allowed, seen: Seen, recipient: str, *, told: bool, reason: str) -> None:
    """Record that a recipient was told of the change, or why that is impossible or takes disproportionate effort (art. 19)."""
    case = load(act, seen)
    if recipient not in {each.key for each in recipients()}:
        raise NotFoundError(recipient)
    why = "" if told else checked_text(reason, "reason")
    put(act.session, CaseRecipient(case_id=case.id, recipient=recipient, told=told, reason=why, at=act.now, by_id=act.actor.id))
    move(act, case, Verb.TELL_RECIPIENT, fields={"recipient": recipient, "told": told})


@asks(Permission.HANDLE_CASE)
def close(act: Allowed, seen: Seen, letter: str) -> None:
    """Send the answer and close. A refusal, whole or partial, goes out with its reasons, the complaint to the authority and
    the way to court, or not at all: InvalidInputError names the part that the letter lacks.
    """
    act.require_fresh()
    send_answer(act, load(act, seen), letter)


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes out, with the letter filled in."""

    rights: list[CaseRight]
    written: str
    limited: bool


def checked_answer(act: Allowed, case: Case, letter: str) -> Answer:
    """The answer as it would go out now. Raises whatever keeps it from that; nothing was changed by then."""
    rights = rights_of(act, case)
    limited = any(limits(row.outcome, row.ground) for row in rights)
    letters.require_filled(letter, "letter")
    if all(row.outcome for row in rights):
        letters.require_parts(letter, Language(case.language), limited=limited)
    letters.require_known(letter, Language(case.language))
    written = letters.filled(case, rights, letter, letters.ground_texts(act, Language(case.language)), today=act.today)
    checked_text(written, "message", letters.LONGEST_LETTER)
    allowed_move(act, case, Verb.CLOSE)
    return Answer(rights, written, limited)


def send_answer(act: Allowed, case: Case, letter: str) -> None:
    """Part of `close`, and of what sends it a minute later."""
    answer = checked_answer(act, case, letter)
    message_id = add_message(act, case, answer.written, Visibility.REQUESTER, longest=letters.LONGEST_LETTER)
    facts = {
        "message_id": message_id,
        "outcomes": {row.right.value: row.outcome.value if row.outcome else None for row in answer.rights},
        # A refusal goes out within one month, extended or not (art. 12(4)).
        "on_time": not overdue(_refusal_due(act, case) if answer.limited else case.due_on, act.today),
    }
    move(act, case, Verb.CLOSE, fields=facts, closed_at=act.now, answered_at=act.now)
    messages.answered(act, case, token=links.notice_link(act, case), rights=answer.rights, body=answer.written)


def _refusal_due(act: Allowed, case: Case) -> date:
    return statutory_due(case.received_on, extra_holidays=bridge_days(act)) if case.extended else case.due_on


def _right(act: Allowed, case: Case, right: str) -> CaseRight:
    row = act.session.get(CaseRight, (case.id, Right(right))) if right in set(Right) else None
    if row is None:
        raise NotFoundError(right)
    return row


def _checked_outcome(right: Right, outcome: str, ground: str | None) -> Outcome:
    if outcome not in set(Outcome):
        raise InvalidInputError({"outcome": "invalid.outcome"})
    decided = Outcome(outcome)
    known = Ground(ground) if ground in set(Ground) else None
    if decided is not Outcome.GRANTED and not GROUNDS[right]:
        raise InvalidInputError({"outcome": "invalid.no_refusal_exists"})
    if not allowed(right, decided, known if decided in NEEDS_GROUND else None):
        raise InvalidInputError({"ground": _wrong_ground(right, decided, known)})
    return decided


def _wrong_ground(right: Right, outcome: Outcome, ground: Ground | None) -> str:
    """Why a ground doesn't carry the outcome, and what does."""
    if outcome is Outcome.NOT_APPLICABLE:
        return "invalid.ground_fact"
    return "invalid.ground_partly" if ground in ONLY_PARTLY and ground in GROUNDS[right] else "invalid.ground"
