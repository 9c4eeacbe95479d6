"""Requests that were handed to a school, as that school sees and decides them.

Every employee of a school can sign in, so that alone opens nothing personal: the list shows references and dates. Who types
the code that was mailed to the school's contact may read the request.
"""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement
from sqlmodel import col, or_, select

from dashboard import audit
from dashboard.accounts.spans import reached
from dashboard.act import Allowed, Seen, asks
from dashboard.audit import Action
from dashboard.data_requests.case.access_model import SchoolGrant, SchoolKey
from dashboard.data_requests.case.asked import Asked, kept_from_schools
from dashboard.data_requests.case.codes import code_hmac
from dashboard.data_requests.case.events import EventKind
from dashboard.data_requests.case.lifecycle import Status, Verb
from dashboard.data_requests.case.model import Case, CaseMessage, CaseRight
from dashboard.data_requests.case.moves import add_event, add_message, checked_text, move
from dashboard.data_requests.case.needs import rights_of
from dashboard.data_requests.case.rows import RightRow
from dashboard.data_requests.case.terms import Author, Visibility
from dashboard.data_requests.law.rights import NEEDS_GROUND, Outcome, Right
from dashboard.data_requests.outgoing import messages
from dashboard.data_requests.requester import links
from dashboard.data_requests.requester.links import Entry
from dashboard.errors import NotFoundError, reject
from dashboard.permissions import Actor, Permission
from dashboard.rows import row_of
from dashboard.tokens import same

_SHOWN = (Status.HANDED_TO_SCHOOL, Status.SCHOOL_DECIDED, Status.CLOSED_BY_SCHOOL)
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
class HandedView(Asked):
    """A request as somebody of the school reads it."""

    id: str
    reference: str
    version: int
    status: Status
    received_on: date
    due_on: date
    rights: tuple[RightRow, ...]
    answer: str

    @property
    def seen(self) -> Seen:
        return Seen(self.id, self.version)


@dataclass(frozen=True, slots=True)
class SchoolDecision:
    """What the school decided about one right, as it was chosen."""

    right: str
    outcome: str
    reason: str


@asks(Permission.READ_HANDED_CASE)
def handed(act: Allowed) -> list[HandedRow]:
    """The requests handed to the schools or the board that this login stands for, the nearest date first."""
    cases = act.session.exec(
        select(Case)
        .where(_of_scope(act), col(Case.status).in_(_SHOWN))
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
    case = _of_school(act, case_id)
    tries = links.tries(act, f"school:{case.reference}", act.actor.id)
    if tries.wait_seconds:
        return Entry(opened=False, wait_seconds=tries.wait_seconds)
    key = act.session.get(SchoolKey, case.id)
    given = code_hmac(code, act.settings.pepper.get_secret_value())
    if key is None or not same(given, key.code_hmac):
        audit.deny(act, Action.CASE_OPEN_HANDED, case.id)
        return Entry(opened=False, wait_seconds=links.note_failure(act, tries.key))
    links.forget_failures(act, tries.key)
    act.session.merge(SchoolGrant(person_id=act.actor.id, case_id=case.id, created_at=act.now))
    add_event(act, case, EventKind.OPENED_BY_SCHOOL)
    audit.record(act, Action.CASE_OPEN_HANDED, case.id)
    return Entry(opened=True)


@asks(Permission.READ_HANDED_CASE)
def handed_view(act: Allowed, case_id: str) -> HandedView:
    """The request, for somebody of this school who typed its code; anyone else's reads as not found."""
    case = _opened(act, case_id)
    answer = act.session.exec(
        select(CaseMessage.body)
        .where(CaseMessage.case_id == case.id, CaseMessage.author == Author.SCHOOL)
        .order_by(col(CaseMessage.at).desc())
        .limit(1)
    ).first()
    rights = tuple(RightRow.of(row) for row in rights_of(act, case))
    # A day of birth was for us, to see who may ask.
    return row_of(HandedView, case, rights=rights, answer=answer or "", **kept_from_schools())


@asks(Permission.DECIDE_HANDED_CASE)
def decide_at_school(act: Allowed, seen: Seen, decisions: list[SchoolDecision], answer: str) -> None:
    """The school's word: an outcome per right, its reason where something is not granted, and its answer in words.

    The publisher then does what was decided. Raises InvalidInputError, naming the right.
    """
    case = _opened(act, seen.id)
    seen.compare(case.version)
    rows = rights_of(act, case)
    chosen = {decision.right: decision for decision in decisions}
    problems: dict[str, str] = {}
    for row in rows:
        if (problem := _apply(row, chosen.get(row.right.value), act.actor)) is not None:
            problems[f"{problem}_{row.right.value}"] = f"invalid.school_{problem}"
    reject(problems)
    add_message(act, case, answer, Visibility.REQUESTER)
    outcomes = {row.right.value: row.outcome.value if row.outcome else None for row in rows}
    move(act, case, Verb.SCHOOL_DECIDE, fields={"outcomes": outcomes})
    messages.school_decided(act, case, rights=rows)


def _apply(row: CaseRight, decision: SchoolDecision | None, actor: Actor) -> str | None:
    """Put one decision in its row; what is missing, if anything is."""
    if decision is None or decision.outcome not in set(Outcome):
        return "outcome"
    outcome = Outcome(decision.outcome)
    if outcome in NEEDS_GROUND and not decision.reason.strip():
        return "reason"
    row.outcome = outcome
    row.reason = checked_text(decision.reason, "reason") if decision.reason.strip() else ""
    row.decided_by = actor.id
    return None


def _opened(act: Allowed, case_id: str) -> Case:
    case = _of_school(act, case_id)
    if act.session.get(SchoolGrant, (act.actor.id, case.id)) is None:
        raise NotFoundError(case_id)
    return case


def _of_school(act: Allowed, case_id: str) -> Case:
    act.require(Permission.READ_HANDED_CASE)
    found = act.session.exec(select(Case).where(Case.id == case_id, _of_scope(act), col(Case.status).in_(_SHOWN))).one_or_none()
    if found is None:
        raise NotFoundError(case_id)
    return found


def _of_scope(act: Allowed) -> ColumnElement[bool]:
    """Cases of the schools within this login's reach; those of a board only for a login of that board."""
    if act.actor.scope is None:
        raise NotFoundError
    within = reached(act, act.actor.scope)
    brins = {place.school for place in within.places_on(act.today)}
    own_board = [act.actor.scope.board] if act.actor.scope.board else []
    return or_(col(Case.handed_brin).in_(brins), col(Case.handed_board).in_(own_board))
