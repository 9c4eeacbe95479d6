"""Which requests that were handed over a login of a school reaches, and which of them it may read.

Every employee of a school can sign in, so that alone opens nothing personal. Who typed the code that was mailed to the school's
contact may read the request.
"""

from collections.abc import Iterable

from sqlalchemy import ColumnElement
from sqlmodel import col, or_, select

from dashboard.accounts.spans import reached
from dashboard.act import Allowed
from dashboard.addresses import mailbox
from dashboard.data_requests.case.access_model import SchoolGrant
from dashboard.data_requests.case.lifecycle import Status
from dashboard.data_requests.case.model import Case
from dashboard.errors import NotFoundError
from dashboard.permissions import Permission
from dashboard.words import loosely

_SHOWN = (Status.HANDED_TO_SCHOOL, Status.SCHOOL_ASKED, Status.SCHOOL_DECIDED, Status.CLOSED_BY_SCHOOL)


def opened(act: Allowed, case_id: str) -> Case:
    """A request whose code this person typed. Raises NotFoundError."""
    case = of_school(act, case_id)
    if act.session.get(SchoolGrant, (act.actor.id, case.id)) is None:
        raise NotFoundError(case_id)
    return case


def of_school(act: Allowed, case_id: str) -> Case:
    """A request that was handed to the school or board of this login. Raises NotFoundError."""
    act.require(Permission.READ_HANDED_CASE)
    found = act.session.exec(select(Case).where(Case.id == case_id, *of_scope(act))).one_or_none()
    if found is None:
        raise NotFoundError(case_id)
    return found


def of_scope(act: Allowed) -> tuple[ColumnElement[bool], ...]:
    """Requests handed to a school within this login's reach today; those of a board only for a login of that board, or of the
    one it is by now.
    """
    if act.actor.scope is None:
        raise NotFoundError
    within = reached(act, act.actor.scope)
    brins = {place.school for place in within.places_on(act.today)}
    boards = within.acts_for(act.today) if act.actor.scope.board else ()
    handed = or_(col(Case.handed_brin).in_(brins), col(Case.handed_board).in_(boards))
    return (handed, col(Case.status).in_(_SHOWN))


def references_of(act: Allowed, *, ids: Iterable[str] = (), reference: str = "") -> dict[str, str]:
    """References by the ids of requests: of these, or of the one with this reference."""
    which = col(Case.reference) == reference if reference else col(Case.id).in_(set(ids))
    return dict(act.session.exec(select(Case.id, Case.reference).where(which)).all())


def people_of(act: Allowed, ids: Iterable[str]) -> int:
    """How many people these requests are about, as far as their addresses and names tell."""
    cases = act.session.exec(select(Case).where(col(Case.id).in_(set(ids)), col(Case.purged_at).is_(None)))
    return len({(mailbox(case.email), loosely(case.subject_name or case.name)) for case in cases})
