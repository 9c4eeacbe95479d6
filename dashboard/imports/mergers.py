"""Mergers: from a day on a board is another one, and its schools are that one's. In any order, and in a chain."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from dashboard.accounts.known import Member, members
from dashboard.accounts.periods import DAY
from dashboard.accounts.queries import boards
from dashboard.act import Allowed
from dashboard.imports import fields
from dashboard.imports.faults import Fault
from dashboard.imports.fields import Cells
from dashboard.imports.joining import memberships
from dashboard.imports.plan import Options, Plan, judged, write
from dashboard.imports.reading import Sheet

NUMBER = "BEVOEGD GEZAG NUMMER"


@dataclass(frozen=True, slots=True)
class _Merger:
    old: str
    new: str
    day: date


@dataclass(slots=True)
class _Mergers:
    """Which boards are another one, and what the rows so far make of it."""

    merged: dict[str, tuple[str | None, date | None]]
    # Every membership by its board, with what earlier rows made of it; one that ended before the merger stays as it is.
    members: dict[str, list[Member]] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)
    # Memberships that are there: the day on which each ends now, or the board and last day of one that begins later.
    ended: dict[str, dict[str, Any]] = field(default_factory=dict)
    moved: dict[str, dict[str, Any]] = field(default_factory=dict)
    begun: dict[str, dict[str, Any]] = field(default_factory=dict)

    def merge(self, merger: "_Merger") -> None:
        self.merged[merger.old] = (merger.new, merger.day)
        for row in self.members.pop(merger.old, []):
            if row.until and row.until < merger.day:
                continue
            if row.since < merger.day:
                self._end(row, merger.day - DAY)
                self._begin(memberships(self.merged, merger.new, row.brin, merger.day, row.until))
            else:
                # It was to come to a board that is another one by then.
                first, *rest = memberships(self.merged, merger.new, row.brin, row.since, row.until)
                self._change(row, first)
                self._begin(rest)

    def came_by_merger(self, row: Member) -> bool:
        return (row.board, row.since) in self.merged.values()

    def _end(self, row: Member, last: date) -> None:
        if row.id in self.begun:
            self.begun[row.id]["valid_to"] = last
        elif row.id in self.moved:
            self.moved[row.id]["valid_to"] = last
        else:
            self.ended[row.id] = {"id": row.id, "valid_to": last}

    def _change(self, row: Member, wanted: dict[str, Any]) -> None:
        values = {"board_number": wanted["board_number"], "valid_to": wanted["valid_to"]}
        if row.id in self.begun:
            self.begun[row.id] |= values
        else:
            self.moved[row.id] = {"id": row.id, **values}
        self._note(wanted | {"id": row.id})

    def _begin(self, rows: Iterable[dict[str, Any]]) -> None:
        for row in rows:
            self.begun[row["id"]] = row
            self._note(row)

    def _note(self, row: dict[str, Any]) -> None:
        found = Member(row["id"], row["board_number"], row["brin"], row["valid_from"], row["valid_to"])
        self.members.setdefault(found.board, []).append(found)


def plan(act: Allowed, sheet: Sheet, _options: Options) -> Plan:
    """From a day on a board is another one, and its schools are that one's. Its licences stay as they are."""
    there = _Mergers({number: (board.merged_into, board.merged_on) for number, board in boards(act).items()})
    for row in members(act):
        there.members.setdefault(row.board, []).append(row)
    found = Plan()
    boards_merged = []
    for line in sheet.lines:
        cells = Cells(line.cells, ragged=line.ragged)
        old, new = cells.take(fields.board, NUMBER), cells.take(fields.board, "OPGEGAAN IN")
        day = cells.take(fields.day, "PER")
        if old and new and day:
            _refuse_merger(cells, there, _Merger(old, new, day))
        if cells.faults or not (old and new and day):
            found.rows.append(judged(line, cells))
            continue
        there.seen.add(old)
        if there.merged[old] == (new, day):
            found.rows.append(judged(line, cells))
            continue
        there.merge(_Merger(old, new, day))
        boards_merged.append({"number": old, "merged_into": new, "merged_on": day})
        found.rows.append(judged(line, cells, changes=[("merged", old, new)]))
    found.writes = [
        *write("board", boards_merged, "number"),
        *write("board_school", there.ended.values(), "id"),
        *write("board_school", there.moved.values(), "id"),
        *write("board_school", there.begun.values()),
    ]
    return found


def _refuse_merger(cells: Cells, there: _Mergers, merger: _Merger) -> None:
    for key, column in ((merger.old, NUMBER), (merger.new, "OPGEGAAN IN")):
        if key not in there.merged:
            cells.note(Fault.BOARD_UNKNOWN, column)
    if merger.old in there.seen:
        cells.note(Fault.TWICE, NUMBER)
    if merger.old == merger.new:
        cells.note(Fault.INTO_ITSELF, "OPGEGAAN IN")
    elif _leads_to(there.merged, merger.new, merger.old):
        cells.note(Fault.INTO_A_CIRCLE, "OPGEGAAN IN")
    into, on = there.merged.get(merger.old, (None, None))
    if into and (into, on) != (merger.new, merger.day):
        cells.note(Fault.BOARD_MERGED, NUMBER)
    elif not into and any(row.since >= merger.day and not there.came_by_merger(row) for row in there.members.get(merger.old, [])):
        cells.note(Fault.MOVES_TOO_EARLY, "PER")


def _leads_to(merged: dict[str, tuple[str | None, date | None]], start: str, end: str) -> bool:
    at: str | None = start
    visited: set[str] = set()
    while at and at not in visited:
        if at == end:
            return True
        visited.add(at)
        at = merged.get(at, (None, None))[0]
    return False
