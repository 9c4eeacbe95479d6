"""Licences: a product for a board, a school or a location, from a day to a day. Known by product, holder and first day."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple, TypeAlias
from uuid import uuid4

from dashboard.accounts.known import locations, schools
from dashboard.accounts.periods import Period
from dashboard.accounts.queries import boards
from dashboard.act import Allowed
from dashboard.annexes.catalogue import product_names
from dashboard.annexes.licensing import licences_held
from dashboard.imports import fields
from dashboard.imports.faults import Fault
from dashboard.imports.fields import Cells
from dashboard.imports.plan import Judged, Options, Plan, judged, write
from dashboard.imports.reading import Line, Sheet

HOLDERS = {
    "BEVOEGD GEZAG NUMMER": ("board_number", fields.board, Fault.BOARD_UNKNOWN),
    "INSTELLINGSCODE": ("brin", fields.brin, Fault.BRIN_UNKNOWN),
    "VESTIGINGSCODE": ("location", fields.location, Fault.LOCATION_UNKNOWN),
}
_Holder: TypeAlias = tuple[str, str]


class _Licence(NamedTuple):
    # One for each of a hundred thousand rows: a tuple is made quicker than a dataclass.
    product: str
    # Which column of the table names the holder, and by which key.
    column: str
    key: str
    begin: date
    end: date | None


@dataclass(slots=True)
class _Known:
    products: dict[str, str]
    holders: dict[str, set[str]]
    # On which day each board became another one.
    merged: dict[str, date]
    today: date
    # Per product and holder: the licences that are there, and that rows so far added.
    held: dict[tuple[str, str], dict[date, tuple[str, date | None]]]
    seen: set[tuple[str, str, date]] = field(default_factory=set)
    new: list[dict[str, Any]] = field(default_factory=list)
    changed: list[dict[str, Any]] = field(default_factory=list)


def plan(act: Allowed, sheet: Sheet, options: Options) -> Plan:
    known = _known(act, options.today)
    # First what the file says of licences that are there: an older one that is ended makes room for the one after it.
    lines = sorted(sheet.lines, key=lambda line: not _is_known(line, known))
    rows = [_one(line, known) for line in lines]
    rows.sort(key=lambda each: each.line.number)
    return Plan(rows, [*write("licence", known.changed, "id"), *write("licence", known.new)])


def _known(act: Allowed, today: date) -> _Known:
    products, found = product_names(act), boards(act)
    return _Known(
        products={slug: slug for slug in products} | {name.casefold(): slug for slug, name in products.items()},
        holders={"board_number": set(found), "brin": set(schools(act)), "location": set(locations(act))},
        merged={number: board.merged_on for number, board in found.items() if board.merged_on},
        today=today,
        held=licences_held(act),
    )


def _is_known(line: Line, known: _Known) -> bool:
    """Roughly, for the order alone."""
    cells = Cells(line.cells)
    holder = next((cells.text(column).upper() for column in HOLDERS if cells.text(column)), "")
    begin = cells.take(fields.day_or_nothing, "VAN")
    return begin in known.held.get((known.products.get(cells.text("PRODUCT").casefold(), ""), holder), {})


def _one(line: Line, known: _Known) -> Judged:
    cells = Cells(line.cells, ragged=line.ragged)
    product, holder = _product(cells, known), _holder(cells, known)
    begin, end = cells.take(fields.day, "VAN"), cells.take(fields.day_or_nothing, "TOT")
    if begin and end and end < begin:
        cells.note(Fault.ENDS_BEFORE, "TOT")
    if cells.faults or not (product and holder and begin):
        return judged(line, cells)
    column, key = holder
    if (product, key, begin) in known.seen:
        cells.note(Fault.TWICE, "VAN")
        return judged(line, cells)
    gone = column == "board_number" and known.merged.get(key, date.max) <= max(begin, known.today)
    if gone and begin not in known.held.get((product, key), {}):
        # What it held before stays as it is; nothing new is licensed to a board that is no more.
        cells.note(Fault.BOARD_MERGED, "BEVOEGD GEZAG NUMMER")
        return judged(line, cells)
    others = {first: last for first, (_, last) in known.held.get((product, key), {}).items() if first != begin}
    if any(Period(begin, end).overlap(Period(first, last)) for first, last in others.items()):
        cells.note(Fault.OVERLAPS, "VAN")
        return judged(line, cells)
    known.seen.add((product, key, begin))
    return _written(line, cells, known, _Licence(product, column, key, begin, end))


def _written(line: Line, cells: Cells, known: _Known, wanted: _Licence) -> Judged:
    mine = known.held.setdefault((wanted.product, wanted.key), {})
    there = mine.get(wanted.begin)
    row_id = there[0] if there else str(uuid4())
    mine[wanted.begin] = (row_id, wanted.end)
    if there is None:
        holder = dict.fromkeys(("board_number", "brin", "location")) | {wanted.column: wanted.key}
        days = {"valid_from": wanted.begin, "valid_to": wanted.end}
        known.new.append({"id": row_id, "product_slug": wanted.product, **holder, **days})
        return judged(line, cells, is_new=True)
    if there[1] == wanted.end:
        return judged(line, cells)
    known.changed.append({"id": row_id, "valid_to": wanted.end})
    return judged(line, cells, changes=[("until", _iso(there[1]), _iso(wanted.end))])


def _product(cells: Cells, known: _Known) -> str | None:
    given = cells.text("PRODUCT")
    if not given:
        cells.note(Fault.PRODUCT_EMPTY, "PRODUCT")
        return None
    found = known.products.get(given.casefold())
    if found is None:
        cells.note(Fault.PRODUCT_UNKNOWN, "PRODUCT")
    return found


def _holder(cells: Cells, known: _Known) -> _Holder | None:
    given = [column for column in HOLDERS if cells.text(column)]
    if len(given) != 1:
        cells.note(Fault.HOLDER_SEVERAL if given else Fault.HOLDER_NONE, "")
        return None
    name, read, unknown = HOLDERS[given[0]]
    key = cells.take(read, given[0])
    if key is None:
        return None
    if key not in known.holders[name]:
        cells.note(unknown, given[0])
        return None
    return name, key


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""
