"""Days from and to, both inclusive, as licences, memberships and versions have them. Pure."""

from dataclasses import dataclass
from datetime import date, timedelta

DAY = timedelta(days=1)


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


ALWAYS = Period(date.min)


def until(day: date | None) -> Period:
    """Everything before `day`; always when there is no such day."""
    return Period(date.min, day - DAY) if day else ALWAYS
