"""Requests that were handed to a school, as that school sees and decides them.

Every employee of a school can sign in, so that alone opens nothing personal: the list shows references and dates. Who types
the code that was mailed to the school's contact may read the request.
"""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, or_, select

from dashboard import audit
from dashboard.accounts.queries import reach
from dashboard.clock import local_day
from dashboard.data_requests.case.access_model import SchoolGrant, SchoolKey
from dashboard.data_requests.case.codes import code_hmac
from dashboard.data_requests.case.events import EventKind
from dashboard.data_requests.case.lifecycle import Status, Verb
from dashboard.data_requests.case.model import Author, Case, CaseMessage, CaseRight, Visibility
from dashboard.data_requests.case.moves import add_event, add_message, checked_text, move
from dashboard.data_requests.case.needs import rights_of
from dashboard.data_requests.case.rows import RightRow
from dashboard.data_requests.law.rights import NEEDS_GROUND, Outcome, RequesterRole, Right
from dashboard.data_requests.requester import links
from dashboard.data_requests.requester.links import Opening
from dashboard.errors import InvalidInputError, NotFoundError
from dashboard.mail import messages
from dashboard.mail.messages import Post
from dashboard.permissions import Actor, Permission, require
from dashboard.settings import Settings
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
class HandedView:
    """A request as somebody of the school reads it."""

    id: str
    reference: str
    version: int
    status: Status
    role: RequesterRole
    name: str
    email: str
    subject_name: str
    school_name: str
    explanation: str
    received_on: date
    due_on: date
    rights: tuple[RightRow, ...]
    answer: str


@dataclass(frozen=True, slots=True)
class SchoolDecision:
    """What the school decided about one right, as it was chosen."""

    right: str
    outcome: str
    reason: str


def handed(session: Session, actor: Actor, *, now: datetime) -> list[HandedRow]:
    """The requests handed to the schools or the board that this login stands for, the nearest date first."""
    require(actor, Permission.READ_HANDED_CASE)
    cases = session.exec(
        select(Case)
        .where(_of_scope(session, actor, now), col(Case.status).in_(_SHOWN))
        .order_by(col(Case.closed_at).is_not(None), col(Case.due_on), col(Case.id))
        .limit(LISTED)
    ).all()
    opened = set(session.exec(select(SchoolGrant.case_id).where(SchoolGrant.person_id == actor.id)).all())
    return [
        HandedRow(
            case.id,
            case.reference,
            case.status,
            tuple(row.right for row in rights_of(session, case)),
            case.received_on,
            case.due_on,
            case.id in opened,
        )
        for case in cases
    ]


def open_handed(session: Session, actor: Actor, case_id: str, code: str, *, settings: Settings, now: datetime) -> Opening:
    """Try the code of a hand-over. Raises NotFoundError for a case of another school."""
    case = _of_school(session, actor, case_id, now)
    tries = links.tries(session, f"school:{case.reference}", actor.id, now=now)
    if tries.wait_seconds:
        return Opening(opened=False, wait_seconds=tries.wait_seconds)
    key = session.get(SchoolKey, case.id)
    given = code_hmac(code, settings.pepper.get_secret_value())
    if key is None or not same(given, key.code_hmac):
        audit.record(session, actor, "case.open_handed", ("case", case.id), now=now, outcome="denied")
        return Opening(opened=False, wait_seconds=links.note_failure(session, tries.key, now=now))
    links.forget_failures(session, tries.key)
    session.merge(SchoolGrant(person_id=actor.id, case_id=case.id, created_at=now))
    add_event(session, actor, case, EventKind.OPENED_BY_SCHOOL, now=now)
    audit.record(session, actor, "case.open_handed", ("case", case.id), now=now)
    return Opening(opened=True)


def handed_view(session: Session, actor: Actor, case_id: str, *, now: datetime) -> HandedView:
    """The request, for somebody of this school who typed its code; anyone else's reads as not found."""
    case = _opened(session, actor, case_id, now)
    answer = session.exec(
        select(CaseMessage.body)
        .where(CaseMessage.case_id == case.id, CaseMessage.author == Author.SCHOOL)
        .order_by(col(CaseMessage.at).desc())
        .limit(1)
    ).first()
    return HandedView(
        id=case.id,
        reference=case.reference,
        version=case.version,
        status=case.status,
        role=case.role,
        name=case.name,
        email=case.email,
        subject_name=case.subject_name,
        school_name=case.school_name,
        explanation=case.explanation,
        received_on=case.received_on,
        due_on=case.due_on,
        rights=tuple(RightRow.of(row) for row in rights_of(session, case)),
        answer=answer or "",
    )


def decide_at_school(  # noqa: PLR0913  decisions and words, on a case seen at a version
    session: Session,
    actor: Actor,
    case_id: str,
    decisions: list[SchoolDecision],
    answer: str,
    *,
    version: int,
    settings: Settings,
    now: datetime,
) -> None:
    """The school's word: an outcome per right, its reason where something is not granted, and its answer in words.

    The publisher then does what was decided. Raises InvalidInputError, naming the right.
    """
    case = _opened(session, actor, case_id, now)
    rows = rights_of(session, case)
    chosen = {decision.right: decision for decision in decisions}
    problems: dict[str, str] = {}
    for row in rows:
        if (problem := _apply(row, chosen.get(row.right.value), actor)) is not None:
            problems[f"{problem}_{row.right.value}"] = f"invalid.school_{problem}"
    if problems:
        raise InvalidInputError(problems)
    add_message(session, actor, case, answer, Visibility.REQUESTER, now=now)
    outcomes = {row.right.value: row.outcome.value if row.outcome else None for row in rows}
    move(session, actor, case, Verb.SCHOOL_DECIDE, now=now, version=version, fields={"outcomes": outcomes})
    messages.school_decided(Post(session, settings, now), case, rights=rows)


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


def _opened(session: Session, actor: Actor, case_id: str, now: datetime) -> Case:
    case = _of_school(session, actor, case_id, now)
    if session.get(SchoolGrant, (actor.id, case.id)) is None:
        raise NotFoundError(case_id)
    return case


def _of_school(session: Session, actor: Actor, case_id: str, now: datetime) -> Case:
    require(actor, Permission.READ_HANDED_CASE)
    found = session.exec(
        select(Case).where(Case.id == case_id, _of_scope(session, actor, now), col(Case.status).in_(_SHOWN))
    ).one_or_none()
    if found is None:
        raise NotFoundError(case_id)
    return found


def _of_scope(session: Session, actor: Actor, now: datetime) -> ColumnElement[bool]:
    """Cases of the schools within this login's reach; those of a board only for a login of that board."""
    if actor.scope is None:
        raise NotFoundError
    reached = reach(session, actor.scope, local_day(now))
    own_board = [actor.scope.board] if actor.scope.board else []
    return or_(col(Case.handed_brin).in_(reached.brins), col(Case.handed_board).in_(own_board))
