"""All figures of insight as a workbook: a sheet for each panel, numbers as numbers, text as text."""

import io

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from dashboard.act import Allowed, asks
from dashboard.data_requests.desk.watched import Chosen
from dashboard.i18n import Texts
from dashboard.insight.panels import PANELS
from dashboard.permissions import Permission
from dashboard.typed import body_of

WIDEST, NARROWEST = 60, 12
# Excel's own limit; and signs that no sheet may have in its name.
LONGEST_NAME = 31
_NOT_IN_NAMES = str.maketrans(dict.fromkeys(r"[]:*?/\ ", " "))


@asks(Permission.READ_INSIGHT)
def workbook(act: Allowed, chosen: Chosen, t: Texts) -> bytes:
    """Every panel as the page shows it for this period and these filters."""
    book = Workbook()
    if book.active is not None:
        book.remove(book.active)
    for name, panel in PANELS.items():
        key, table = name.replace("-", "_"), panel.ask(act, chosen, t)
        sheet = book.create_sheet(t(f"insight.{key}.title").translate(_NOT_IN_NAMES)[:LONGEST_NAME].strip())
        about = t("insight.of_now") if panel.of_now else t("insight.about", first=t.day(chosen.first), last=t.day(chosen.last))
        _text(sheet, 1, 1, t(f"insight.{key}.title"), bold=True)
        _text(sheet, 2, 1, f"{t(f'insight.{key}.definition')} {about}")
        for place, heading in enumerate(table.columns, start=1):
            _text(sheet, 4, place, heading, bold=True)
        for number, row in enumerate(table.rows, start=5):
            for place, cell in enumerate(row, start=1):
                if isinstance(cell, int):
                    sheet.cell(number, place, cell)
                else:
                    _text(sheet, number, place, str(cell))
        for place, heading in enumerate(table.columns, start=1):
            longest = max([len(heading), *(len(str(row[place - 1])) for row in table.rows)])
            sheet.column_dimensions[get_column_letter(place)].width = min(WIDEST, max(NARROWEST, longest + 2))
        sheet.freeze_panes = "A5"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _text(sheet: Worksheet, row: int, column: int, text: str, *, bold: bool = False) -> None:
    """Never a formula, whatever it begins with."""
    cell = sheet.cell(row, column, body_of(text))
    cell.data_type = "s"
    if bold:
        cell.font = Font(bold=True)
