"""Cases that belong together, and duplicates: never silently, and never around the check of an address."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Concatenate, ParamSpec

from sqlmodel import select

from dashboard import audit
from dashboard.act import Allowed, Seen, asks
from dashboard.audit import Action
from dashboard.data_requests.case.asked import is_same_requester, may_be_same_product
from dashboard.data_requests.case.codes import normal_reference
from dashboard.data_requests.case.desk_model import CaseLink, LinkKind
from dashboard.data_requests.case.events import EventKind
from dashboard.data_requests.case.lifecycle import OPEN, Status, Verb
from dashboard.data_requests.case.model import Case
from dashboard.data_requests.case.moves import add_event, add_message, load, move
from dashboard.data_requests.case.terms import Visibility
from dashboard.data_requests.desk.handling import acknowledge, assign
from dashboard.data_requests.outgoing import messages
from dashboard.data_requests.requester.repeats import absorb
from dashboard.db import put
from dashboard.errors import BijsluiterError, NotFoundError, NotPossibleError
from dashboard.permissions import Permission

P = ParamSpec("P")


@dataclass(frozen=True, slots=True)
class Done:
    """What became of one picked case: done, or the refusal."""

    case_id: str
    refusal: BijsluiterError | None = None


@asks(Permission.HANDLE_CASE)
def link(act: Allowed, seen: Seen, reference: str) -> None:
    """Note that two cases belong together; both show it. Nothing else changes."""
    case, other = _pair(act, seen, reference)
    _link(act, case, other, LinkKind.RELATED)
    audit.record(act, Action.CASE_LINK, case.id, other=other.id)


@asks(Permission.HANDLE_CASE)
def merge(act: Allowed, seen: Seen, reference: str) -> None:
    """Close a case as a duplicate of an open one of the same person, whose date stands; the requester hears so.

    Both addresses are proven and the same: a merge is no way into somebody else's case. Raises NotPossibleError.
    """
    case, other = _pair(act, seen, reference)
    if other.status not in OPEN - {Status.UNVERIFIED}:
        raise NotPossibleError("error.merge_ended")
    if not case.email or not is_same_requester(case, other):
        raise NotPossibleError("error.merge_other_person")
    if not may_be_same_product(case, other):
        raise NotPossibleError("error.merge_other_product")
    absorb(act, case, other)
    facts = {"into": other.reference}
    move(act, case, Verb.MERGE, fields=facts, merged_into=other.id, closed_at=act.now)
    _link(act, case, other, LinkKind.DUPLICATE)
    add_message(act, other, f"{case.reference}: {case.explanation}", Visibility.INTERNAL, longest=10_000)
    messages.joined(act, case, older=other)


@asks(Permission.HANDLE_CASE)
def assign_all(act: Allowed, picked: Sequence[Seen], handler_id: str) -> list[Done]:
    """Give several cases to one colleague."""
    return _each(act, picked, assign, handler_id)


@asks(Permission.HANDLE_CASE)
def acknowledge_all(act: Allowed, picked: Sequence[Seen]) -> list[Done]:
    """Tell the requesters of several cases that a person has seen them."""
    return _each(act, picked, acknowledge)


@asks(Permission.HANDLE_CASE)
def merge_all(act: Allowed, picked: Sequence[Seen], reference: str) -> list[Done]:
    """Close several cases as duplicates of one."""
    return _each(act, picked, merge, reference)


def _each(
    act: Allowed, picked: Sequence[Seen], verb: Callable[Concatenate[Allowed, Seen, P], None], *args: P.args, **kwargs: P.kwargs
) -> list[Done]:
    """Each case by itself, so that one refusal doesn't undo the others."""
    return [_one(act, seen, verb, *args, **kwargs) for seen in picked]


def _one(
    act: Allowed, seen: Seen, verb: Callable[Concatenate[Allowed, Seen, P], None], *args: P.args, **kwargs: P.kwargs
) -> Done:
    try:
        with act.session.begin_nested():
            verb(act, seen, *args, **kwargs)
    except BijsluiterError as refusal:
        return Done(seen.id, refusal)
    return Done(seen.id)


def _pair(act: Allowed, seen: Seen, reference: str) -> tuple[Case, Case]:
    case = load(act, seen)
    other = act.session.exec(select(Case).where(Case.reference == (normal_reference(reference) or "-"))).one_or_none()
    if other is None or other.id == case.id:
        raise NotFoundError(reference)
    return case, other


def _link(act: Allowed, case: Case, other: Case, kind: LinkKind) -> None:
    for one, two in ((case, other), (other, case)):
        put(act.session, CaseLink(case_id=one.id, other_id=two.id, kind=kind, at=act.now, by_id=act.actor.id))
        add_event(act, one, EventKind.LINKED, fields={"other": two.reference, "kind": kind.value})
