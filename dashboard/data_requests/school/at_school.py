"""Requests that were handed to a school, as that school sees and decides them.

Every employee of a school can sign in, so that alone opens nothing personal: the list shows references and dates. Who types
the code that was mailed to the school's contact may read the request.
"""

from dataclasses import dataclass
from datetime import date

from sqlmodel import col, func, select

from dashboard import audit
from dashboard.act import Allowed, Seen, asks
from dashboard.audit import Action
from dashboard.data_requests.case import reach
from dashboard.data_requests.case.access_model import SchoolGrant, SchoolKey
from dashboard.data_requests.case.codes import code_hmac
from dashboard.data_requests.case.events import EventKind
from dashboard.data_requests.case.lifecycle import AT_SCHOOL, Status, Verb
from dashboard.data_requests.case.model import Case, CaseRight
from dashboard.data_requests.case.moves import add_event, add_message, checked_text, load, move
from dashboard.data_requests.case.needs import rights_of
from dashboard.data_requests.case.terms import Visibility
from dashboard.data_requests.law.rights import NEEDS_GROUND, Outcome, Right
from dashboard.data_requests.outgoing import messages
from dashboard.data_requests.requester import links
from dashboard.data_requests.requester.links import Entry
from dashboard.db import put
from dashboard.errors import reject
from dashboard.permissions import Actor, Permission
from dashboard.rows import row_of
from dashboard.sealed import left_out
from dashboard.tokens import same

LISTED = 100


@dataclass(frozen=True, slots=True)
class HandedRow:
    """A request in the school's list: nothing about the person."""

    id: str
    reference: str
    status: Status
    rights: tuple[Right, ...]
    received_on: date
    due_on: date
    opened: bool


@dataclass(frozen=True, slots=True)
class SchoolDecision:
    """What the school decided about one right, as it was chosen."""

    right: str
    outcome: str
    reason: str


@asks(Permission.READ_SCHOOLS)
def open_at(act: Allowed, brin: str) -> int:
    """How many requests lie at this school, undecided; nothing of what is in them."""
    mine = col(Case.handed_brin) == brin, col(Case.status).in_(AT_SCHOOL)
    return act.session.exec(select(func.count()).select_from(Case).where(*mine)).one()


@asks(Permission.READ_HANDED_CASE)
def handed(act: Allowed) -> list[HandedRow]:
    """The requests handed to the schools or the board that this login stands for, the nearest date first."""
    cases = act.session.exec(
        select(Case)
        .options(*left_out(Case))
        .where(*reach.of_scope(act))
        .order_by(col(Case.closed_at).is_not(None), col(Case.due_on), col(Case.id))
        .limit(LISTED)
    ).all()
    opened = set(act.session.exec(select(SchoolGrant.case_id).where(SchoolGrant.person_id == act.actor.id)).all())
    return [
        row_of(HandedRow, case, rights=tuple(row.right for row in rights_of(act, case)), opened=case.id in opened)
        for case in cases
    ]


@asks(Permission.READ_HANDED_CASE)
def enter_handed(act: Allowed, case_id: str, code: str) -> Entry:
    """Try the code of a hand-over. Raises NotFoundError for a case of another school."""
    case = reach.of_school(act, case_id)
    tries = links.tries(act, f"school:{case.reference}", act.actor.id)
    if tries.wait_seconds:
        return Entry(opened=False, wait_seconds=tries.wait_seconds)
    key = act.session.get(SchoolKey, case.id)
    given = [code_hmac(code, pepper) for pepper in act.settings.peppers]
    if key is None or not any(same(each, key.code_hmac) for each in given):
        audit.deny(act, Action.CASE_OPEN_HANDED, case.id)
        return Entry(opened=False, wait_seconds=links.note_failure(act, tries))
    links.forget_failures(act, tries.key)
    put(act.session, SchoolGrant(person_id=act.actor.id, case_id=case.id, created_at=act.now))
    add_event(act, case, EventKind.OPENED_BY_SCHOOL)
    audit.record(act, Action.CASE_OPEN_HANDED, case.id)
    return Entry(opened=True)


@asks(Permission.DECIDE_HANDED_CASE)
def decide_at_school(act: Allowed, seen: Seen, decisions: list[SchoolDecision], answer: str) -> None:
    """The school's word: an outcome per right, its reason where something is not granted, and its answer in words.

    The publisher then does what was decided, and hands out what was granted. Raises InvalidInputError, naming the right.
    """
    case = load(act, seen)
    rows = rights_of(act, case)
    chosen = {decision.right: decision for decision in decisions}
    problems: dict[str, str] = {}
    for row in rows:
        if (problem := _apply(row, chosen.get(row.right.value), act.actor)) is not None:
            problems[f"{problem}_{row.right.value}"] = f"invalid.school_{problem}"
    reject(problems)
    said = checked_text(answer, "message")
    add_message(act, case, said, Visibility.REQUESTER)
    outcomes = {row.right.value: row.outcome.value if row.outcome else None for row in rows}
    move(act, case, Verb.SCHOOL_DECIDE, fields={"outcomes": outcomes}, answered_at=act.now)
    messages.school_decided(act, case, rights=rows, token=links.notice_link(act, case), body=said)


def _apply(row: CaseRight, decision: SchoolDecision | None, actor: Actor) -> str | None:
    """Put one decision in its row; what is missing, if anything is."""
    if decision is None or decision.outcome not in set(Outcome):
        return "outcome"
    outcome = Outcome(decision.outcome)
    if outcome in NEEDS_GROUND and not decision.reason.strip():
        return "reason"
    row.outcome, row.ground = outcome, None
    row.reason = checked_text(decision.reason, "reason") if decision.reason.strip() else ""
    row.decided_by = actor.id
    return None
