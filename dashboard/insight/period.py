"""Which cases the numbers are about: a period by a preset or by two days, narrowed to a right, a role, a channel. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from dashboard.clock import monday_of
from dashboard.data_requests.case.terms import Channel
from dashboard.data_requests.desk.watched import Chosen
from dashboard.data_requests.law.rights import RequesterRole, Right

WEEKS_UNTIL_DAYS, DAYS_UNTIL = 200, 45
# A product that there isn't has no numbers.
_SLUG = re.compile(r"[a-z0-9-]{1,60}")
FIRST_DAY = date(2018, 5, 25)


class Preset(StrEnum):
    DAYS_30 = "days_30"
    DAYS_90 = "days_90"
    MONTHS_12 = "months_12"
    THIS_YEAR = "this_year"
    LAST_YEAR = "last_year"
    CUSTOM = "custom"


DEFAULT = Preset.DAYS_90


class Beside(StrEnum):
    """With what a period is compared."""

    BEFORE = "before"
    YEAR = "year"

    def of(self, chosen: Chosen) -> Chosen:
        return chosen.before if self is Beside.BEFORE else chosen.year_before


class Grain(StrEnum):
    """How the time axis is cut, by the length of the period."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"

    def of(self, day: date) -> date:
        """The first day of its day, week or month."""
        if self is Grain.MONTH:
            return day.replace(day=1)
        return monday_of(day) if self is Grain.WEEK else day

    def after(self, first: date) -> date:
        if self is Grain.MONTH:
            return (first.replace(day=28) + timedelta(days=4)).replace(day=1)
        return first + timedelta(days=7 if self is Grain.WEEK else 1)


@dataclass(frozen=True, slots=True)
class Asked:
    """As it stands in the address, by keys; anything unknown counts as not chosen."""

    preset: Preset
    chosen: Chosen

    @property
    def query(self) -> dict[str, str]:
        """For a link that asks the same."""
        days = {"from": self.chosen.first.isoformat(), "to": self.chosen.last.isoformat()} if self.preset is Preset.CUSTOM else {}
        named = {"period": self.preset.value, **days, "right": self.chosen.right, "role": self.chosen.role}
        named |= {"channel": self.chosen.channel, "product": self.chosen.product}
        return {name: value for name, value in named.items() if value}


def asked_of(query: Mapping[str, str], today: date) -> Asked:
    preset = Preset(query["period"]) if query.get("period") in set(Preset) else DEFAULT
    first, last = _days(preset, today)
    if preset is Preset.CUSTOM:
        first, last = _day(query.get("from", ""), first, today), _day(query.get("to", ""), last, today)
        first, last = min(first, last), max(first, last)
    return Asked(
        preset,
        Chosen(
            first,
            last,
            right=_known(query.get("right"), Right),
            role=_known(query.get("role"), RequesterRole),
            channel=_known(query.get("channel"), Channel),
            product=product if _SLUG.fullmatch(product := query.get("product", "")) else "",
        ),
    )


def grain_of(chosen: Chosen) -> Grain:
    if chosen.days <= DAYS_UNTIL:
        return Grain.DAY
    return Grain.WEEK if chosen.days <= WEEKS_UNTIL_DAYS else Grain.MONTH


def steps(chosen: Chosen) -> list[date]:
    """The first days of all days, weeks or months in the period, also of those without anything."""
    grain = grain_of(chosen)
    found, at = [], grain.of(chosen.first)
    while at <= chosen.last:
        found.append(at)
        at = grain.after(at)
    return found


def _days(preset: Preset, today: date) -> tuple[date, date]:
    match preset:
        case Preset.DAYS_30:
            return today - timedelta(days=29), today
        case Preset.MONTHS_12:
            return today.replace(day=1, year=today.year - 1), today
        case Preset.THIS_YEAR:
            return today.replace(month=1, day=1), today
        case Preset.LAST_YEAR:
            return date(today.year - 1, 1, 1), date(today.year - 1, 12, 31)
        case _:
            return today - timedelta(days=89), today


def _day(text: str, otherwise: date, today: date) -> date:
    try:
        return min(max(date.fromisoformat(text), FIRST_DAY), today)
    except ValueError:
        return otherwise


def _known(given: str | None, members: type[StrEnum]) -> str:
    return given if given in set(members) else ""
