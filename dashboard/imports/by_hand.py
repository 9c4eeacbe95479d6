"""Something new in the register, typed by an administrator: one row of a file, read by the same rules."""

from collections.abc import Mapping

from dashboard import audit
from dashboard.accounts import history
from dashboard.accounts.entering import unchanged
from dashboard.accounts.register import alone
from dashboard.act import Allowed, Seen, asks
from dashboard.audit import Action
from dashboard.errors import StaleError, reject
from dashboard.files import digest
from dashboard.imports.noted import changes_of
from dashboard.imports.plan import Effect, carry_out
from dashboard.imports.reading import Line, Sheet
from dashboard.imports.service import Prepared, state_of
from dashboard.imports.terms import ImportKind
from dashboard.permissions import Permission


def sheet_of(cells: Mapping[str, str]) -> Sheet:
    """A file of one row, with these cells under our names of columns."""
    line = Line(1, dict(cells), tuple(cells.values()))
    return Sheet("", digest(repr(line.cells).encode()), tuple(cells), (line,), tuple(cells))


@asks(Permission.MANAGE_SCHOOLS)
def enter(act: Allowed, prepared: Prepared) -> None:
    """Something that isn't there yet; of a sector council also another last day.

    Raises InvalidInputError with what is wrong by column; StaleError when the register changed since it was worked out.
    """
    [row] = prepared.plan.rows
    problems = {column: f"import.fault.{fault.value}" for fault, column in row.faults}
    # Only that it ends: an empty last day takes none away that is there.
    ends = prepared.kind is ImportKind.COUNCILS and bool(row.line.cells.get("TOT"))
    wanted = {Effect.ADDED, Effect.CHANGED} if ends else {Effect.ADDED}
    if not problems and (row.verb not in wanted or any(what == "moved" for what, _, _ in row.changes)):
        problems["key"] = "invalid.by_hand_there"
    reject(problems)
    _carry_out(act, prepared)


@asks(Permission.MANAGE_SCHOOLS)
def move(act: Allowed, seen: Seen, prepared: Prepared) -> None:
    """A school to another board, or a board into another one, from a day on. `seen`: the membership, or the board, as shown.

    Raises InvalidInputError, and StaleError when it changed meanwhile.
    """
    alone(act)
    unchanged(act, seen)
    [row] = prepared.plan.rows
    problems = {column: f"import.fault.{fault.value}" for fault, column in row.faults}
    if not problems and any(what == "board" and not before for what, before, _ in row.changes):
        problems["board"] = "import.fault.board_unknown"
    elif not problems and row.verb is not Effect.CHANGED:
        problems["key"] = "invalid.by_hand_same"
    reject(problems)
    _carry_out(act, prepared)


def _carry_out(act: Allowed, prepared: Prepared) -> None:
    alone(act)
    if state_of(act) != prepared.taken_before:
        raise StaleError
    carry_out(act, prepared.plan)
    found = list(changes_of(prepared.kind, prepared.plan, new_too=True))
    history.note_all(act, found)
    audit.record(act, Action.ENTERED, found[0].key, kind=prepared.kind.value)
