"""What time does to cases: reminders, expiry, the school's reminder, the desk's digest. Each job may run twice."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlmodel import Session, col, or_, select, update

from dashboard.accounts.queries import desk_people
from dashboard.clock import AMSTERDAM, local_day
from dashboard.data_requests.case.access_model import SchoolKey
from dashboard.data_requests.case.desk_model import JobDay, OpenLoad
from dashboard.data_requests.case.events import EventKind
from dashboard.data_requests.case.lifecycle import Status, Verb
from dashboard.data_requests.case.model import Case, CaseEvent
from dashboard.data_requests.case.moves import add_event, move
from dashboard.data_requests.law.deadlines import overdue
from dashboard.data_requests.requester import links
from dashboard.mail import messages
from dashboard.mail.messages import Post
from dashboard.permissions import Actor, Permission, require
from dashboard.policy.queries import current, period
from dashboard.policy.rules import Period
from dashboard.settings import Settings

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


def expire_unverified(session: Session, actor: Actor, *, settings: Settings, now: datetime) -> int:
    """End requests that nobody confirmed in time, each with a message; returns how many."""
    require(actor, Permission.RUN_JOBS)
    days = period(session, Period.UNVERIFIED)
    for case in (stale := _unverified(session, now - timedelta(days=days))):
        move(session, actor, case, Verb.EXPIRE, now=now, closed_at=now)
        messages.expired(Post(session, settings, now), case, days=days)
    return len(stale)


def remind_unverified(session: Session, actor: Actor, *, settings: Settings, now: datetime) -> int:
    """After a day without a confirmation: once more a link, once."""
    require(actor, Permission.RUN_JOBS)
    reminded = select(CaseEvent.case_id).where(CaseEvent.kind == EventKind.VERIFY_REMINDED)
    waiting = session.exec(
        select(Case)
        .where(
            Case.status == Status.UNVERIFIED,
            col(Case.submitted_at) < now - REMIND_AFTER,
            col(Case.id).not_in(reminded),
        )
        .order_by(col(Case.submitted_at))
        .limit(AT_ONCE)
    ).all()
    days = period(session, Period.UNVERIFIED)
    for case in waiting:
        add_event(session, actor, case, EventKind.VERIFY_REMINDED, now=now)
        token = links.new_link(session, case, now=now, lasts=timedelta(days=max(1, days - 1)))
        messages.confirm_reminder(Post(session, settings, now), case, token=token, days=days)
    return len(waiting)


def remind_schools(session: Session, actor: Actor, *, settings: Settings, now: datetime) -> int:
    """A week before the date a school that hasn't decided hears so, once."""
    require(actor, Permission.RUN_JOBS)
    near = local_day(now) + REMIND_SCHOOL_BEFORE
    found = session.exec(
        select(Case, SchoolKey)
        .where(
            Case.id == SchoolKey.case_id,
            Case.status == Status.HANDED_TO_SCHOOL,
            col(Case.due_on) <= near,
            col(SchoolKey.reminded_at).is_(None),
            # A school that isn't in the portal was reached in another way.
            or_(col(Case.handed_brin).is_not(None), col(Case.handed_board).is_not(None)),
        )
        .limit(AT_ONCE)
    ).all()
    for case, key in found:
        key.reminded_at = now
        add_event(session, actor, case, EventKind.SCHOOL_REMINDED, now=now)
        messages.school_reminder(Post(session, settings, now), case, school=key)
    return len(found)


def send_digest(session: Session, actor: Actor, *, settings: Settings, now: datetime) -> int:
    """Once a working day, at seven: to the addresses that the privacy officer set and the desk's own people."""
    require(actor, Permission.RUN_JOBS)
    local = now.astimezone(AMSTERDAM)
    if local.time() < DIGEST_AT or local.weekday() > FRIDAY or not _first_today(session, "digest", local.date()):
        return 0
    counted = digest_of(session, local.date())
    to = sorted({*current(session, "digest_to"), *(person.email for person in desk_people(session) if person.email)})
    for address in to:
        messages.digest(Post(session, settings, now), to=address, counted=counted)
    return len(to)


def digest_of(session: Session, today: date) -> Digest:
    rows = session.exec(select(OpenLoad).where(OpenLoad.cases > 0)).all()
    counted: Counter[str] = Counter()
    for row in rows:
        counted["total"] += row.cases
        counted["overdue"] += row.cases if overdue(row.due_on, today) else 0
        counted["week"] += row.cases if today <= row.due_on <= today + timedelta(days=DUE_SOON) else 0
        counted["unassigned"] += row.cases if not row.handler_id and row.status is Status.RECEIVED else 0
        counted["decided"] += row.cases if row.status is Status.SCHOOL_DECIDED else 0
    return Digest(counted["overdue"], counted["week"], counted["unassigned"], counted["decided"], counted["total"])


def _unverified(session: Session, before: datetime) -> list[Case]:
    found = select(Case).where(Case.status == Status.UNVERIFIED, col(Case.submitted_at) < before)
    return list(session.exec(found.order_by(col(Case.submitted_at)).limit(AT_ONCE)).all())


def _first_today(session: Session, job: str, day: date) -> bool:
    """Whether this process is the one that does a daily job today: the row says so, in the job's own transaction."""
    held = session.get(JobDay, job)
    if held is None:
        session.add(JobDay(job=job, day=day))
        session.flush()
        return True
    claimed = session.exec(update(JobDay).where(col(JobDay.job) == job, col(JobDay.day) < day).values(day=day))
    return bool(claimed.rowcount)
