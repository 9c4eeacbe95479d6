"""The cases behind a number of insight: found among those to which something happened then, and told by the same pure fold of
their events that counted them. So the list is what the number counts, without a second definition of either: each case once, also
one that counts twice because it was paused or answered again.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, or_
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from dashboard.act import Allowed
from dashboard.clock import local_midnight
from dashboard.data_requests.case.events import EventKind
from dashboard.data_requests.case.facts import Count, Fact, Told, facts_of
from dashboard.data_requests.case.model import Case, CaseEvent

_BETWEEN, _OR = "~", "."
# A key of before products were named has one part less.
_PARTS = 9
# Of a day that an address may name.
FIRST_YEAR, LAST_YEAR = 2000, 2199
# Looked through for one page, at most; the page says so when there may be more.
MOST_LOOKED, AT_ONCE = 5_000, 250


@dataclass(frozen=True, slots=True)
class Behind:
    """A fact that became true on one of these days, narrowed as the number was. Empty for any, but for `right`: then the case as
    a whole.
    """

    fact: Fact
    first: date
    last: date
    right: str = ""
    role: str = ""
    channel: str = ""
    detail: str = ""
    # Of a fact with a number: from, and up to and including.
    values: tuple[int, int] | None = None
    product: str = ""
    # Or this one: what came is what was received or opened again.
    or_fact: Fact | None = None

    @property
    def key(self) -> str:
        """For an address."""
        values = f"{self.values[0]}-{self.values[1]}" if self.values else ""
        days = (self.first.isoformat(), self.last.isoformat())
        who = (self.right, self.role, self.channel)
        facts = _OR.join(fact.value for fact in (self.fact, self.or_fact) if fact)
        return _BETWEEN.join((facts, *days, *who, self.detail, values, self.product))

    @classmethod
    def read(cls, key: str) -> "Behind | None":
        """None for what is no key of ours."""
        parts = key.split(_BETWEEN)
        facts = parts[0].split(_OR)
        if len(parts) not in {_PARTS - 1, _PARTS} or len(facts) not in {1, 2} or not set(facts) <= set(Fact):
            return None
        try:
            low, _, high = parts[7].partition("-")
            values = (int(low), int(high)) if parts[7] else None
            days = date.fromisoformat(parts[1]), date.fromisoformat(parts[2])
        except ValueError:
            return None
        if not all(FIRST_YEAR <= day.year <= LAST_YEAR for day in days):
            return None
        right, role, channel, detail = parts[3:7]
        product = parts[8] if len(parts) == _PARTS else ""
        other = Fact(facts[1]) if len(facts) > 1 else None
        return cls(Fact(facts[0]), *days, right, role, channel, detail, values, product, other)

    def times(self, counts: Counter[Count]) -> int:
        """How often a case counts for the number."""
        return sum(cases for count, cases in counts.items() if self._is_counted(count))

    def _is_counted(self, count: Count) -> bool:
        return (
            count.fact in {self.fact, self.or_fact}
            and self.first <= count.day <= self.last
            and count.right == self.right
            and self.role in {"", count.role}
            and self.channel in {"", count.channel}
            and self.product in {"", count.product}
            and self.detail in {"", count.detail}
            and (self.values is None or self.values[0] <= count.value <= self.values[1])
        )


def candidates(behind: Behind) -> Iterator[ColumnElement[bool]]:
    """Every case that may count: received then, or with an event of then."""
    begin, end = local_midnight(behind.first), local_midnight(behind.last + timedelta(days=1))
    then = col(Case.id).in_(select(CaseEvent.case_id).where(col(CaseEvent.at) >= begin, col(CaseEvent.at) < end))
    if behind.fact is Fact.RECEIVED:
        # A case into which another one was merged took over its day, if that was earlier; it counts on its own.
        other = aliased(Case)
        merged = exists(select(other.id).where(col(other.merged_into) == Case.id))
        own = col(Case.received_on).between(behind.first, behind.last)
        yield or_(own, and_(col(Case.received_on) < behind.first, merged), *([then] if behind.or_fact else []))
    else:
        yield then
    if behind.role:
        yield col(Case.role) == behind.role
    if behind.channel:
        yield col(Case.channel) == behind.channel
    if behind.product:
        yield col(Case.product) == behind.product


def counting(act: Allowed, behind: Behind, cases: Sequence[Case]) -> list[Case]:
    """Those of the candidates that count."""
    events: dict[str, list[Told]] = {}
    columns: tuple[Any, ...] = (
        CaseEvent.case_id,
        CaseEvent.kind,
        CaseEvent.at,
        CaseEvent.from_status,
        CaseEvent.to_status,
        CaseEvent.fields,
    )
    query = select(*columns).where(col(CaseEvent.case_id).in_([case.id for case in cases]))
    for case_id, kind, *rest in act.session.exec(query.order_by(col(CaseEvent.case_id), col(CaseEvent.number))):
        events.setdefault(case_id, []).append(Told(EventKind(kind), *rest))
    return [case for case in cases if behind.times(facts_of(events.get(case.id, [])))]
