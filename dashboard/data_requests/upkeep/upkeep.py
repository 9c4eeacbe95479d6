"""What time does to cases: reminders, expiry, the school's reminder, the desk's digest. Each may be done twice, and each case has
a transaction of its own.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, time, timedelta
from enum import StrEnum
from typing import TypeAlias

from sqlalchemy import ColumnElement, exists
from sqlmodel import col, or_, select, update

from dashboard import audit_chain
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
from dashboard.db import insert_of
from dashboard.mail import pacing
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

Conditions: TypeAlias = tuple[ColumnElement[bool] | bool, ...]


@dataclass(frozen=True, slots=True)
class Digest:
    """The desk's morning mail: counts, and no word about anybody."""

    overdue: int
    due_this_week: int
    unassigned: int
    school_decided: int
    total: int


class CaseChore(StrEnum):
    """What time asks for a case, in the order in which one may lead to another."""

    REMIND_UNVERIFIED = "remind_unverified"
    EXPIRE_UNVERIFIED = "expire_unverified"
    END_WAIT = "end_wait"
    REMIND_WAITING = "remind_waiting"
    TELL_LATE = "tell_late"
    REMIND_SCHOOL = "remind_school"


@asks(Permission.RUN_JOBS)
def due(act: Allowed, chore: CaseChore) -> list[str]:
    """The cases for which it is time, the oldest first."""
    query = select(Case.id).where(*_CHORES[chore].when(act)).order_by(col(Case.submitted_at), col(Case.id))
    return list(act.session.exec(query).all())


@asks(Permission.RUN_JOBS)
def do(act: Allowed, chore: CaseChore, case_id: str) -> int:
    """Do it for one case, unless something happened to it meanwhile; returns how many were done."""
    # Another worker with the same case waits here, and then sees that it was done.
    act.session.get(Case, case_id, with_for_update=True, populate_existing=True)
    case = act.session.exec(select(Case).where(Case.id == case_id, *_CHORES[chore].when(act))).one_or_none()
    if case is None:
        return 0
    _CHORES[chore].work(act, case)
    return 1


def _when_expired(act: Allowed) -> Conditions:
    """Never before a reminder had its days: a worker that was down for a month first reminds."""
    reminded = select(CaseEvent.case_id).where(
        CaseEvent.kind == EventKind.VERIFY_REMINDED, col(CaseEvent.at) <= act.now - AFTER_REMINDER
    )
    days = timedelta(days=days_of(act, Term.UNVERIFIED))
    return Case.status == Status.UNVERIFIED, col(Case.submitted_at) < act.now - days, col(Case.id).in_(reminded)


def _expire(act: Allowed, case: Case) -> None:
    """End a request that nobody confirmed in time, with a message."""
    move(act, case, Verb.EXPIRE, closed_at=act.now)
    also, gets_mail = _other_half(act, case)
    if gets_mail:
        messages.expired(act, case, also=also, later=pacing.waits(act, case.email))


def _when_unconfirmed(act: Allowed) -> Conditions:
    reminded = _happened(EventKind.VERIFY_REMINDED)
    return Case.status == Status.UNVERIFIED, col(Case.submitted_at) < act.now - REMIND_AFTER, ~reminded


def _happened(kind: EventKind) -> ColumnElement[bool]:
    """Whether this ever happened to the case: looked up case by case, among its own few events."""
    return exists(select(CaseEvent.id).where(CaseEvent.case_id == Case.id, CaseEvent.kind == kind))


def _remind_unconfirmed(act: Allowed, case: Case) -> None:
    """After a day without a confirmation: once more a link, once."""
    add_event(act, case, EventKind.VERIFY_REMINDED)
    ends = max(case.submitted_at + timedelta(days=days_of(act, Term.UNVERIFIED)), act.now + AFTER_REMINDER)
    also, gets_mail = _other_half(act, case)
    if gets_mail:
        token = links.new_link(act, case, lasts=ends - act.now)
        later = pacing.waits(act, case.email)
        messages.confirm_reminder(act, case, token=token, until=local_day(ends), also=also, later=later)


def _other_half(act: Allowed, case: Case) -> tuple[str, bool]:
    """The reference of the other half of a submission, unconfirmed as this one; and whether this one gets the mail: one mail for
    both, which one link confirms.
    """
    other = act.session.get(Case, case.sibling_id) if case.sibling_id else None
    if other is None or other.email != case.email or other.status not in {Status.UNVERIFIED, Status.EXPIRED}:
        return "", True
    return other.reference, case.subject is Subject.OWN_RECORDS


def _when_wait_nearly_ends(act: Allowed) -> Conditions:
    since = act.now - timedelta(days=days_of(act, Term.WAIT)) + BEFORE_THE_END
    return col(Case.status).in_(WAITING), col(Case.waiting_since) <= since, ~_reminded()


def _remind_waiting(act: Allowed, case: Case) -> None:
    """A week before a wait for the requester ends: until when they can answer, once for each wait."""
    add_event(act, case, EventKind.WAIT_REMINDED)
    messages.wait_reminded(act, case, token=links.notice_link(act, case), until=local_day(act.now + BEFORE_THE_END))


def _when_wait_ended(act: Allowed) -> Conditions:
    since = act.now - timedelta(days=days_of(act, Term.WAIT))
    reminded = _reminded(col(CaseEvent.at) <= act.now - BEFORE_THE_END)
    return col(Case.status).in_(WAITING), col(Case.waiting_since) <= since, reminded


def _end_wait(act: Allowed, case: Case) -> None:
    """Go on without an answer that never came: the clock runs again, and it is the desk's or the school's turn."""
    key = act.session.get(SchoolKey, case.id)
    move(act, case, Verb.END_WAIT)
    messages.wait_ended(act, case)
    if key:
        to_schools.wait_ended_at_school(act, case, school=key)


def _reminded(*such: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether the wait that runs was reminded of."""
    own = (CaseEvent.case_id == Case.id, CaseEvent.kind == EventKind.WAIT_REMINDED, col(CaseEvent.at) >= Case.waiting_since)
    return exists(select(CaseEvent.id).where(*own, *such))


def _when_late(act: Allowed) -> Conditions:
    runs = col(Case.status).in_(OPEN - {Status.UNVERIFIED})
    return runs, col(Case.due_on) < act.today, col(Case.answered_at).is_(None), ~_happened(EventKind.LATE_TOLD)


def _tell_late(act: Allowed, case: Case) -> None:
    """The day after the date without an answer: we say so ourselves, once, with the ways on."""
    add_event(act, case, EventKind.LATE_TOLD)
    messages.late(act, case)
    key = act.session.get(SchoolKey, case.id)
    if key and case.status in AT_SCHOOL:
        to_schools.school_reminder(act, case, school=key)


def _when_school_must_decide(act: Allowed) -> Conditions:
    unreminded = select(SchoolKey.case_id).where(col(SchoolKey.reminded_at).is_(None))
    # A school that isn't in the portal was reached in another way.
    is_here = or_(col(Case.handed_brin).is_not(None), col(Case.handed_board).is_not(None))
    near = col(Case.due_on) <= act.today + REMIND_SCHOOL_BEFORE
    return col(Case.status).in_(AT_SCHOOL), near, col(Case.id).in_(unreminded), is_here


def _remind_school(act: Allowed, case: Case) -> None:
    """A week before the date a school that hasn't decided hears so, once."""
    key = act.session.get_one(SchoolKey, case.id)
    key.reminded_at = act.now
    add_event(act, case, EventKind.SCHOOL_REMINDED)
    to_schools.school_reminder(act, case, school=key)


@dataclass(frozen=True, slots=True)
class _Chore:
    when: Callable[[Allowed], Conditions]
    work: Callable[[Allowed, Case], None]


_CHORES = {
    CaseChore.REMIND_UNVERIFIED: _Chore(_when_unconfirmed, _remind_unconfirmed),
    CaseChore.EXPIRE_UNVERIFIED: _Chore(_when_expired, _expire),
    CaseChore.END_WAIT: _Chore(_when_wait_ended, _end_wait),
    CaseChore.REMIND_WAITING: _Chore(_when_wait_nearly_ends, _remind_waiting),
    CaseChore.TELL_LATE: _Chore(_when_late, _tell_late),
    CaseChore.REMIND_SCHOOL: _Chore(_when_school_must_decide, _remind_school),
}


@asks(Permission.RUN_JOBS)
def send_digest(act: Allowed) -> int:
    """Once a working day, at seven: to the addresses that the privacy officer set and the desk's own people."""
    local = act.now.astimezone(AMSTERDAM)
    if local.time() < DIGEST_AT or day_off(local.date(), bridge_days(act)) or not _first_today(act, "digest", local.date()):
        return 0
    counted, at = digest_of(act), audit_chain.head(act)
    to = sorted({*current(act, "digest_to"), *(person.email for person in desk_people(act) if person.email)})
    for address in to:
        messages.digest(act, to=address, counted=counted, head=at)
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


def _first_today(act: Allowed, job: str, day: date) -> bool:
    """Whether this process is the one that does a daily job today: the row says so, in the job's own transaction."""
    act.session.execute(insert_of(act.session)(JobDay).values(job=job, day=date.min).on_conflict_do_nothing())
    claimed = act.session.exec(update(JobDay).where(col(JobDay.job) == job, col(JobDay.day) < day).values(day=day))
    return bool(claimed.rowcount)
