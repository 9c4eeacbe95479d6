"""When we learned which days a licence, a membership or a merger has. What is entered late is news from when it was entered, not
from a day on which nobody could know; so a school that asks "what changed since" misses nothing.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple, TypeAlias

from sqlalchemy import insert
from sqlmodel import col, select

from dashboard.accounts.model import LearnedDays
from dashboard.accounts.periods import Period
from dashboard.accounts.terms import Dated
from dashboard.act import Allowed
from dashboard.db import Base

IN_ONE_QUESTION = 500

# What has the days, and its key there.
DatedRow: TypeAlias = tuple[Dated, str]


class Days(NamedTuple):
    """First and last day as the row has them; of a merger the last is the day on which the board is another one."""

    first: date | None
    last: date | None


# The columns of its key, its first and its last day.
_COLUMNS: dict[Dated, tuple[str, str, str]] = {
    Dated.LICENCE: ("id", "valid_from", "valid_to"),
    Dated.MEMBERSHIP: ("id", "valid_from", "valid_to"),
    Dated.MERGER: ("number", "", "merged_on"),
}


class Known:
    """The days as they were known at a moment; without one, as they are known now. It remembers which rows were asked for.

    `with_past`: what was of the boards that merged into one belongs to its past; it never was news for it.
    """

    def __init__(
        self,
        learned: Mapping[DatedRow, Sequence[LearnedDays]] | None = None,
        at: datetime | None = None,
        *,
        with_past: bool = True,
    ) -> None:
        self.with_past = with_past
        self._learned = learned or {}
        self._at = at
        self.asked: set[DatedRow] = set()

    def days(self, of: Dated, row_id: str, first: date | None, last: date | None) -> Days | None:
        """None when nobody knew of it by then."""
        self.asked.add((of, row_id))
        later = self._learned.get((of, row_id), ())
        if self._at is None or not later:
            return Days(first, last)
        by_then = [each for each in later if each.at <= self._at]
        if by_then:
            return Days(by_then[-1].valid_from, by_then[-1].valid_to)
        return Days(later[0].was_from, later[0].was_to) if later[0].was_there else None


def period_of(days: Days | None) -> Period | None:
    """The days of something that has a first one."""
    return Period(days.first, days.last) if days and days.first else None


def learned_since(act: Allowed, rows: Iterable[DatedRow], since: datetime) -> dict[DatedRow, list[LearnedDays]]:
    """What was learned about these rows after a moment, the oldest first; rows without news aren't in it."""
    keys: dict[Dated, list[str]] = {}
    for of, row_id in sorted(rows):
        keys.setdefault(of, []).append(row_id)
    found: dict[DatedRow, list[LearnedDays]] = {}
    for of, ids in keys.items():
        for begin in range(0, len(ids), IN_ONE_QUESTION):
            mine = col(LearnedDays.row_id).in_(ids[begin : begin + IN_ONE_QUESTION])
            query = select(LearnedDays).where(LearnedDays.of == of, mine, LearnedDays.at > since)
            for row in act.session.exec(query.order_by(col(LearnedDays.at), col(LearnedDays.id))):
                found.setdefault((of, row.row_id), []).append(row)
    return found


def learn(act: Allowed, table: str, rows: Sequence[Mapping[str, Any]], *, new: bool) -> None:
    """Keep that from now on these rows have the days that they are about to be given. For tables without such days it does
    nothing, and nothing for a row whose days stay as they are.
    """
    if table not in set(Dated) or not rows:
        return
    of = Dated(table)
    key, first, last = _COLUMNS[of]
    before = {} if new else _now(act, of, [row[key] for row in rows])
    found = []
    for row in rows:
        was = before.get(row[key])
        will = Days(*(row.get(name, was_day) for name, was_day in zip((first, last), was or (None, None), strict=True)))
        if was != will and (was or of is not Dated.MERGER or will.last):
            known = {"was_there": was is not None, "was_from": was.first if was else None, "was_to": was.last if was else None}
            found.append({"at": act.now, "of": of, "row_id": row[key], **known, "valid_from": will.first, "valid_to": will.last})
    if found:
        act.session.execute(insert(LearnedDays), found)


def _now(act: Allowed, of: Dated, ids: Sequence[str]) -> dict[str, Days]:
    table = Base.metadata.tables[of.value]
    key, first, last = _COLUMNS[of]
    found: dict[str, Days] = {}
    for begin in range(0, len(ids), IN_ONE_QUESTION):
        mine = table.c[key].in_(ids[begin : begin + IN_ONE_QUESTION])
        for row in act.session.execute(table.select().where(mine)).mappings():
            found[row[key]] = Days(row[first] if first else None, row[last])
    return found
