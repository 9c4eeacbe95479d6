"""Whose data somebody reached: from the audit trail, which says who opened, took or searched what, and when."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlmodel import col, func, or_, select

from dashboard.act import Allowed, asks
from dashboard.audit import DONE, Action, AuditRow
from dashboard.clock import local_midnight
from dashboard.data_requests.case.reach import people_of, references_of
from dashboard.permissions import Permission

# What shows one request, by opening or taking it. Every change of a request is made from its page.
_OF_ONE = "case."
# What shows many at once: then it isn't known which of them were read.
OF_MANY = (Action.DESK_READ, Action.DESK_SEARCHED, Action.REGISTER_TAKEN)


@dataclass(frozen=True, slots=True)
class Traced:
    """`cases`: references by id, of requests that still exist. `people`: how many people these are about. `many`: how often lists
    were read or taken, by what. `documents`: how many documents of schools were taken.
    """

    cases: dict[str, str]
    people: int
    first_at: datetime | None
    last_at: datetime | None
    many: dict[str, int]
    documents: int


@asks(Permission.READ_AUDIT)
def trace(act: Allowed, who: str, first: date, last: date) -> Traced:
    """What this person (or everybody in this role) reached on these days, both inclusive."""
    mine = (
        or_(col(AuditRow.actor_id) == who, col(AuditRow.actor_role) == who),
        col(AuditRow.at) >= local_midnight(first),
        col(AuditRow.at) < local_midnight(last + timedelta(days=1)),
        col(AuditRow.outcome) == DONE,
    )
    of_one = (*mine, col(AuditRow.subject_kind) == "case", col(AuditRow.action).startswith(_OF_ONE))
    ids = act.session.exec(select(AuditRow.subject_id).where(*of_one).distinct()).all()
    begun, ended = act.session.exec(select(func.min(AuditRow.at), func.max(AuditRow.at)).where(*mine)).one()
    many = (*mine, col(AuditRow.action).in_([each.value for each in OF_MANY]))
    counted = act.session.exec(select(AuditRow.action, func.count()).where(*many).group_by(col(AuditRow.action))).all()
    taken = (*mine, col(AuditRow.action) == Action.ANNEX_DOWNLOADED.value)
    return Traced(
        cases=references_of(act, ids=ids),
        people=people_of(act, ids),
        first_at=begun,
        last_at=ended,
        many=dict(counted),
        documents=act.session.exec(select(func.count()).select_from(AuditRow).where(*taken)).one(),
    )
