"""What time does to cases: reminders, expiry, the school's reminder, the desk's digest. Each job may run twice."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlmodel import col, or_, select, update

from dashboard.accounts.queries import desk_people
from dashboard.act import Allowed, asks
from dashboard.clock import AMSTERDAM
from dashboard.data_requests.case.access_model import SchoolKey
from dashboard.data_requests.case.desk_model import JobDay, OpenLoad
from dashboard.data_requests.case.events import EventKind
from dashboard.data_requests.case.lifecycle import AT_SCHOOL, Status, Verb
from dashboard.data_requests.case.model import Case, CaseEvent
from dashboard.data_requests.case.moves import add_event, move
from dashboard.data_requests.law.deadlines import overdue
from dashboard.data_requests.outgoing import messages
from dashboard.data_requests.requester import links
from dashboard.permissions import Permission
from dashboard.policy.queries import current, days_of
from dashboard.policy.rules import Term

REMIND_AFTER = timedelta(days=1)
REMIND_SCHOOL_BEFORE = timedelta(days=7)
DIGEST_AT = time(7, 0)
DUE_SOON = 7
AT_ONCE = 500
FRIDAY = 4


@dataclass(frozen=True, slots=True)
class Digest:
    """The desk's morning mail: counts, and no word about anybody."""

    overdue: int
    due_this_week: int
    unassigned: int
    school_decided: int
    total: int


@asks(Permission.RUN_JOBS)
def expire_unverified(act: Allowed) -> int:
    """End requests that nobody confirmed in time, each with a message; returns how many."""
    days = days_of(act, Term.UNVERIFIED)
    for case in (stale := _unverified(act, act.now - timedelta(days=days))):
        move(act, case, Verb.EXPIRE, closed_at=act.now)
        messages.expired(act, case, days=days)
    return len(stale)


@asks(Permission.RUN_JOBS)
def remind_unverified(act: Allowed) -> int:
    """After a day without a confirmation: once more a link, once."""
    reminded = select(CaseEvent.case_id).where(CaseEvent.kind == EventKind.VERIFY_REMINDED)
    waiting = act.session.exec(
        select(Case)
        .where(
            Case.status == Status.UNVERIFIED,
            col(Case.submitted_at) < act.now - REMIND_AFTER,
            col(Case.id).not_in(reminded),
        )
        .order_by(col(Case.submitted_at))
        .limit(AT_ONCE)
    ).all()
    days = days_of(act, Term.UNVERIFIED)
    for case in waiting:
        add_event(act, case, EventKind.VERIFY_REMINDED)
        token = links.new_link(act, case, lasts=timedelta(days=max(1, days - 1)))
        messages.confirm_reminder(act, case, token=token, days=days)
    return len(waiting)


@asks(Permission.RUN_JOBS)
def remind_schools(act: Allowed) -> int:
    """A week before the date a school that hasn't decided hears so, once."""
    near = act.today + REMIND_SCHOOL_BEFORE
    found = act.session.exec(
        select(Case, SchoolKey)
        .where(
            Case.id == SchoolKey.case_id,
            col(Case.status).in_(AT_SCHOOL),
            col(Case.due_on) <= near,
            col(SchoolKey.reminded_at).is_(None),
            # A school that isn't in the portal was reached in another way.
            or_(col(Case.handed_brin).is_not(None), col(Case.handed_board).is_not(None)),
        )
        .limit(AT_ONCE)
    ).all()
    for case, key in found:
        key.reminded_at = act.now
        add_event(act, case, EventKind.SCHOOL_REMINDED)
        messages.school_reminder(act, case, school=key)
    return len(found)


@asks(Permission.RUN_JOBS)
def send_digest(act: Allowed) -> int:
    """Once a working day, at seven: to the addresses that the privacy officer set and the desk's own people."""
    local = act.now.astimezone(AMSTERDAM)
    if local.time() < DIGEST_AT or local.weekday() > FRIDAY or not _first_today(act, "digest", local.date()):
        return 0
    counted = digest_of(act)
    to = sorted({*current(act, "digest_to"), *(person.email for person in desk_people(act) if person.email)})
    for address in to:
        messages.digest(act, to=address, counted=counted)
    return len(to)


def digest_of(act: Allowed) -> Digest:
    rows = act.session.exec(select(OpenLoad).where(OpenLoad.cases > 0)).all()
    counted: Counter[str] = Counter()
    for row in rows:
        counted["total"] += row.cases
        counted["overdue"] += row.cases if overdue(row.due_on, act.today) else 0
        counted["week"] += row.cases if act.today <= row.due_on <= act.today + timedelta(days=DUE_SOON) else 0
        counted["unassigned"] += row.cases if not row.handler_id and row.status is Status.RECEIVED else 0
        counted["decided"] += row.cases if row.status is Status.SCHOOL_DECIDED else 0
    return Digest(counted["overdue"], counted["week"], counted["unassigned"], counted["decided"], counted["total"])


def _unverified(act: Allowed, before: datetime) -> list[Case]:
    found = select(Case).where(Case.status == Status.UNVERIFIED, col(Case.submitted_at) < before)
    return list(act.session.exec(found.order_by(col(Case.submitted_at)).limit(AT_ONCE)).all())


def _first_today(act: Allowed, job: str, day: date) -> bool:
    """Whether this process is the one that does a daily job today: the row says so, in the job's own transaction."""
    held = act.session.get(JobDay, job)
    if held is None:
        act.session.add(JobDay(job=job, day=day))
        act.session.flush()
        return True
    claimed = act.session.exec(update(JobDay).where(col(JobDay.job) == job, col(JobDay.day) < day).values(day=day))
    return bool(claimed.rowcount)
