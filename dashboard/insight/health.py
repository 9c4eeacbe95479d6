"""How far an open case is from its statutory date."""

from datetime import date, timedelta
from enum import StrEnum

SOON_DAYS = 5
NEAR_DAYS = 10
DAY = timedelta(days=1)
EARLIEST, LATEST = date(2018, 5, 25), date(2100, 12, 31)


class Health(StrEnum):
    OVERDUE = "overdue"
    WITHIN_5 = "within_5"
    WITHIN_10 = "within_10"
    ON_TRACK = "on_track"


def health_of(due_on: date, today: date) -> Health:
    days = (due_on - today).days
    if days < 0:
        return Health.OVERDUE
    if days <= SOON_DAYS:
        return Health.WITHIN_5
    return Health.WITHIN_10 if days <= NEAR_DAYS else Health.ON_TRACK


def days_of(health: Health, today: date) -> tuple[date, date]:
    """The statutory dates that are as near as this, from and up to and including."""
    soon, near = today + timedelta(days=SOON_DAYS), today + timedelta(days=NEAR_DAYS)
    return {
        Health.OVERDUE: (EARLIEST, today - DAY),
        Health.WITHIN_5: (today, soon),
        Health.WITHIN_10: (soon + DAY, near),
        Health.ON_TRACK: (near + DAY, LATEST),
    }[health]
