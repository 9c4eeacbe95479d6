"""What time does to cases: reminders, expiry, the school's reminder, the desk's digest. Each job may run twice."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, exists
from sqlmodel import col, or_, select, update

from dashboard.accounts.queries import desk_people
from dashboard.act import Allowed, asks
from dashboard.clock import AMSTERDAM, local_day
from dashboard.data_requests.case.access_model import SchoolKey
from dashboard.data_requests.case.desk_model import JobDay, OpenLoad
from dashboard.data_requests.case.events import EventKind
from dashboard.data_requests.case.lifecycle import AT_SCHOOL, OPEN, WAITING, Status, Verb
from dashboard.data_requests.case.model import Case, CaseEvent
from dashboard.data_requests.case.moves import add_event, move
from dashboard.data_requests.law.deadlines import day_off, overdue
from dashboard.data_requests.law.rights import Subject
from dashboard.data_requests.outgoing import messages, to_schools
from dashboard.data_requests.requester import links
from dashboard.permissions import Permission
from dashboard.policy.queries import bridge_days, current, days_of
from dashboard.policy.rules import Term

REMIND_AFTER = timedelta(days=1)
# What somebody has left after a reminder, however late it went out.
AFTER_REMINDER = timedelta(days=3)
BEFORE_THE_END = timedelta(days=7)
REMIND_SCHOOL_BEFORE = timedelta(days=7)
DIGEST_AT = time(7, 0)
DUE_SOON = 7
AT_ONCE = 500


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
    """End requests that nobody confirmed in time, each with a message; returns how many.

    Never before a reminder had its days: a worker that was down for a month first reminds.
    """
    days = days_of(act, Term.UNVERIFIED)
    reminded = select(CaseEvent.case_id).where(
        CaseEvent.kind == EventKind.VERIFY_REMINDED, col(CaseEvent.at) <= act.now - AFTER_REMINDER
    )
    stale = _unverified(act, act.now - timedelta(days=days), col(Case.id).in_(reminded))
    for case in stale:
        move(act, case, Verb.EXPIRE, closed_at=act.now)
        also, gets_mail = _other_half(act, case)
        if gets_mail:
            messages.expired(act, case, also=also)
    return len(stale)


@asks(Permission.RUN_JOBS)
def remind_unverified(act: Allowed) -> int:
    """After a day without a confirmation: once more a link, once."""
    reminded = select(CaseEvent.case_id).where(CaseEvent.kind == EventKind.VERIFY_REMINDED)
    waiting = _unverified(act, act.now - REMIND_AFTER, col(Case.id).not_in(reminded))
    days = timedelta(days=days_of(act, Term.UNVERIFIED))
    for case in waiting:
        add_event(act, case, EventKind.VERIFY_REMINDED)
        ends = max(case.submitted_at + days, act.now + AFTER_REMINDER)
        also, gets_mail = _other_half(act, case)
        if gets_mail:
            token = links.new_link(act, case, lasts=ends - act.now)
            messages.confirm_reminder(act, case, token=token, until=local_day(ends), also=also)
    return len(waiting)


def _other_half(act: Allowed, case: Case) -> tuple[str, bool]:
    """The reference of the other half of a submission, unconfirmed as this one; and whether this one gets the mail: one mail for
    both, which one link confirms.
    """
    other = act.session.get(Case, case.sibling_id) if case.sibling_id else None
    if other is None or other.email != case.email or other.status not in {Status.UNVERIFIED, Status.EXPIRED}:
        return "", True
    return other.reference, case.subject is Subject.OWN_RECORDS


@asks(Permission.RUN_JOBS)
def remind_waiting(act: Allowed) -> int:
    """A week before a wait for the requester ends: until when they can answer, once for each wait."""
    since = act.now - timedelta(days=days_of(act, Term.WAIT)) + BEFORE_THE_END
    found = _waiting(act, since, ~_reminded())
    for case in found:
        add_event(act, case, EventKind.WAIT_REMINDED)
        messages.wait_reminded(act, case, token=links.notice_link(act, case), until=local_day(act.now + BEFORE_THE_END))
    return len(found)


@asks(Permission.RUN_JOBS)
def end_waits(act: Allowed) -> int:
    """Go on without an answer that never came: the clock runs again, and it is the desk's or the school's turn."""
    since = act.now - timedelta(days=days_of(act, Term.WAIT))
    found = _waiting(act, since, _reminded(col(CaseEvent.at) <= act.now - BEFORE_THE_END))
    for case in found:
        key = act.session.get(SchoolKey, case.id)
        move(act, case, Verb.END_WAIT)
        messages.wait_ended(act, case)
        if key:
            to_schools.wait_ended_at_school(act, case, school=key)
    return len(found)


def _waiting(act: Allowed, since: datetime, also: ColumnElement[bool]) -> list[Case]:
    found = select(Case).where(col(Case.status).in_(WAITING), col(Case.waiting_since) <= since, also)
    return list(act.session.exec(found.order_by(col(Case.waiting_since)).limit(AT_ONCE)).all())


def _reminded(*such: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether the wait that runs was reminded of."""
    own = (CaseEvent.case_id == Case.id, CaseEvent.kind == EventKind.WAIT_REMINDED, col(CaseEvent.at) >= Case.waiting_since)
    return exists(select(CaseEvent.id).where(*own, *such))


@asks(Permission.RUN_JOBS)
def tell_late(act: Allowed) -> int:
    """The day after the date without an answer: we say so ourselves, once, with the ways on."""
    told = select(CaseEvent.case_id).where(CaseEvent.kind == EventKind.LATE_TOLD)
    found = act.session.exec(
        select(Case)
        .where(
            col(Case.status).in_(OPEN - {Status.UNVERIFIED}),
            col(Case.due_on) < act.today,
            col(Case.answered_at).is_(None),
            col(Case.id).not_in(told),
        )
        .order_by(col(Case.due_on))
        .limit(AT_ONCE)
    ).all()
    for case in found:
        add_event(act, case, EventKind.LATE_TOLD)
        messages.late(act, case)
        key = act.session.get(SchoolKey, case.id)
        if key and case.status in AT_SCHOOL:
            to_schools.school_reminder(act, case, school=key)
    return len(found)


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
        to_schools.school_reminder(act, case, school=key)
    return len(found)


@asks(Permission.RUN_JOBS)
def send_digest(act: Allowed) -> int:
    """Once a working day, at seven: to the addresses that the privacy officer set and the desk's own people."""
    local = act.now.astimezone(AMSTERDAM)
    if local.time() < DIGEST_AT or day_off(local.date(), bridge_days(act)) or not _first_today(act, "digest", local.date()):
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


def _unverified(act: Allowed, before: datetime, also: ColumnElement[bool]) -> list[Case]:
    found = select(Case).where(Case.status == Status.UNVERIFIED, col(Case.submitted_at) < before, also)
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
