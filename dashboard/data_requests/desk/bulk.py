"""Cases that belong together, and duplicates: never silently, and never around the check of an address."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, select

from dashboard.data_requests.case.codes import normal_reference
from dashboard.data_requests.case.desk_model import CaseLink, LinkKind
from dashboard.data_requests.case.events import EventKind
from dashboard.data_requests.case.lifecycle import OPEN, Status, Verb
from dashboard.data_requests.case.model import Case, Visibility
from dashboard.data_requests.case.moves import add_event, add_message, load_case, move
from dashboard.data_requests.desk.handling import acknowledge, assign
from dashboard.errors import BijsluiterError, NotFoundError, NotPossibleError
from dashboard.mail import messages
from dashboard.mail.messages import Post
from dashboard.permissions import Actor, Permission, require
from dashboard.settings import Settings


@dataclass(frozen=True, slots=True)
class Picked:
    """A case picked on the desk, as it was seen."""

    id: str
    reference: str
    version: int


@dataclass(frozen=True, slots=True)
class Done:
    """What became of one picked case: done, or the refusal."""

    reference: str
    refusal: BijsluiterError | None = None


def link(session: Session, actor: Actor, case_id: str, reference: str, *, now: datetime) -> None:
    """Note that two cases belong together; both show it. Nothing else changes."""
    case, other = _pair(session, actor, case_id, reference)
    _link(session, actor, case, other, LinkKind.RELATED, now)


def merge(
    session: Session, actor: Actor, case_id: str, reference: str, *, version: int, settings: Settings, now: datetime
) -> None:
    """Close a case as a duplicate of an open one of the same person, whose date stands; the requester hears so.

    Both addresses are proven and the same: a merge is no way into somebody else's case. Raises NotPossibleError.
    """
    case, other = _pair(session, actor, case_id, reference)
    if other.status not in OPEN - {Status.UNVERIFIED}:
        raise NotPossibleError("error.merge_ended")
    if not case.email or case.email.lower() != other.email.lower() or case.subject is not other.subject:
        raise NotPossibleError("error.merge_other_person")
    facts = {"into": other.reference}
    move(session, actor, case, Verb.MERGE, now=now, version=version, fields=facts, merged_into=other.id, closed_at=now)
    _link(session, actor, case, other, LinkKind.DUPLICATE, now)
    add_message(session, actor, other, f"{case.reference}: {case.explanation}", Visibility.INTERNAL, now=now, longest=10_000)
    messages.joined(Post(session, settings, now), case, older=other)


def assign_all(session: Session, actor: Actor, picked: list[Picked], handler_id: str, *, now: datetime) -> list[Done]:
    """Give several cases to one colleague; each by itself, so that one refusal doesn't undo the others."""
    require(actor, Permission.HANDLE_CASE)
    return [
        _each(session, one, lambda one=one: assign(session, actor, one.id, handler_id, version=one.version, now=now))  # type: ignore[misc]
        for one in picked
    ]


def acknowledge_all(session: Session, actor: Actor, picked: list[Picked], *, settings: Settings, now: datetime) -> list[Done]:
    """Tell the requesters of several cases that a person has seen them."""
    require(actor, Permission.HANDLE_CASE)
    return [
        _each(session, one, lambda one=one: acknowledge(session, actor, one.id, version=one.version, settings=settings, now=now))  # type: ignore[misc]
        for one in picked
    ]


def merge_all(
    session: Session, actor: Actor, picked: list[Picked], reference: str, *, settings: Settings, now: datetime
) -> list[Done]:
    """Close several cases as duplicates of one."""
    require(actor, Permission.HANDLE_CASE)
    return [
        _each(
            session,
            one,
            lambda one=one: merge(session, actor, one.id, reference, version=one.version, settings=settings, now=now),  # type: ignore[misc]
        )
        for one in picked
    ]


def _each(session: Session, one: Picked, work: Callable[[], None]) -> Done:
    try:
        with session.begin_nested():
            work()
    except BijsluiterError as refusal:
        return Done(one.reference, refusal)
    return Done(one.reference)


def _pair(session: Session, actor: Actor, case_id: str, reference: str) -> tuple[Case, Case]:
    require(actor, Permission.HANDLE_CASE)
    case = load_case(session, actor, case_id)
    other = session.exec(select(Case).where(Case.reference == (normal_reference(reference) or "-"))).one_or_none()
    if other is None or other.id == case.id:
        raise NotFoundError(reference)
    return case, other


def _link(session: Session, actor: Actor, case: Case, other: Case, kind: LinkKind, now: datetime) -> None:
    for one, two in ((case, other), (other, case)):
        session.merge(CaseLink(case_id=one.id, other_id=two.id, kind=kind, at=now, by_id=actor.id))
        add_event(session, actor, one, EventKind.LINKED, now=now, fields={"other": two.reference, "kind": kind.value})
