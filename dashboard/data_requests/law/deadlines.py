"""The law's clock: pure functions from days to days. All days are legal days in Europe/Amsterdam.

GDPR art. 12(3); Regulation (EEC, Euratom) 1182/71 art. 3; Algemene termijnenwet art. 1 and 3.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cache

from dateutil.relativedelta import relativedelta
from holidays import country_holidays
from holidays.constants import OPTIONAL, PUBLIC

MONTHS = 1
MONTHS_EXTENDED = 3
MONTHS_A_YEAR = 12
# A petition to the court: within six weeks of receiving the answer (UAVG art. 35(2)).
WEEKS_TO_COURT = 6
SATURDAY, SUNDAY = 5, 6


class DayOff(StrEnum):
    """Why the period can't end on a day."""

    SATURDAY = "saturday"
    SUNDAY = "sunday"
    NEW_YEAR = "new_year"
    GOOD_FRIDAY = "good_friday"
    EASTER_SUNDAY = "easter_sunday"
    EASTER_MONDAY = "easter_monday"
    KINGS_DAY = "kings_day"
    LIBERATION_DAY = "liberation_day"
    ASCENSION_DAY = "ascension_day"
    WHIT_SUNDAY = "whit_sunday"
    WHIT_MONDAY = "whit_monday"
    CHRISTMAS_DAY = "christmas_day"
    SECOND_CHRISTMAS_DAY = "second_christmas_day"
    BRIDGE_DAY = "bridge_day"


# The library's English names of the days that art. 3 of the Algemene termijnenwet lists (the Sundays for the explanation).
_BY_NAME = {
    "New Year's Day": DayOff.NEW_YEAR,
    "Good Friday": DayOff.GOOD_FRIDAY,
    "Easter Sunday": DayOff.EASTER_SUNDAY,
    "Easter Monday": DayOff.EASTER_MONDAY,
    "King's Day": DayOff.KINGS_DAY,
    "Queen's Day": DayOff.KINGS_DAY,
    "Liberation Day": DayOff.LIBERATION_DAY,
    "Ascension Day": DayOff.ASCENSION_DAY,
    "Pentecost": DayOff.WHIT_SUNDAY,
    "Pentecost Monday": DayOff.WHIT_MONDAY,
    "Christmas Day": DayOff.CHRISTMAS_DAY,
    "Second Day of Christmas": DayOff.SECOND_CHRISTMAS_DAY,
}


@dataclass(frozen=True, slots=True)
class Explanation:
    """How a due date came about: the month's end, the days it couldn't end on, the day it does."""

    received_on: date
    months: int
    month_ends_on: date
    clamped: bool
    skipped: tuple[tuple[date, DayOff], ...]
    due_on: date


def add_months(day: date, months: int) -> date:
    """The same day number some months later, clamped to the last day of that month."""
    return day + relativedelta(months=months)


def day_off(day: date, extra_holidays: Collection[date] = ()) -> DayOff | None:
    """Why a period can't end on `day`; None when it can."""
    named = _holidays(day.year).get(day)
    if named:
        return named
    if day in extra_holidays:
        return DayOff.BRIDGE_DAY
    return {SATURDAY: DayOff.SATURDAY, SUNDAY: DayOff.SUNDAY}.get(day.weekday())


def roll(day: date, extra_holidays: Collection[date] = ()) -> date:
    """`day`, or the next day that is no Saturday, Sunday or public holiday."""
    while day_off(day, extra_holidays):
        day += timedelta(days=1)
    return day


def statutory_due(received_on: date, *, extended: bool = False, extra_holidays: Collection[date] = ()) -> date:
    """The last day on which the answer is in time (inclusive).

    One month from receipt, three when extended (art. 12(3)): from the receipt, never from the rolled first date.
    """
    return roll(add_months(received_on, MONTHS_EXTENDED if extended else MONTHS), extra_holidays)


def explain(received_on: date, *, extended: bool = False, extra_holidays: Collection[date] = ()) -> Explanation:
    """The same date as `statutory_due`, with its reasons."""
    months = MONTHS_EXTENDED if extended else MONTHS
    ends = add_months(received_on, months)
    skipped = tuple(_skipped(ends, extra_holidays))
    return Explanation(
        received_on=received_on,
        months=months,
        month_ends_on=ends,
        clamped=ends.day != received_on.day,
        skipped=skipped,
        due_on=ends + timedelta(days=len(skipped)),
    )


def paused_due(received_on: date, paused_days: int, *, extended: bool = False, extra_holidays: Collection[date] = ()) -> date:
    """The date beside the statutory one when the clock stood still for some days: from the unrolled end.

    Art. 12(3) knows no pause; EDPB 01/2022 (157-159) lets it stand still while identity is in doubt or a request must be
    made specific. The statutory date stays in view and is what reports use.
    """
    ends = add_months(received_on, MONTHS_EXTENDED if extended else MONTHS)
    return roll(ends + timedelta(days=paused_days), extra_holidays)


def may_extend(received_on: date, today: date, *, extra_holidays: Collection[date] = ()) -> bool:
    """Whether the notice of an extension can still go out in time: no later than the first due date (art. 12(3))."""
    return today <= statutory_due(received_on, extra_holidays=extra_holidays)


def court_until(answered_on: date) -> date:
    """The last day for a petition to the court: six weeks after the answer was received (UAVG art. 35(2)).

    Rolled on, as any period that ends on a Saturday, Sunday or holiday is (Algemene termijnenwet art. 1).
    """
    return roll(answered_on + timedelta(weeks=WEEKS_TO_COURT))


def working_days_after(day: date, days: int, extra_holidays: Collection[date] = ()) -> date:
    """The working day that comes this many working days after `day`."""
    for _ in range(days):
        day = roll(day + timedelta(days=1), extra_holidays)
    return day


def age_on(born: date, day: date) -> int:
    """Whole years on a day."""
    return relativedelta(day, born).years


def may_be_excessive(asked_before: date, received_on: date) -> bool:
    """Whether asking again can be too much: never after a year or more (our reading of art. 12(5))."""
    return asked_before <= received_on < add_months(asked_before, MONTHS_A_YEAR)


def overdue(due_on: date, today: date) -> bool:
    """Late from 00:00 local on the day after the due day."""
    return today > due_on


def internal_target(received_on: date, days: int) -> date:
    """Our own, earlier goal: the month is a ceiling ("without undue delay")."""
    return received_on + timedelta(days=days)


def _skipped(day: date, extra_holidays: Collection[date]) -> Iterator[tuple[date, DayOff]]:
    while reason := day_off(day, extra_holidays):
        yield day, reason
        day += timedelta(days=1)


@cache
def _holidays(year: int) -> dict[date, DayOff]:
    # "Public" holds 5 May once in five years and no Good Friday: both are in "optional", and both are in the law.
    listed = country_holidays("NL", years=year, categories=(PUBLIC, OPTIONAL), language="en_US")
    return {day: _BY_NAME[name] for day in listed for name in listed.get_list(day)[:1]}
