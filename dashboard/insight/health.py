"""How far an open case is from its statutory date."""

from datetime import date
from enum import StrEnum

SOON_DAYS = 5
NEAR_DAYS = 10


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
