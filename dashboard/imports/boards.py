"""What is recorded of boards: membership of sector councils, agreements with their state in the DVO."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import uuid4

from dashboard.accounts.known import council_terms
from dashboard.accounts.periods import Period
from dashboard.accounts.queries import boards
from dashboard.accounts.terms import Council, Governance
from dashboard.act import Allowed
from dashboard.annexes.agreements import models_known
from dashboard.annexes.licensing import BoardAgreementRow, agreements_kept
from dashboard.annexes.terms import SIGNED
from dashboard.imports import fields
from dashboard.imports.faults import Fault, WrongCellError
from dashboard.imports.fields import Cells
from dashboard.imports.plan import Judged, Options, Plan, judged, write
from dashboard.imports.reading import Line, Sheet

NUMBER = "BEVOEGD GEZAG NUMMER"


def names(act: Allowed, sheet: Sheet, _options: Options) -> Plan:
    """DUO's list of boards: how each is called. What the list doesn't say stays."""
    known = {number: (board.name, board.contact_email) for number, board in boards(act).items()}
    seen: set[str] = set()
    found, new, changed = Plan(), [], []
    for line in sheet.lines:
        cells = Cells(line.cells, ragged=line.ragged)
        number, name = cells.take(fields.board, NUMBER), cells.take(fields.name, "BEVOEGD GEZAG NAAM")
        contact = cells.take(fields.email_or_nothing, "PRIVACYCONTACT")
        if number in seen:
            cells.note(Fault.TWICE, NUMBER)
        if cells.faults or not (number and name):
            found.rows.append(judged(line, cells))
            continue
        seen.add(number)
        before = known.get(number)
        now = (name, contact or (before[1] if before else ""))
        told = [
            (what, old, will) for what, old, will in zip(("board", "contact"), before or now, now, strict=True) if old != will
        ]
        row = {"number": number, "name": now[0], "contact_email": now[1]}
        if before is None:
            new.append(row | {"governance": Governance.UNKNOWN})
        elif told:
            changed.append(row)
        found.rows.append(judged(line, cells, is_new=before is None, changes=told))
    found.writes = [*write("board", new), *write("board", changed, "number")]
    return found


def councils(act: Allowed, sheet: Sheet, _options: Options) -> Plan:
    """Membership of a sector council, from a day to a day; known by board, council and first day."""
    known = set(boards(act))
    held: dict[tuple[str, Council], dict[date, tuple[str, date | None]]] = {}
    for kept, board, of, period in council_terms(act):
        held.setdefault((board, of), {})[period.begin] = (kept, period.end)
    seen: set[tuple[str, Council, date]] = set()
    found = Plan()
    new, changed = [], []
    for line in sheet.lines:
        cells = Cells(line.cells, ragged=line.ragged)
        number, council = _board(cells, known), cells.take(fields.council, "SECTORRAAD")
        begin, end = cells.take(fields.day, "VAN"), cells.take(fields.day_or_nothing, "TOT")
        if begin and end and end < begin:
            cells.note(Fault.ENDS_BEFORE, "TOT")
        if cells.faults or not (number and council and begin):
            found.rows.append(judged(line, cells))
            continue
        mine = held.setdefault((number, council), {})
        _refuse_period(cells, mine, begin, end, is_twice=(number, council, begin) in seen)
        if cells.faults:
            found.rows.append(judged(line, cells))
            continue
        seen.add((number, council, begin))
        there = mine.get(begin)
        row_id = there[0] if there else str(uuid4())
        mine[begin] = (row_id, end)
        if there is None:
            new.append({"id": row_id, "board_number": number, "council": council, "valid_from": begin, "valid_to": end})
        elif there[1] != end:
            changed.append({"id": row_id, "valid_to": end})
        told = [("until", str(there[1] or ""), str(end or ""))] if there and there[1] != end else []
        found.rows.append(judged(line, cells, is_new=there is None, changes=told))
    found.writes = [*write("council_membership", changed, "id"), *write("council_membership", new)]
    return found


def _refuse_period(
    cells: Cells, mine: dict[date, tuple[str, date | None]], begin: date, end: date | None, *, is_twice: bool
) -> None:
    others = [Period(first, last) for first, (_, last) in mine.items() if first != begin]
    if is_twice:
        cells.note(Fault.TWICE, "VAN")
    elif any(Period(begin, end).overlap(other) for other in others):
        cells.note(Fault.OVERLAPS, "VAN")


def _board(cells: Cells, known: set[str]) -> str | None:
    number = cells.take(fields.board, NUMBER)
    if number and number not in known:
        cells.note(Fault.BOARD_UNKNOWN, NUMBER)
        return None
    return number


@dataclass(slots=True)
class _Agreements:
    known: set[str]
    models: set[str]
    held: dict[tuple[str, str], BoardAgreementRow]
    signers: dict[str, date | None]
    today: date
    seen: set[tuple[str, str]] = field(default_factory=set)
    new: list[dict[str, Any]] = field(default_factory=list)
    changed: list[dict[str, Any]] = field(default_factory=list)
    boards: list[dict[str, Any]] = field(default_factory=list)


def agreements(act: Allowed, sheet: Sheet, options: Options) -> Plan:
    """Which model a board signed and when, and how far it is in the DVO; known by board and model."""
    found = boards(act)
    known = _Agreements(
        known=set(found),
        models=models_known(act),
        held={(row.board_number, row.model_version): row for row in agreements_kept(act)},
        signers={number: board.covenant_signed_on for number, board in found.items()},
        today=options.today,
    )
    rows = [_agreement(line, known) for line in sheet.lines]
    return Plan(
        rows,
        [
            *write("board_agreement", known.changed, "id"),
            *write("board_agreement", known.new),
            *write("board", known.boards, "number"),
        ],
    )


def _agreement(line: Line, known: _Agreements) -> Judged:
    cells = Cells(line.cells, ragged=line.ragged)
    number, model = _board(cells, known.known), cells.take(fields.model, "MODEL")
    days = {column: cells.take(_past(known.today), column) for column in ("GETEKEND OP", "DVO DATUM", "CONVENANT GETEKEND OP")}
    status = cells.take(fields.dvo, "DVO STATUS")
    if model and model not in known.models:
        cells.note(Fault.MODEL_UNKNOWN, "MODEL")
    if status in SIGNED and cells.text("DVO STATUS") and not days["GETEKEND OP"]:
        cells.note(Fault.DAY_EMPTY, "GETEKEND OP")
    if number and model and (number, model) in known.seen:
        cells.note(Fault.TWICE, "MODEL")
    if cells.faults or not (number and model and status):
        return judged(line, cells)
    known.seen.add((number, model))
    wanted = {"signed_on": days["GETEKEND OP"], "dvo_status": status, "dvo_on": days["DVO DATUM"]}
    changes = _sign_covenant(known, number, days["CONVENANT GETEKEND OP"])
    there = known.held.get((number, model))
    if there is None:
        known.new.append({"id": str(uuid4()), "board_number": number, "model_version": model, "ended_on": None, **wanted})
        return judged(line, cells, is_new=True, changes=changes)
    before = {"signed_on": there.signed_on, "dvo_status": there.dvo_status, "dvo_on": there.dvo_on}
    changes += [(name, str(before[name] or ""), str(value or "")) for name, value in wanted.items() if value != before[name]]
    if wanted != before:
        signed_on = days["GETEKEND OP"]
        anew = there.ended_on and signed_on and signed_on > there.ended_on
        known.changed.append({"id": there.id, **wanted, "ended_on": None if anew else there.ended_on})
    return judged(line, cells, changes=changes)


def _sign_covenant(known: _Agreements, number: str, day: date | None) -> list[tuple[str, str, str]]:
    """An empty cell says nothing about the covenant."""
    if day is None or known.signers[number] == day:
        return []
    before = str(known.signers[number] or "")
    known.signers[number] = day
    known.boards.append({"number": number, "own_covenant": True, "covenant_signed_on": day})
    return [("covenant", before, str(day))]


def _past(today: date) -> Callable[[str, str], date | None]:
    """A day that has come: nobody signs tomorrow."""

    def read(text: str, column: str) -> date | None:
        found = fields.day_or_nothing(text, column)
        if found and found > today:
            raise WrongCellError(Fault.DAY_FUTURE, column)
        return found

    return read
