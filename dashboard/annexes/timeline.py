"""From dates to what applies: which version was in force on which days, and what a school was entitled to. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Generic, Protocol, TypeVar

from dashboard.accounts.periods import DAY, Period
from dashboard.accounts.terms import Sector


class Dated(Protocol):
    """What a version must tell."""

    valid_from: date
    withdrawn_on: date | None


V = TypeVar("V", bound=Dated)


class Phase(StrEnum):
    """Where an approved version stands on a day; nobody presses a button for it."""

    ANNOUNCED = "announced"
    IN_FORCE = "in_force"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Stand(Generic[V]):
    """A version and the days on which it is in force: until the next one's day, or until it is withdrawn."""

    version: V
    period: Period

    def phase(self, day: date) -> Phase:
        if self.version.withdrawn_on is not None and self.version.withdrawn_on <= day:
            return Phase.WITHDRAWN
        if day < self.period.begin:
            return Phase.ANNOUNCED
        return Phase.IN_FORCE if self.period.holds(day) else Phase.SUPERSEDED


@dataclass(frozen=True, slots=True)
class Grant:
    """A licence as far as somebody reaches it: a product on these days, held by whom, for which school."""

    product: str
    period: Period
    holder: str
    school: str | None
    sector: Sector | None


def stands(versions: Iterable[V], *, side_by_side: bool = False) -> list[Stand[V]]:
    """Approved versions of one document in the order of their days. One withdrawn before its day never was in force, and
    leaves the one before it in force. `side_by_side`: models of an agreement, of which none supersedes another.
    """
    ordered = sorted(versions, key=lambda version: version.valid_from)
    counted = [version for version in ordered if not _cancelled(version)]
    found = []
    for version in ordered:
        following = None
        if not side_by_side and not _cancelled(version):
            following = next((each for each in counted[counted.index(version) + 1 :]), None)
        found.append(Stand(version, Period(version.valid_from, _last_day(version, following))))
    return found


def _cancelled(version: Dated) -> bool:
    return version.withdrawn_on is not None and version.withdrawn_on <= version.valid_from


def _last_day(version: Dated, following: Dated | None) -> date | None:
    ends = [day - DAY for day in (version.withdrawn_on, following.valid_from if following else None) if day]
    return min(ends) if ends else None


def holding(grants: Iterable[Grant], day: date) -> list[Grant]:
    """The grants of one day."""
    return [grant for grant in grants if grant.period.holds(day)]


def fits(sector: Sector | None, grants: Iterable[Grant]) -> bool:
    """Whether a document for a sector (None: for all) is for one of these."""
    return any(sector is None or sector is grant.sector for grant in grants)


def was_entitled(stand: Stand[V], sector: Sector | None, grants: Sequence[Grant], today: date) -> bool:
    """Whether somebody with these grants of its product may have this version: it applied to them on some day up to today, or
    it is announced and they hold the product now.
    """
    if stand.phase(today) is Phase.ANNOUNCED:
        return fits(sector, holding(grants, today))
    past = Period(date.min, today)
    return any((sector is None or sector is grant.sector) and _meet(stand.period, grant.period, past) for grant in grants)


def _meet(*periods: Period) -> bool:
    common: Period | None = periods[0]
    for period in periods[1:]:
        if common is None or common.is_empty:
            return False
        common = common.overlap(period)
    return common is not None and not common.is_empty
