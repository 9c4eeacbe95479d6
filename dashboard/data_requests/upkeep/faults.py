"""Work in the background that fails: kept until it goes well, and shown to the desk. Only what failed and how, never what it
said: that may name somebody.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import col, func, select

from dashboard.act import Allowed, asks
from dashboard.data_requests.case.desk_model import JobFault
from dashboard.data_requests.case.model import Case
from dashboard.db import put
from dashboard.permissions import Permission

LISTED = 20
# Shorter than from one round to the next.
JUST_NOW = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class FaultRow:
    """A piece of work that fails since a moment. `reference`: of the case that it is about, when it is."""

    job: str
    thing: str
    fault: str
    since: datetime
    last_at: datetime
    times: int
    case_id: str
    reference: str


@asks(Permission.RUN_JOBS)
def keep(act: Allowed, failed: Mapping[tuple[str, str], str]) -> None:
    """What failed in a round (by job and thing, with the kind of fault); what was kept before and didn't fail in this round or in
    another worker's of just now is over.
    """
    there = {(row.job, row.thing): row for row in act.session.exec(select(JobFault))}
    for (job, thing), row in there.items():
        if (job, thing) not in failed and row.last_at <= act.now - JUST_NOW:
            act.session.delete(row)
    for (job, thing), fault in failed.items():
        before = there.get((job, thing))
        since, times = (before.since, before.times) if before else (act.now, 0)
        put(act.session, JobFault(job=job, thing=thing, fault=fault, since=since, last_at=act.now, times=times + 1))


@asks(Permission.RUN_JOBS)
def any_kept(act: Allowed) -> bool:
    return act.session.exec(select(JobFault).limit(1)).first() is not None


@asks(Permission.READ_INSIGHT)
def how_many(act: Allowed, job: str) -> int:
    """Pieces of this work that failed at the last try."""
    return act.session.exec(select(func.count()).select_from(JobFault).where(JobFault.job == job)).one()


@asks(Permission.READ_DESK)
def failing(act: Allowed) -> list[FaultRow]:
    """What fails, the longest first."""
    rows = act.session.exec(select(JobFault).order_by(col(JobFault.since), col(JobFault.thing)).limit(LISTED)).all()
    found = select(Case.id, Case.reference).where(col(Case.id).in_([row.thing for row in rows]))
    references = dict(act.session.exec(found).all())
    return [
        FaultRow(
            job=row.job,
            thing=row.thing,
            fault=row.fault,
            since=row.since,
            last_at=row.last_at,
            times=row.times,
            case_id=row.thing if row.thing in references else "",
            reference=references.get(row.thing, ""),
        )
        for row in rows
    ]
