"""The counts behind the charts. Each is defined on the page that shows it."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from dashboard.act import Allowed, asks
from dashboard.clock import monday_of
from dashboard.data_requests.case.lifecycle import Status
from dashboard.data_requests.desk.queue import asked_since, open_by_due_day, open_by_status
from dashboard.data_requests.law.rights import Right
from dashboard.permissions import Permission

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


@asks(Permission.READ_INSIGHT)
def requests_per_week(act: Allowed, *, weeks: int = WEEKS_SHOWN) -> list[WeekCount]:
    """Requests by right in each of the last weeks, this one included; a week or right without any is left out."""
    first = monday_of(act.today) - timedelta(weeks=weeks - 1)
    return [WeekCount(*row) for row in asked_since(act, first)]


@asks(Permission.READ_INSIGHT)
def status_counts(act: Allowed) -> list[StatusCount]:
    """Open cases by status, in the order of the lifecycle, zeros left out."""
    counts = open_by_status(act)
    return [StatusCount(status, counts[status]) for status in Status if counts.get(status)]


@asks(Permission.READ_INSIGHT)
def deadline_health(act: Allowed) -> list[HealthCount]:
    """Open cases by days left until the statutory date."""
    counts = dict.fromkeys(Health, 0)
    for due_on, cases in open_by_due_day(act).items():
        counts[health_of(due_on, act.today)] += cases
    return [HealthCount(health, cases) for health, cases in counts.items()]


def health_of(due_on: date, today: date) -> Health:
    days = (due_on - today).days
    if days < 0:
        return Health.OVERDUE
    if days <= SOON_DAYS:
        return Health.WITHIN_5
    return Health.WITHIN_10 if days <= NEAR_DAYS else Health.ON_TRACK
