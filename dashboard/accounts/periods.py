"""Days from and to, both inclusive, as licences, memberships and versions have them. Pure."""

from dataclasses import dataclass
from datetime import date, timedelta

from dashboard.errors import InvalidInputError

DAY = timedelta(days=1)
# Any day outside these is a slip of a finger, in a file as in a form.
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2100, 12, 31)


@dataclass(frozen=True, slots=True)
class Period:
    """Without an end it lasts until further notice."""

    begin: date
    end: date | None = None

    def holds(self, day: date) -> bool:
        return self.begin <= day and (self.end is None or day <= self.end)

    def overlap(self, other: "Period") -> "Period | None":
        """The days that both have, or None."""
        begin = max(self.begin, other.begin)
        ends = [end for end in (self.end, other.end) if end is not None]
        end = min(ends) if ends else None
        return Period(begin, end) if end is None or begin <= end else None

    @property
    def is_empty(self) -> bool:
        return self.end is not None and self.end < self.begin


def typed(begin: date | None, end: date | None) -> Period:
    """What somebody filled in. Raises InvalidInputError, naming the field."""
    if begin is None:
        raise InvalidInputError({"begin": "import.fault.day_empty"})
    if not all(FIRST_DAY <= day <= LAST_DAY for day in (begin, end) if day):
        raise InvalidInputError({"begin": "invalid.day_range"})
    if end and end < begin:
        raise InvalidInputError({"end": "import.fault.ends_before"})
    return Period(begin, end)


ALWAYS = Period(date.min)


def until(day: date | None) -> Period:
    """Everything before `day`; always when there is no such day."""
    return Period(date.min, day - DAY) if day else ALWAYS
