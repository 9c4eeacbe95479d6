"""What staff watch, from the counts by day: sums over a period, narrowed to a right, a role, a channel or a product."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from typing import Any

from dateutil.relativedelta import relativedelta
from sqlalchemy import bindparam
from sqlmodel import col, func, select

from dashboard.act import Allowed, asks, once
from dashboard.data_requests.case.desk_model import FactDay, OpenLoad
from dashboard.data_requests.case.facts import Fact
from dashboard.data_requests.case.lifecycle import OPEN
from dashboard.data_requests.case.model import CaseEvent
from dashboard.db import UtcDateTime
from dashboard.permissions import Permission

_COLUMNS: dict[str, Any] = {
    "day": col(FactDay.day),
    "right": col(FactDay.right),
    "role": col(FactDay.role),
    "channel": col(FactDay.channel),
    "product": col(FactDay.product),
    "detail": col(FactDay.detail),
    "value": col(FactDay.value),
}


@dataclass(frozen=True, slots=True)
class Chosen:
    """A period, both days inclusive, and what it is narrowed to; empty for all."""

    first: date
    last: date
    right: str = ""
    role: str = ""
    channel: str = ""
    product: str = ""

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def before(self) -> "Chosen":
        """As many days, right before."""
        return replace(self, first=self.first - timedelta(days=self.days), last=self.first - timedelta(days=1))

    @property
    def year_before(self) -> "Chosen":
        """The same days of the year before; of 29 February the 28th."""
        a_year = relativedelta(years=1)
        return replace(self, first=self.first - a_year, last=self.last - a_year)


@asks(Permission.READ_INSIGHT)
def sums(act: Allowed, fact: Fact, chosen: Chosen, *by: str) -> list[tuple[Any, ...]]:
    """The cases of which a fact became true in the period, summed: one row for each combination of `by`, in its order, with the
    sum last. Without `by` one row.
    """
    return summed(act, fact, chosen, *by)


def summed(act: Allowed, fact: Fact, chosen: Chosen, *by: str) -> list[tuple[Any, ...]]:
    """The same, for who was asked about by a verb of its own."""
    columns = [_COLUMNS[name] for name in by]
    query = select(*columns, func.sum(FactDay.cases)).where(  # type: ignore[call-overload]
        FactDay.fact == fact,
        col(FactDay.day) >= chosen.first,
        col(FactDay.day) <= chosen.last,
        col(FactDay.right) != "" if "right" in by and not chosen.right else col(FactDay.right) == chosen.right,
        *([col(FactDay.role) == chosen.role] if chosen.role else []),
        *([col(FactDay.channel) == chosen.channel] if chosen.channel else []),
        *([col(FactDay.product) == chosen.product] if chosen.product else []),
    )
    rows = act.session.exec(query.group_by(*columns).order_by(*columns)).all()
    found = [tuple(row) if by else (row,) for row in rows]
    return [(*row[:-1], int(row[-1])) for row in found if row[-1]]


@asks(Permission.READ_INSIGHT)
def open_before(act: Allowed, chosen: Chosen) -> int:
    """How many cases were open when the period began: what came or was opened again until then, without what had ended."""
    until = replace(chosen, first=date.min, last=chosen.first - timedelta(days=1))
    signs = ((Fact.RECEIVED, 1), (Fact.REOPENED, 1), (Fact.ENDED, -1))
    return sum(sign * row[-1] for fact, sign in signs for row in sums(act, fact, until))


@asks(Permission.READ_INSIGHT)
def open_load(act: Allowed) -> list[tuple[str, date, str, int]]:
    """The open cases of now: status, statutory date, handler (empty without one), how many."""
    rows = act.session.exec(
        select(OpenLoad).where(col(OpenLoad.status).in_(OPEN), OpenLoad.cases != 0).order_by(col(OpenLoad.due_on))
    ).all()
    return [(row.status.value, row.due_on, row.handler_id, row.cases) for row in rows]


# How long a transaction may take, many times over; and how long what was counted is believed where nothing happened.
LATEST, BELIEVED = timedelta(minutes=10), timedelta(minutes=5)


@asks(Permission.READ_INSIGHT)
def as_of(act: Allowed) -> tuple[Any, ...]:
    """Another value after every event of any request, and at least every few minutes: what is counted is the same until then.

    Events are counted that happened lately, not looked up by the newest: of two at once the older may be stored last.
    """
    begun = act.now.replace(second=0, microsecond=0)
    begun -= timedelta(minutes=begun.minute % (BELIEVED // timedelta(minutes=1)))
    return once(act, "as of", lambda: (begun, *act.session.execute(_lately(), {"since": begun - LATEST}).one()))


@cache
def _lately() -> Any:
    return select(
        func.count().label("events"),
        func.max(CaseEvent.at).label("last"),
    ).where(col(CaseEvent.at) >= bindparam("since", type_=UtcDateTime()))


def quantile(histogram: Sequence[tuple[int, int]], share: float) -> int | None:
    """The smallest value that at least this share of the cases don't exceed, of (value, cases) by value; None of nothing."""
    total = sum(cases for _, cases in histogram)
    so_far = 0
    for value, cases in histogram:
        so_far += cases
        if total and so_far >= share * total:
            return value
    return None
