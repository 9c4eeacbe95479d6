"""What a panel of insight is made of: a table of numbers, with the shape in which it is drawn. The chart, the table beside it and
the CSV are the same rows.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from babel.dates import format_date

from dashboard.act import Allowed
from dashboard.data_requests.case.facts import Fact
from dashboard.data_requests.desk.behind import Behind
from dashboard.data_requests.desk.watched import Chosen, sums
from dashboard.i18n import Texts
from dashboard.insight.period import Grain


class Shape(StrEnum):
    """How the rows are drawn."""

    # First column the label, last the number.
    LYING = "lying"
    # First column the place on the axis, second the series, last the number.
    STACKED = "stacked"
    # First column the place on the axis; then what came, what ended, and what was open at the end.
    FLOW = "flow"
    # First column the place on the axis, last the number.
    STANDING = "standing"
    # First column the place on the axis; then what is expected, at least and at most; last what is known.
    BAND = "band"


# What the desk is asked to show exactly these cases: names and values of its address.
Desk = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Table:
    columns: tuple[str, ...]
    rows: tuple[tuple[object, ...], ...]
    # By row; none where a row is no list of cases, such as a median.
    desk: tuple[Desk, ...] = ()
    # The column with the number of cases, where what is drawn is another number of them.
    counted: int = -1

    @property
    def empty(self) -> bool:
        return not any(isinstance(cell, int) and cell for row in self.rows for cell in row[1:])


class Bar(NamedTuple):
    """What leads to the desk: in words, how many cases, and what the desk is asked."""

    label: str
    number: int
    desk: Desk


def bars_of(shape: Shape, table: Table) -> dict[int, Bar]:
    """Each part of a chart that is a list of cases. By row; of a flow, of which a row is two bars, by bar."""
    if shape is Shape.FLOW:
        cells = [(f"{row[0]}: {table.columns[place]}", row[place]) for row in table.rows for place in (1, 2)]
    else:
        # Without the numbers: of stacked bars two words.
        cells = [
            (" ".join(str(cell) for cell in row[:-1] if cell and not isinstance(cell, int)), row[table.counted])
            for row in table.rows
        ]
    found = zip(cells, table.desk, strict=True) if table.desk else ()
    return {
        place: Bar(label, number, desk)
        for place, ((label, number), desk) in enumerate(found)
        if desk and isinstance(number, int) and number
    }


def due(first: date, last: date) -> tuple[tuple[str, str], ...]:
    """The open cases with a statutory date from this day up to and including that one."""
    return (("desk_due", f"{first.isoformat()}..{last.isoformat()}"),)


def behind(fact: Fact, chosen: Chosen, **narrowed: Any) -> tuple[tuple[str, str], ...]:
    """The cases for which a fact became true in the period; `narrowed` by what a row says beside that."""
    given = {"right": chosen.right, "role": chosen.role, "channel": chosen.channel, "product": chosen.product, **narrowed}
    return (("desk_behind", Behind(fact, chosen.first, chosen.last, **given).key),)


def within(chosen: Chosen, first: date, grain: Grain) -> Chosen:
    """The part of a period that one step of its axis is."""
    last = grain.after(first) - timedelta(days=1)
    return replace(chosen, first=max(first, chosen.first), last=min(last, chosen.last))


def named(first: date, grain: Grain, t: Texts) -> str:
    """A step of the time axis in the reader's words: 9 mrt, or mrt 2026."""
    return format_date(first, "MMM y" if grain is Grain.MONTH else "d MMM", t.language.value)


def by_step(act: Allowed, fact: Fact, chosen: Chosen, grain: Grain) -> Counter[date]:
    found = Counter[date]()
    for day, cases in sums(act, fact, chosen, "day"):
        found[grain.of(day)] += cases
    return found


def total(act: Allowed, fact: Fact, chosen: Chosen) -> int:
    return sum(row[-1] for row in sums(act, fact, chosen))


def columns(t: Texts, *names: str) -> tuple[str, ...]:
    return tuple(t(f"insight.{name}") for name in names)


def lying(t: Texts, what: str, number: str, rows: Iterable[tuple[str, int, Desk]]) -> Table:
    """The largest first, each with its cases."""
    ordered = sorted(rows, key=lambda row: -row[1])
    return Table(columns(t, what, number), tuple(row[:2] for row in ordered), tuple(row[2] for row in ordered))
