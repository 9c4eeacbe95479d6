"""Tables as spreadsheets write and open them: text stays text, in either direction. The one place that reads and writes CSV."""

import codecs
import csv
import io
import re
from collections.abc import Iterable, Iterator
from itertools import islice

DELIMITERS = ";,\t"
LOOKED_AT = 20
# A spreadsheet runs a cell that starts with one of these.
# A plus makes no number here: a telephone number would lose it.
_SAYS_DELIMITER = re.compile(r'"?sep=([;,\t|])"?\r?\n', re.IGNORECASE)
_NUMBER = re.compile(r"-?[0-9]+([.,][0-9]+)?")
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")


def safe_cell(value: object) -> str:
    """With a quote in front where a spreadsheet would take it for a formula; a number is one, with a comma as Dutch ones have."""
    text = str(value).replace(".", ",") if isinstance(value, float) else str(value)
    if _NUMBER.fullmatch(text):
        return text
    return "'" + text if text.startswith(FORMULA_SIGNS) else text


def csv_pieces(pieces: Iterable[Iterable[Iterable[object]]]) -> Iterator[bytes]:
    """The same, as it comes: however many rows there are, one piece of them is held."""
    begin = codecs.BOM_UTF8
    for rows in pieces:
        out = io.StringIO()
        csv.writer(out, delimiter=";").writerows([safe_cell(cell) if cell else cell for cell in row] for row in rows)
        yield begin + out.getvalue().encode()
        begin = b""


def as_csv(rows: Iterable[Iterable[object]]) -> bytes:
    """Semicolons and a byte order mark: Excel in Dutch opens it as a table, with its accents."""
    out = io.StringIO()
    csv.writer(out, delimiter=";").writerows([safe_cell(cell) if cell else cell for cell in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def decoded(content: bytes) -> str:
    """UTF-8, the Windows-1252 that Excel writes, or UTF-16 that says so first. Raises ValueError for what is no text."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content.decode("utf-16")
    if b"\0" in content[:4096]:
        raise ValueError("binary")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252")


def without_preamble(text: str) -> tuple[str, str]:
    """The text without the line `sep=;` with which Excel is told what parts the cells, and what that line said."""
    found = _SAYS_DELIMITER.match(text)
    return (text[found.end() :], found.group(1)) if found else (text, "")


def rows_of(text: str, delimiter: str = "") -> Iterator[list[str]]:
    """The rows of a CSV, whose first rows say what parts them. Raises csv.Error for what is none."""
    return _split(text, delimiter or max(DELIMITERS, key=lambda delimiter: _fitness(text, delimiter)))


def _fitness(text: str, delimiter: str) -> tuple[int, int]:
    """How well the first rows come apart: those as wide as the headings, and how wide these are."""
    try:
        first = list(islice(_split(text, delimiter), LOOKED_AT))
    except csv.Error:
        # Parted so it is broken: still likelier than by a sign that stands nowhere, which would make one column of it all.
        return (0, 1 + text.partition("\n")[0].count(delimiter))
    width = len(first[0]) if first else 0
    return (sum(len(row) == width for row in first), width) if width > 1 else (0, width)


def _split(text: str, delimiter: str) -> Iterator[list[str]]:
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
