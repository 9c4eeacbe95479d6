"""A row of a list of schools, as DUO writes it in any of its lists: which board, school and location, of which sector. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from dashboard.accounts.terms import Governance, Sector
from dashboard.accounts.towns import town
from dashboard.imports import fields
from dashboard.imports.faults import Fault
from dashboard.imports.fields import Cells
from dashboard.imports.plan import Judged, Options, judged
from dashboard.imports.reading import HINTS, SAYING_SECTOR, Line

BOARD, BRIN, LOCATION, NAME = "BEVOEGD GEZAG NUMMER", "INSTELLINGSCODE", "VESTIGINGSCODE", "VESTIGINGSNAAM"
[TOWN] = HINTS
OF_PRIMARY, OF_MBO, OF_SECONDARY = SAYING_SECTOR


@dataclass(frozen=True, slots=True)
class Row:
    line: Line
    cells: Cells
    board: str
    board_name: str
    contact: str
    brin: str
    name_of_school: str
    sector: Sector
    # Empty in a list of main schools.
    location: str
    location_name: str
    town: str
    since: date
    governance: Governance


def read_row(line: Line, options: Options) -> Row | Judged:
    cells = Cells(line.cells, ragged=line.ragged, hints=HINTS)
    board, brin = cells.take(fields.board, BOARD), cells.take(fields.brin, BRIN)
    location, name = _location_of(cells, brin or "")
    board_name = cells.take(fields.name_or_nothing, "BEVOEGD GEZAG NAAM")
    name_of_school = cells.take(fields.name_or_nothing, "INSTELLINGSNAAM")
    contact = cells.take(fields.email_or_nothing, "PRIVACYCONTACT")
    since = cells.take(fields.day_or_nothing, "INGANGSDATUM") or options.effective_on
    sector = _sector_of(cells, options)
    governance = fields.governance(cells.text("DENOMINATIE"))
    if brin and location and location[:4] != brin:
        cells.note(Fault.LOCATION_OF_ANOTHER, LOCATION)
    if cells.faults or not (board and brin and sector) or location is None or name is None:
        return judged(line, cells)
    names = board_name or "", contact or "", brin, name_of_school or "", sector, location, name, town(cells.text(TOWN))
    return Row(line, cells, board, *names, since, governance)


def _location_of(cells: Cells, brin: str) -> tuple[str | None, str | None]:
    """Code and name of the location; of a list of main schools nothing and the school's own name."""
    if not cells.has(LOCATION):
        return "", cells.take(fields.name, "INSTELLINGSNAAM")
    return cells.take(lambda text, column: fields.location_of(brin, text, column), LOCATION), cells.take(fields.name, NAME)


def _sector_of(cells: Cells, options: Options) -> Sector | None:
    """The row's own word first, then what kind of list it is, then what somebody chose."""
    if cells.text("SECTOR"):
        return cells.take(fields.sector, "SECTOR")
    if cells.text(OF_PRIMARY):
        return cells.take(fields.kinds_of_primary, OF_PRIMARY)
    if cells.has(OF_MBO):
        return Sector.MBO
    if cells.has(OF_SECONDARY):
        return Sector.VO
    return options.sector or cells.take(fields.sector, "SECTOR")


def main_names(rows: Iterable[Row]) -> dict[str, str]:
    """A school without a name of its own is called as its main location (00), or as the first one."""
    found: dict[str, str] = {}
    for row in rows:
        if row.brin not in found or row.location[4:] in {"", "00"}:
            found[row.brin] = row.location_name
    return found


def governance_of(rows: Iterable[Row]) -> dict[str, Governance]:
    """A board with public schools alone is of public education; one with none isn't; of one with both we don't know."""
    found: dict[str, set[Governance]] = {}
    for row in rows:
        found.setdefault(row.board, set()).add(row.governance)
    return {board: kinds.pop() if len(kinds) == 1 else Governance.UNKNOWN for board, kinds in found.items()}
