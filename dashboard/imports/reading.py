"""A CSV from a spreadsheet or from DUO -> named cells, row by row. Pure; says what is wrong with the file as a whole."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass

from dashboard.errors import InvalidInputError
from dashboard.files import digest
from dashboard.imports.terms import ImportKind
from dashboard.spreadsheets import decoded, rows_of

LARGEST_BYTES = 40 * 1024 * 1024
MOST_ROWS = 250_000
LONGEST_CELL = 2_000
# Which columns a file must have, by DUO's names where DUO has them; and which it may have.
REQUIRED: dict[ImportKind, tuple[str, ...]] = {
    ImportKind.SCHOOLS: ("BEVOEGD GEZAG NUMMER", "INSTELLINGSCODE", "VESTIGINGSCODE", "VESTIGINGSNAAM"),
    ImportKind.MERGERS: ("BEVOEGD GEZAG NUMMER", "OPGEGAAN IN", "PER"),
    ImportKind.COUNCILS: ("BEVOEGD GEZAG NUMMER", "SECTORRAAD", "VAN"),
    ImportKind.LICENCES: ("PRODUCT", "VAN"),
    ImportKind.AGREEMENTS: ("BEVOEGD GEZAG NUMMER", "MODEL"),
}
OPTIONAL: dict[ImportKind, tuple[str, ...]] = {
    ImportKind.SCHOOLS: ("BEVOEGD GEZAG NAAM", "INSTELLINGSNAAM", "SECTOR", "INGANGSDATUM", "PRIVACYCONTACT", "DENOMINATIE"),
    ImportKind.MERGERS: (),
    ImportKind.COUNCILS: ("TOT",),
    ImportKind.LICENCES: ("BEVOEGD GEZAG NUMMER", "INSTELLINGSCODE", "VESTIGINGSCODE", "TOT"),
    ImportKind.AGREEMENTS: ("GETEKEND OP", "DVO STATUS", "DVO DATUM", "CONVENANT GETEKEND OP"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the file, under its number as a spreadsheet shows it (the headings are row 1)."""

    number: int
    cells: dict[str, str]
    # More or fewer cells than there are headings: which cell is which can't be known.
    ragged: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    name: str
    sha256: str
    headings: tuple[str, ...]
    lines: tuple[Line, ...]


def read(kind: ImportKind, name: str, content: bytes) -> Sheet:
    """Raises InvalidInputError for a file that can't be read, is too large, or lacks a column that its kind needs."""
    if not content:
        raise InvalidInputError({"file": "invalid.import_empty"})
    if len(content) > LARGEST_BYTES:
        raise InvalidInputError({"file": "invalid.import_large"})
    rows = _rows(_text(content))
    first = next(rows, None)
    if first is None:
        raise InvalidInputError({"file": "invalid.import_empty"})
    headings = tuple(" ".join(cell.upper().split()) for cell in first[1])
    if len(set(headings)) != len(headings) or not set(REQUIRED[kind]) <= set(headings):
        raise InvalidInputError({"file": f"invalid.import_columns_{kind.value}"})
    lines = tuple(_line(number, headings, cells) for number, cells in rows if any(cell.strip() for cell in cells))
    if len(lines) > MOST_ROWS:
        raise InvalidInputError({"file": "invalid.import_large"})
    if not lines:
        raise InvalidInputError({"file": "invalid.import_empty"})
    return Sheet(name, digest(content), headings, lines)


def _line(number: int, headings: tuple[str, ...], cells: list[str]) -> Line:
    trimmed = [cell.strip() for cell in cells]
    # Spreadsheets leave empty cells at the end, and drop them.
    while len(trimmed) > len(headings) and not trimmed[-1]:
        trimmed.pop()
    ragged = len(trimmed) > len(headings)
    trimmed += [""] * (len(headings) - len(trimmed))
    return Line(number, dict(zip(headings, trimmed, strict=False)), ragged)


def _text(content: bytes) -> str:
    try:
        return decoded(content)
    except ValueError as wrong:
        raise InvalidInputError({"file": "invalid.import_not_text"}) from wrong


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    try:
        yield from enumerate(rows_of(text), start=1)
    except csv.Error as wrong:
        raise InvalidInputError({"file": "invalid.import_not_csv"}) from wrong
