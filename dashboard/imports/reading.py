"""A CSV or Excel file from a spreadsheet or from DUO -> named cells, row by row. Pure; says what is wrong with it as a whole."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from dashboard.errors import InvalidInputError
from dashboard.files import digest
from dashboard.imports.headings import placed
from dashboard.imports.terms import ImportKind
from dashboard.imports.workbook import MOST_COLUMNS, is_workbook, rows_of_workbook
from dashboard.spreadsheets import decoded, rows_of, without_preamble

LARGEST_BYTES = 40 * 1024 * 1024
MOST_ROWS = 250_000
LONGEST_CELL = 2_000
# Which columns a file must have, by DUO's names where DUO has them; and which it may have.
REQUIRED: dict[ImportKind, tuple[str, ...]] = {
    # With VESTIGINGSCODE and VESTIGINGSNAAM, or with INSTELLINGSNAAM: lists of main schools and of MBO have no locations.
    ImportKind.SCHOOLS: ("BEVOEGD GEZAG NUMMER", "INSTELLINGSCODE"),
    ImportKind.BOARDS: ("BEVOEGD GEZAG NUMMER", "BEVOEGD GEZAG NAAM"),
    ImportKind.MERGERS: ("BEVOEGD GEZAG NUMMER", "OPGEGAAN IN", "PER"),
    ImportKind.COUNCILS: ("BEVOEGD GEZAG NUMMER", "SECTORRAAD", "VAN"),
    ImportKind.LICENCES: ("PRODUCT", "VAN"),
    ImportKind.AGREEMENTS: ("BEVOEGD GEZAG NUMMER", "MODEL"),
}
OPTIONAL: dict[ImportKind, tuple[str, ...]] = {
    ImportKind.SCHOOLS: (
        "VESTIGINGSCODE",
        "VESTIGINGSNAAM",
        "INSTELLINGSNAAM",
        "BEVOEGD GEZAG NAAM",
        "SECTOR",
        "INGANGSDATUM",
        "PRIVACYCONTACT",
        "DENOMINATIE",
    ),
    ImportKind.BOARDS: ("PRIVACYCONTACT",),
    ImportKind.MERGERS: (),
    ImportKind.COUNCILS: ("TOT",),
    ImportKind.LICENCES: ("BEVOEGD GEZAG NUMMER", "INSTELLINGSCODE", "VESTIGINGSCODE", "TOT"),
    ImportKind.AGREEMENTS: ("GETEKEND OP", "DVO STATUS", "DVO DATUM", "CONVENANT GETEKEND OP"),
}
# Read where it stands there once; nothing in it is a reason to refuse a row.
HINTS = ("PLAATSNAAM",)
# Columns of DUO's that say which sector a list is about.
SAYING_SECTOR = ("SOORT PRIMAIR ONDERWIJS", "MBO INSTELLINGSSOORT", "ONDERWIJSSTRUCTUUR")
SHOWN_FIRST = 3


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the file, under its number as a spreadsheet shows it (the headings are row 1)."""

    number: int
    # Of the columns that are used, by the names that we use.
    cells: dict[str, str]
    # All of it, as it came.
    given: tuple[str, ...]
    # More cells than there are headings: which cell is which can't be known.
    ragged: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    name: str
    sha256: str
    # As they came.
    headings: tuple[str, ...]
    lines: tuple[Line, ...]
    # The names that we use, of the columns that are there.
    columns: tuple[str, ...] = ()

    @property
    def first(self) -> tuple[dict[str, str], ...]:
        """The first rows, for somebody to see whether they were read well."""
        return tuple(line.cells for line in self.lines[:SHOWN_FIRST])


def read(kind: ImportKind, name: str, content: bytes) -> Sheet:
    """Raises InvalidInputError for a file that can't be read, is too large, or lacks a column that its kind needs."""
    if not content:
        raise InvalidInputError({"file": "invalid.import_empty"})
    if len(content) > LARGEST_BYTES:
        raise InvalidInputError({"file": "invalid.import_large"})
    rows = _rows(content)
    first = next(rows, None)
    if first is None:
        raise InvalidInputError({"file": "invalid.import_empty"})
    headings = first[1]
    while headings and not headings[-1].strip():
        headings.pop()
    if len(headings) > MOST_COLUMNS:
        raise InvalidInputError({"file": "invalid.import_large"})
    columns = placed(headings, (*REQUIRED[kind], *OPTIONAL[kind], *SAYING_SECTOR), HINTS if kind is ImportKind.SCHOOLS else ())
    if columns is None or not set(REQUIRED[kind]) <= set(columns) or not _names_something(kind, columns):
        raise InvalidInputError({"file": f"invalid.import_columns_{kind.value}"})
    filled = ((number, cells) for number, cells in rows if any(cell.strip() for cell in cells))
    lines = tuple(_line(number, headings, columns, cells) for number, cells in islice(filled, MOST_ROWS + 1))
    if len(lines) > MOST_ROWS:
        raise InvalidInputError({"file": "invalid.import_large"})
    if not lines:
        raise InvalidInputError({"file": "invalid.import_empty"})
    return Sheet(name, digest(content), tuple(headings), lines, tuple(columns))


def _names_something(kind: ImportKind, columns: Mapping[str, int]) -> bool:
    """A list of schools names locations, or the schools themselves."""
    return (
        kind is not ImportKind.SCHOOLS
        or {"VESTIGINGSCODE", "VESTIGINGSNAAM"} <= set(columns)
        or ("INSTELLINGSNAAM" in columns and "VESTIGINGSCODE" not in columns)
    )


def _line(number: int, headings: Sequence[str], columns: Mapping[str, int], cells: list[str]) -> Line:
    trimmed = [cell.strip() for cell in cells]
    # Spreadsheets leave empty cells at the end, and drop them.
    while len(trimmed) > len(headings) and not trimmed[-1]:
        trimmed.pop()
    ragged = len(trimmed) > len(headings)
    trimmed += [""] * (len(headings) - len(trimmed))
    return Line(number, {name: trimmed[place] for name, place in columns.items()}, tuple(trimmed), ragged)


def _text(content: bytes) -> str:
    try:
        return decoded(content)
    except ValueError as wrong:
        raise InvalidInputError({"file": "invalid.import_not_text"}) from wrong


def _rows(content: bytes) -> Iterator[tuple[int, list[str]]]:
    if is_workbook(content):
        try:
            yield from enumerate(rows_of_workbook(content), start=1)
        except ValueError as wrong:
            raise InvalidInputError({"file": "invalid.import_not_excel"}) from wrong
        return
    text, after = without_preamble(_text(content))
    try:
        yield from enumerate(rows_of(text, after), start=1 + bool(after))
    except csv.Error as wrong:
        raise InvalidInputError({"file": "invalid.import_not_csv"}) from wrong
