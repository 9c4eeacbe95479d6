"""Boards, schools and locations, a row for each location as DUO lists them. A school that changed its board moves on a day."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from dashboard.accounts import known
from dashboard.accounts.periods import DAY, Period
from dashboard.accounts.queries import boards
from dashboard.accounts.terms import Governance, Sector
from dashboard.act import Allowed
from dashboard.imports import fields
from dashboard.imports.fields import Cells, Fault
from dashboard.imports.joining import Mergers, memberships
from dashboard.imports.plan import Judged, Options, Plan, judged, write
from dashboard.imports.reading import Line, Sheet

BOARD, BRIN, LOCATION, NAME = "BEVOEGD GEZAG NUMMER", "INSTELLINGSCODE", "VESTIGINGSCODE", "VESTIGINGSNAAM"


@dataclass(frozen=True, slots=True)
class _Row:
    line: Line
    cells: Cells
    board: str
    board_name: str
    contact: str
    brin: str
    name_of_school: str
    sector: Sector
    location: str
    location_name: str
    since: date
    governance: Governance


@dataclass(slots=True)
class _Known:
    """What is there, and what the rows so far would make of it."""

    boards: dict[str, tuple[str, str, Governance]]
    # Into which board each merged, and when: an announced merger isn't there yet.
    mergers: Mergers
    today: date
    schools: dict[str, tuple[str, Sector]]
    locations: dict[str, str]
    # The membership that holds until further notice: board, first day, row.
    members: dict[str, tuple[str, date, str]]
    # Every membership, also of the past and announced.
    periods: Mapping[str, list[tuple[str, Period]]]
    # What the schools of a board in this file say of it.
    governed: dict[str, Governance] = field(default_factory=dict)
    seen_locations: set[str] = field(default_factory=set)
    seen_boards: dict[str, str] = field(default_factory=dict)
    new: dict[str, dict[str, dict[str, Any]]] = field(
        default_factory=lambda: {name: {} for name in ("boards", "schools", "locations", "members")}
    )
    changed: dict[str, dict[str, dict[str, Any]]] = field(
        default_factory=lambda: {name: {} for name in ("boards", "schools", "locations", "members")}
    )


def plan(act: Allowed, sheet: Sheet, options: Options) -> Plan:
    there = _known(act, options.today)
    rows = [_read(line, options) for line in sheet.lines]
    good = [row for row in rows if isinstance(row, _Row)]
    mains, there.governed = _main_names(good), _governance(good)
    judged_rows = [row if isinstance(row, Judged) else _one(row, there, mains) for row in rows]
    new, changed = there.new, there.changed
    return Plan(
        judged_rows,
        [
            *write("board", new["boards"].values()),
            *write("board", changed["boards"].values(), "number"),
            *write("school", new["schools"].values()),
            *write("school", changed["schools"].values(), "brin"),
            *write("board_school", changed["members"].values(), "id"),
            *write("board_school", new["members"].values()),
            *write("location", new["locations"].values()),
            *write("location", changed["locations"].values(), "code"),
        ],
    )


def _known(act: Allowed, today: date) -> _Known:
    found = boards(act)
    return _Known(
        boards={number: (board.name, board.contact_email, board.governance) for number, board in found.items()},
        mergers={number: (board.merged_into, board.merged_on) for number, board in found.items()},
        today=today,
        periods=known.memberships(act),
        schools=known.schools(act),
        locations=known.locations(act),
        members={row.brin: (row.board, row.since, row.id) for row in known.members_now(act)},
    )


def _read(line: Line, options: Options) -> _Row | Judged:
    cells = Cells(line.cells, ragged=line.ragged)
    board, brin = cells.take(fields.board, BOARD), cells.take(fields.brin, BRIN)
    location, name = cells.take(fields.location, LOCATION), cells.take(fields.name, NAME)
    board_name = cells.take(fields.name_or_nothing, "BEVOEGD GEZAG NAAM")
    name_of_school = cells.take(fields.name_or_nothing, "INSTELLINGSNAAM")
    contact = cells.take(fields.email_or_nothing, "PRIVACYCONTACT")
    since = cells.take(fields.day_or_nothing, "INGANGSDATUM") or options.effective_on
    sector = options.sector if options.sector and not cells.text("SECTOR") else cells.take(fields.sector, "SECTOR")
    governance = fields.governance(cells.text("DENOMINATIE"))
    if brin and location and location[:4] != brin:
        cells.note(Fault.LOCATION_OF_ANOTHER, LOCATION)
    if cells.faults or not (board and brin and location and name and sector):
        return judged(line, cells)
    return _Row(
        line, cells, board, board_name or "", contact or "", brin, name_of_school or "", sector, location, name, since, governance
    )


def _main_names(rows: Iterable[_Row]) -> dict[str, str]:
    """A school without a name of its own is called as its main location (00), or as the first one."""
    found: dict[str, str] = {}
    for row in rows:
        if row.brin not in found or row.location.endswith("00"):
            found[row.brin] = row.location_name
    return found


def _governance(rows: Iterable[_Row]) -> dict[str, Governance]:
    """A board with public schools alone is of public education; one with none isn't; of one with both we don't know."""
    found: dict[str, set[Governance]] = {}
    for row in rows:
        found.setdefault(row.board, set()).add(row.governance)
    return {board: kinds.pop() if len(kinds) == 1 else Governance.UNKNOWN for board, kinds in found.items()}


def _one(row: _Row, there: _Known, mains: dict[str, str]) -> Judged:
    _refuse(row, there)
    if row.cells.faults:
        return judged(row.line, row.cells)
    there.seen_locations.add(row.location)
    there.seen_boards.setdefault(row.brin, row.board)
    is_new = row.location not in there.locations
    changes = [*_board(row, there), *_school(row, there, mains), *_membership(row, there), *_location(row, there)]
    return judged(row.line, row.cells, is_new=is_new, changes=changes)


def _refuse(row: _Row, there: _Known) -> None:
    cells = row.cells
    if row.location in there.seen_locations:
        cells.note(Fault.TWICE, LOCATION)
    if there.seen_boards.get(row.brin, row.board) != row.board:
        cells.note(Fault.TWO_BOARDS, BOARD)
    if row.brin in there.schools and there.schools[row.brin][1] is not row.sector:
        cells.note(Fault.SECTOR_DIFFERS, "SECTOR")
    board, since, _ = there.members.get(row.brin, (row.board, date.min, ""))
    _, merged_on = there.mergers.get(row.board, (None, None))
    if merged_on and merged_on <= max(row.since, there.today):
        cells.note(Fault.BOARD_MERGED, BOARD)
    elif board != row.board and row.since <= since and not _is_member(row, there):
        cells.note(Fault.MOVES_TOO_EARLY, "INGANGSDATUM")


def _is_member(row: _Row, there: _Known) -> bool:
    """Whether it is that board's school already on the day that the row is about, even if a merger is announced for later."""
    day = max(row.since, there.today)
    return any(board == row.board and period.holds(day) for board, period in there.periods.get(row.brin, ()))


def _board(row: _Row, there: _Known) -> Iterable[tuple[str, str, str]]:
    governance = there.governed[row.board]
    if row.board not in there.boards:
        name = row.board_name or row.board
        there.boards[row.board] = (name, row.contact, governance)
        there.new["boards"][row.board] = _board_row(row.board, there)
        yield ("board", "", name)
        return
    before = there.boards[row.board]
    name, contact, known_as = before
    # An empty cell says nothing: it never takes away what is there; nor does what staff set give way to what a file says.
    now = (row.board_name or name, row.contact or contact, governance if known_as is Governance.UNKNOWN else known_as)
    if now != before:
        there.boards[row.board] = now
        rows = there.new["boards"] if row.board in there.new["boards"] else there.changed["boards"]
        rows[row.board] = _board_row(row.board, there)
        for what, old, new in zip(("board", "contact", "governance"), before, now, strict=True):
            if old != new:
                yield (what, old, new)


def _board_row(number: str, there: _Known) -> dict[str, Any]:
    name, contact, governance = there.boards[number]
    return {"number": number, "name": name, "contact_email": contact, "governance": governance}


def _school(row: _Row, there: _Known, mains: dict[str, str]) -> Iterable[tuple[str, str, str]]:
    if row.brin not in there.schools:
        name = row.name_of_school or mains[row.brin]
        there.schools[row.brin] = (name, row.sector)
        there.new["schools"][row.brin] = {"brin": row.brin, "name": name, "sector": row.sector}
        yield ("school", "", name)
        return
    name, sector = there.schools[row.brin]
    wanted = row.name_of_school or (row.location_name if row.location.endswith("00") else name)
    if wanted != name:
        there.schools[row.brin] = (wanted, sector)
        rows = there.new["schools"] if row.brin in there.new["schools"] else there.changed["schools"]
        rows[row.brin] = {"brin": row.brin, "name": wanted, "sector": sector}
        yield ("school", name, wanted)


def _membership(row: _Row, there: _Known) -> Iterable[tuple[str, str, str]]:
    held = there.members.get(row.brin)
    if (held and held[0] == row.board) or _is_member(row, there):
        return
    if held:
        there.changed["members"][held[2]] = {"id": held[2], "valid_to": row.since - DAY}
    for new in memberships(there.mergers, row.board, row.brin, row.since):
        there.new["members"][new["id"]] = new
        there.members[row.brin] = (row.board, row.since, new["id"])
    if held:
        yield ("moved", held[0], row.board)


def _location(row: _Row, there: _Known) -> Iterable[tuple[str, str, str]]:
    before = there.locations.get(row.location)
    there.locations[row.location] = row.location_name
    if before is None:
        there.new["locations"][row.location] = {"code": row.location, "brin": row.brin, "name": row.location_name}
    elif before != row.location_name:
        there.changed["locations"][row.location] = {"code": row.location, "name": row.location_name}
        yield ("location", before, row.location_name)
