"""Boards, schools and locations, a row for each location as DUO lists them. A school that changed its board moves on a day."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import uuid4

from sqlmodel import col, select

from dashboard.accounts.model import Board, BoardSchool, Location, School
from dashboard.accounts.periods import DAY
from dashboard.accounts.terms import Sector
from dashboard.act import Act, step
from dashboard.imports import fields
from dashboard.imports.fields import Cells, Fault
from dashboard.imports.plan import Options, Outcome, Plan, outcome, write
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
    school_name: str
    sector: Sector
    location: str
    location_name: str
    since: date


@dataclass(slots=True)
class _Known:
    """What is there, and what the rows so far would make of it."""

    boards: dict[str, tuple[str, str]]
    merged: set[str]
    schools: dict[str, tuple[str, Sector]]
    locations: dict[str, str]
    # The membership that holds until further notice: board, first day, row.
    members: dict[str, tuple[str, date, str]]
    seen_locations: set[str] = field(default_factory=set)
    seen_boards: dict[str, str] = field(default_factory=dict)
    new: dict[str, dict[str, dict[str, Any]]] = field(
        default_factory=lambda: {name: {} for name in ("boards", "schools", "locations", "members")}
    )
    changed: dict[str, dict[str, dict[str, Any]]] = field(
        default_factory=lambda: {name: {} for name in ("boards", "schools", "locations", "members")}
    )


@step
def plan(act: Act, sheet: Sheet, options: Options) -> Plan:
    known = _known(act)
    rows = [_read(line, options) for line in sheet.lines]
    mains = _main_names(row for row in rows if isinstance(row, _Row))
    outcomes = [row if isinstance(row, Outcome) else _one(row, known, mains) for row in rows]
    new, changed = known.new, known.changed
    return Plan(
        outcomes,
        [
            *write(Board, new["boards"].values()),
            *write(Board, changed["boards"].values(), "number"),
            *write(School, new["schools"].values()),
            *write(School, changed["schools"].values(), "brin"),
            *write(BoardSchool, changed["members"].values(), "id"),
            *write(BoardSchool, new["members"].values()),
            *write(Location, new["locations"].values()),
            *write(Location, changed["locations"].values(), "code"),
        ],
    )


def _known(act: Act) -> _Known:
    boards = act.session.exec(select(Board)).all()
    members = act.session.exec(select(BoardSchool).where(col(BoardSchool.valid_to).is_(None))).all()
    return _Known(
        boards={board.number: (board.name, board.contact_email) for board in boards},
        merged={board.number for board in boards if board.merged_into},
        schools={
            brin: (name, Sector(sector))
            for brin, name, sector in act.session.exec(select(School.brin, School.name, School.sector))
        },
        locations=dict(act.session.exec(select(Location.code, Location.name)).all()),
        members={row.brin: (row.board_number, row.valid_from, row.id) for row in members},
    )


def _read(line: Line, options: Options) -> _Row | Outcome:
    cells = Cells(line.cells, ragged=line.ragged)
    board, brin = cells.take(fields.board, BOARD), cells.take(fields.brin, BRIN)
    location, name = cells.take(fields.location, LOCATION), cells.take(fields.name, NAME)
    board_name = cells.take(fields.name_or_nothing, "BEVOEGD GEZAG NAAM")
    school_name = cells.take(fields.name_or_nothing, "INSTELLINGSNAAM")
    contact = cells.take(fields.email_or_nothing, "PRIVACYCONTACT")
    since = cells.take(fields.day_or_nothing, "INGANGSDATUM") or options.effective_on
    sector = options.sector if options.sector and not cells.text("SECTOR") else cells.take(fields.sector, "SECTOR")
    if brin and location and location[:4] != brin:
        cells.note(Fault.LOCATION_OF_ANOTHER, LOCATION)
    if cells.faults or not (board and brin and location and name and sector):
        return outcome(line, cells)
    return _Row(line, cells, board, board_name or "", contact or "", brin, school_name or "", sector, location, name, since)


def _main_names(rows: Iterable[_Row]) -> dict[str, str]:
    """A school without a name of its own is called as its main location (00), or as the first one."""
    found: dict[str, str] = {}
    for row in rows:
        if row.brin not in found or row.location.endswith("00"):
            found[row.brin] = row.location_name
    return found


def _one(row: _Row, known: _Known, mains: dict[str, str]) -> Outcome:
    _refuse(row, known)
    if row.cells.faults:
        return outcome(row.line, row.cells)
    known.seen_locations.add(row.location)
    known.seen_boards.setdefault(row.brin, row.board)
    is_new = row.location not in known.locations
    changes = [*_board(row, known), *_school(row, known, mains), *_membership(row, known), *_location(row, known)]
    return outcome(row.line, row.cells, is_new=is_new, changes=changes)


def _refuse(row: _Row, known: _Known) -> None:
    cells = row.cells
    if row.location in known.seen_locations:
        cells.note(Fault.TWICE, LOCATION)
    if known.seen_boards.get(row.brin, row.board) != row.board:
        cells.note(Fault.TWO_BOARDS, BOARD)
    if row.board in known.merged:
        cells.note(Fault.BOARD_MERGED, BOARD)
    if row.brin in known.schools and known.schools[row.brin][1] is not row.sector:
        cells.note(Fault.SECTOR_DIFFERS, "SECTOR")
    board, since, _ = known.members.get(row.brin, (row.board, date.min, ""))
    if board != row.board and row.since <= since:
        cells.note(Fault.MOVES_TOO_EARLY, "INGANGSDATUM")


def _board(row: _Row, known: _Known) -> Iterable[tuple[str, str, str]]:
    if row.board not in known.boards:
        name = row.board_name or row.board
        known.boards[row.board] = (name, row.contact)
        known.new["boards"][row.board] = {"number": row.board, "name": name, "contact_email": row.contact}
        yield ("board", "", name)
        return
    name, contact = known.boards[row.board]
    # An empty cell says nothing: it never takes away what is there.
    now = (row.board_name or name, row.contact or contact)
    if now != (name, contact):
        known.boards[row.board] = now
        rows = known.new["boards"] if row.board in known.new["boards"] else known.changed["boards"]
        rows[row.board] = {"number": row.board, "name": now[0], "contact_email": now[1]}
        if now[0] != name:
            yield ("board", name, now[0])
        if now[1] != contact:
            yield ("contact", contact, now[1])


def _school(row: _Row, known: _Known, mains: dict[str, str]) -> Iterable[tuple[str, str, str]]:
    if row.brin not in known.schools:
        name = row.school_name or mains[row.brin]
        known.schools[row.brin] = (name, row.sector)
        known.new["schools"][row.brin] = {"brin": row.brin, "name": name, "sector": row.sector}
        yield ("school", "", name)
        return
    name, sector = known.schools[row.brin]
    wanted = row.school_name or (row.location_name if row.location.endswith("00") else name)
    if wanted != name:
        known.schools[row.brin] = (wanted, sector)
        rows = known.new["schools"] if row.brin in known.new["schools"] else known.changed["schools"]
        rows[row.brin] = {"brin": row.brin, "name": wanted, "sector": sector}
        yield ("school", name, wanted)


def _membership(row: _Row, known: _Known) -> Iterable[tuple[str, str, str]]:
    held = known.members.get(row.brin)
    if held and held[0] == row.board:
        return
    if held:
        known.changed["members"][held[2]] = {"id": held[2], "valid_to": row.since - DAY}
    row_id = str(uuid4())
    known.members[row.brin] = (row.board, row.since, row_id)
    known.new["members"][row.brin] = {
        "id": row_id,
        "board_number": row.board,
        "brin": row.brin,
        "valid_from": row.since,
        "valid_to": None,
    }
    if held:
        yield ("moved", held[0], row.board)


def _location(row: _Row, known: _Known) -> Iterable[tuple[str, str, str]]:
    before = known.locations.get(row.location)
    known.locations[row.location] = row.location_name
    if before is None:
        known.new["locations"][row.location] = {"code": row.location, "brin": row.brin, "name": row.location_name}
    elif before != row.location_name:
        known.changed["locations"][row.location] = {"code": row.location, "name": row.location_name}
        yield ("location", before, row.location_name)
