"""The counts behind the charts. Each is defined on the page that shows it."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from sqlmodel import Session, col, select

from dashboard.clock import monday_of
from dashboard.data_requests.case.lifecycle import Status
from dashboard.data_requests.desk.queue import open_by_due_day, open_by_status
from dashboard.data_requests.law.rights import Right
from dashboard.insight.model import WeeklyRequests
from dashboard.permissions import Actor, Permission, require

WEEKS_SHOWN = 26
SOON_DAYS = 5
NEAR_DAYS = 10


class Health(StrEnum):
    """How far an open case is from its statutory date."""

    OVERDUE = "overdue"
    WITHIN_5 = "within_5"
    WITHIN_10 = "within_10"
    ON_TRACK = "on_track"


@dataclass(frozen=True, slots=True)
class WeekCount:
    monday: date
    right: Right
    requests: int


@dataclass(frozen=True, slots=True)
class StatusCount:
    status: Status
    cases: int


@dataclass(frozen=True, slots=True)
class HealthCount:
    health: Health
    cases: int


def requests_per_week(session: Session, actor: Actor, *, today: date, weeks: int = WEEKS_SHOWN) -> list[WeekCount]:
    """Requests by right in each of the last weeks, this one included; a week or right without any is left out."""
    require(actor, Permission.READ_INSIGHT)
    first = monday_of(today) - timedelta(weeks=weeks - 1)
    rows = session.exec(
        select(WeeklyRequests)
        .where(col(WeeklyRequests.monday) >= first)
        .order_by(col(WeeklyRequests.monday), col(WeeklyRequests.right))
    ).all()
    return [WeekCount(row.monday, row.right, row.requests) for row in rows]


def status_counts(session: Session, actor: Actor) -> list[StatusCount]:
    """Open cases by status, in the order of the lifecycle, zeros left out."""
    require(actor, Permission.READ_INSIGHT)
    counts = open_by_status(session, actor)
    return [StatusCount(status, counts[status]) for status in Status if counts.get(status)]


def deadline_health(session: Session, actor: Actor, *, today: date) -> list[HealthCount]:
    """Open cases by days left until the statutory date."""
    require(actor, Permission.READ_INSIGHT)
    counts = dict.fromkeys(Health, 0)
    for due_on, cases in open_by_due_day(session, actor).items():
        counts[health_of(due_on, today)] += cases
    return [HealthCount(health, cases) for health, cases in counts.items()]


def health_of(due_on: date, today: date) -> Health:
    days = (due_on - today).days
    if days < 0:
        return Health.OVERDUE
    if days <= SOON_DAYS:
        return Health.WITHIN_5
    return Health.WITHIN_10 if days <= NEAR_DAYS else Health.ON_TRACK
