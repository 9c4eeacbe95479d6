"""The first sheet of an Excel file as rows of text, as DUO offers its lists too."""

import io
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime, time

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

SIGNATURE = b"PK\x03\x04"
# Unpacked; a file of a hundred thousand locations takes half of it.
LARGEST_UNPACKED = 100 * 1024 * 1024
MOST_ROWS = 500_000
MOST_COLUMNS = 200
# A part that is cut off, encrypted, packed in a way of its own, or no XML (by either parser that openpyxl may use).
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    InvalidFileException,
    SyntaxError,
    KeyError,
    IndexError,
    EOFError,
    NotImplementedError,
    RuntimeError,
    TypeError,
    AttributeError,
)


def is_workbook(content: bytes) -> bool:
    return content.startswith(SIGNATURE)


def rows_of_workbook(content: bytes) -> Iterator[list[str]]:
    """Raises ValueError for what is no such file, or unpacks to too much."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(each.file_size for each in packed.infolist()) > LARGEST_UNPACKED:
                raise ValueError("too large")
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        sheet = book.worksheets[0]
        # What the file says of its own size may be old, or meant to be wrong.
        sheet.reset_dimensions()
        for number, row in enumerate(sheet.iter_rows(max_col=MOST_COLUMNS, values_only=True)):
            if number > MOST_ROWS:
                raise ValueError("too many rows")
            yield _without_empty_ends([_text(cell) for cell in row])
    except _BROKEN as wrong:
        raise ValueError("no workbook") from wrong


def _text(cell: object) -> str:
    """As one would read it in the sheet: a whole number without a point, a day as a day."""
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time(0) else cell.isoformat(sep=" ")
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


def _without_empty_ends(cells: list[str]) -> list[str]:
    while cells and not cells[-1]:
        cells.pop()
    return cells
