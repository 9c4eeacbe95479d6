"""Boards, schools and locations, a row for each location as DUO lists them. A school that changed its board moves on a day."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from dashboard.accounts import known
from dashboard.accounts.finding import sought
from dashboard.accounts.known import Member
from dashboard.accounts.periods import DAY, Period
from dashboard.accounts.queries import boards
from dashboard.accounts.terms import Governance, Sector
from dashboard.act import Allowed
from dashboard.errors import InvalidInputError
from dashboard.imports.faults import Fault
from dashboard.imports.joining import Mergers, memberships
from dashboard.imports.plan import Judged, Options, Plan, judged, write
from dashboard.imports.reading import SAYING_SECTOR, Sheet
from dashboard.imports.school_rows import BOARD, BRIN, LOCATION, Row, governance_of, main_names, read_row


@dataclass(slots=True)
class _Known:
    """What is there, and what the rows so far would make of it."""

    boards: dict[str, tuple[str, str, Governance]]
    # The board of each school before this file.
    belonged: Mapping[str, str]
    # Into which board each merged, and when: an announced merger isn't there yet.
    mergers: Mergers
    today: date
    schools: dict[str, tuple[str, Sector]]
    locations: dict[str, tuple[str, Sector, str]]
    # The last membership: one that holds until further notice, or has its end already.
    members: dict[str, Member]
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
    """Raises InvalidInputError when nothing says which sector the schools are of."""
    says_sector = {"SECTOR", *SAYING_SECTOR} & set(sheet.columns)
    if not says_sector and options.sector is None:
        raise InvalidInputError({"sector": "invalid.import_sector"})
    there = _known(act, options.today)
    rows = [read_row(line, options) for line in sheet.lines]
    good = [row for row in rows if isinstance(row, Row) and not _refused(row, there)]
    # What a refused row says names nothing.
    mains, there.governed = main_names(good), governance_of(good)
    judged_rows = [row if isinstance(row, Judged) else _one(row, there, mains) for row in rows]
    missing, merged = _missing(good, there), _implied_mergers(good, there)
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
        missing=missing,
        implied_mergers=merged,
    )


def _missing(rows: Iterable[Row], there: _Known) -> tuple[tuple[str, str], ...]:
    """Code and name of the schools of these sectors that belong to a board and aren't in the file. They stay as they are."""
    listed, sectors = {row.brin for row in rows}, {row.sector for row in rows}
    return tuple(
        (brin, there.schools[brin][0])
        for brin in sorted(there.belonged)
        if brin not in listed and there.schools[brin][1] in sectors
    )


def _implied_mergers(rows: Iterable[Row], there: _Known) -> tuple[tuple[str, str], ...]:
    """Boards of which every school goes to the same other one in this file: that looks like a merger, another kind of file."""
    went = {row.brin: row.board for row in rows}
    left: dict[str, set[str]] = {}
    for brin, board in there.belonged.items():
        left.setdefault(board, set()).add(went.get(brin, board))
    return tuple((board, *to) for board, to in sorted(left.items()) if len(to) == 1 and to != {board})  # type: ignore[misc]


def _known(act: Allowed, today: date) -> _Known:
    found = boards(act)
    # By first day, so that the last one stays.
    members = {row.brin: row for row in known.members(act)}
    return _Known(
        belonged={brin: row.board for brin, row in members.items() if row.until is None},
        boards={number: (board.name, board.contact_email, board.governance) for number, board in found.items()},
        mergers={number: (board.merged_into, board.merged_on) for number, board in found.items()},
        today=today,
        periods=known.memberships(act),
        schools=known.schools(act),
        locations=known.locations(act),
        members=members,
    )


def _one(row: Row, there: _Known, mains: dict[str, str]) -> Judged:
    if row.cells.faults:
        return judged(row.line, row.cells)
    is_new = row.location not in there.locations if row.location else row.brin not in there.schools
    changes = [*_board(row, there), *_school(row, there, mains), *_membership(row, there), *_location(row, there)]
    return judged(row.line, row.cells, is_new=is_new, changes=changes)


def _refused(row: Row, there: _Known) -> bool:
    """Whether it can't be taken, beside what is there and the rows before it; what is wrong is noted with its cells."""
    cells = row.cells
    if (row.location or row.brin) in there.seen_locations:
        cells.note(Fault.TWICE, LOCATION if row.location else BRIN)
    if there.seen_boards.get(row.brin, row.board) != row.board:
        cells.note(Fault.TWO_BOARDS, BOARD)
    last = there.members.get(row.brin)
    _, merged_on = there.mergers.get(row.board, (None, None))
    if merged_on and merged_on <= max(row.since, there.today):
        cells.note(Fault.BOARD_MERGED, BOARD)
    elif last and last.board != row.board and row.since <= last.since and not _is_member(row, there):
        cells.note(Fault.MOVES_TOO_EARLY, "INGANGSDATUM")
    elif last and last.board == row.board and last.until and row.since <= last.until and not _is_member(row, there):
        cells.note(Fault.RETURNS_TOO_EARLY, "INGANGSDATUM")
    if cells.faults:
        return True
    there.seen_locations.add(row.location or row.brin)
    there.seen_boards.setdefault(row.brin, row.board)
    return False


def _is_member(row: Row, there: _Known) -> bool:
    """Whether it is that board's school already on the day that the row is about, even if a merger is announced for later."""
    day = max(row.since, there.today)
    return any(board == row.board and period.holds(day) for board, period in there.periods.get(row.brin, ()))


def _board(row: Row, there: _Known) -> Iterable[tuple[str, str, str]]:
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


def _school(row: Row, there: _Known, mains: dict[str, str]) -> Iterable[tuple[str, str, str]]:
    if row.brin not in there.schools:
        name = row.name_of_school or mains[row.brin]
        there.schools[row.brin] = (name, row.sector)
        there.new["schools"][row.brin] = _school_row(row.brin, name, row.sector)
        yield ("school", "", name)
        return
    name, sector = there.schools[row.brin]
    wanted = row.name_of_school or (row.location_name if row.location[4:] in {"", "00"} else name)
    if wanted != name:
        there.schools[row.brin] = (wanted, sector)
        rows = there.new["schools"] if row.brin in there.new["schools"] else there.changed["schools"]
        rows[row.brin] = _school_row(row.brin, wanted, sector)
        yield ("school", name, wanted)


def _school_row(brin: str, name: str, sector: Sector) -> dict[str, Any]:
    return {"brin": brin, "name": name, "sector": sector, "sought": sought(brin, name)}


def _membership(row: Row, there: _Known) -> Iterable[tuple[str, str, str]]:
    held = there.members.get(row.brin)
    if (held and held.board == row.board and held.until is None) or _is_member(row, there):
        return
    overlaps = held is not None and (held.until is None or held.until >= row.since)
    if held and overlaps:
        there.changed["members"][held.id] = {"id": held.id, "valid_to": row.since - DAY}
    for new in memberships(there.mergers, row.board, row.brin, row.since):
        there.new["members"][new["id"]] = new
        there.members[row.brin] = Member(new["id"], row.board, row.brin, row.since)
    if held:
        # One that had left its board comes back, or goes to another.
        yield ("moved", held.board if overlaps else "", row.board)


def _location(row: Row, there: _Known) -> Iterable[tuple[str, str, str]]:
    if not row.location:
        return
    before = there.locations.get(row.location)
    # A file without towns takes none away.
    where = row.town or (before[2] if before else "")
    there.locations[row.location] = now = (row.location_name, row.sector, where)
    entered = {"code": row.location, "name": row.location_name, "sector": row.sector, "town": where}
    entered["sought"] = sought(row.location, row.location_name, where)
    if before is None:
        there.new["locations"][row.location] = entered | {"brin": row.brin}
    elif before != now:
        there.changed["locations"][row.location] = entered
        for what, old, new in zip(("location", "sector", "town"), before, now, strict=True):
            if old != new:
                yield (what, old, new)
