"""What leaves of the numbers: a panel's table, all of them as a workbook, the report of a year; and the register of requests."""

import tempfile
from collections.abc import Iterator
from typing import IO, Any

from openpyxl import Workbook
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from dashboard.data_requests.desk import register
from dashboard.errors import NotFoundError
from dashboard.i18n import Texts, texts
from dashboard.insight.panels import PANELS
from dashboard.insight.period import asked_of
from dashboard.insight.report import yearly, years
from dashboard.insight.workbook import workbook
from dashboard.permissions import Actor
from dashboard.portal import portal
from dashboard.spreadsheets import as_csv, csv_pieces
from dashboard.typed import body_of
from dashboard.web.documents import disposition
from dashboard.web.identity import actor_of, language_of
from dashboard.web.library import XLSX

READ_AT_ONCE = 256 * 1024
# Excel's own: the headings and so many rows.
MOST_ROWS = 1_048_575


def download_table(request: Request) -> Response:
    """A table of the insight page as CSV, about what the page was asked."""
    name = request.path_params["name"]
    if name not in PANELS:
        raise NotFoundError(name)
    with portal().look(actor_of(request)) as act:
        table = PANELS[name].ask(act, asked_of(request.query_params, act.today).chosen, texts(language_of(request)))
    body = as_csv((table.columns, *table.rows))
    return Response(body, media_type="text/csv", headers=disposition("attachment", f"{name}.csv"))


def download_workbook(request: Request) -> Response:
    """All panels, about what the page was asked."""
    with portal().look(actor_of(request)) as act:
        body = workbook(act, asked_of(request.query_params, act.today).chosen, texts(language_of(request)))
    return Response(body, media_type=XLSX, headers=disposition("attachment", "insight.xlsx"))


def download_report(request: Request) -> Response:
    """The report of a year that there was."""
    year = int(request.path_params["year"])
    with portal().look(actor_of(request)) as act:
        if year not in years(act.today):
            raise NotFoundError(str(year))
        body = yearly(act, year, texts(language_of(request)))
    return Response(body, media_type="application/pdf", headers=disposition("attachment", f"report-{year}.pdf"))


def download_register(request: Request) -> Response:
    """All requests, without names: as CSV, as it is read; or as a workbook."""
    form, actor, t = request.path_params["form"], actor_of(request), texts(language_of(request))
    if form not in {"csv", "xlsx"}:
        raise NotFoundError(form)
    with portal().act(actor) as act:
        register.note_taken(act, form)
    pieces = _pieces(actor, t)
    content, media_type = (csv_pieces(pieces), "text/csv") if form == "csv" else (_as_workbook(pieces, t), XLSX)
    return StreamingResponse(content, media_type=media_type, headers=disposition("attachment", f"register.{form}"))


def _pieces(actor: Actor, t: Texts) -> Iterator[list[tuple[Any, ...]]]:
    """The headings, then piece by piece, each in a look of its own: nobody waits for who takes all."""
    yield [register.headings(t)]
    with portal().look(actor) as act:
        found = register.piece(act, t)
    yield found.rows
    while found.after:
        with portal().look(actor) as act:
            found = register.piece(act, t, found.after)
        yield found.rows


def _as_workbook(pieces: Iterator[list[tuple[Any, ...]]], t: Texts) -> Iterator[bytes]:
    """Written to a file without a name, since a workbook is finished only at its end; then sent as it is read."""
    book, [headings], written = Workbook(write_only=True), next(pieces), MOST_ROWS
    for rows in pieces:
        for row in rows:
            if written == MOST_ROWS:
                sheet = book.create_sheet(f"{t('register.sheet')} {len(book.worksheets) + 1}")
                sheet.append(headings)
                written = 0
            # A name is no formula, whatever it begins with: openpyxl takes a text that begins with = for one.
            sheet.append([f"'{cell}" if isinstance(cell, str) and cell.startswith("=") else _cell(cell) for cell in row])
            written += 1
    if not book.worksheets:
        book.create_sheet(t("register.sheet")).append(headings)
    with tempfile.TemporaryFile() as file:
        book.save(file)
        yield from _read(file)


def _cell(cell: object) -> object:
    return body_of(cell) if isinstance(cell, str) else cell


def _read(file: IO[bytes]) -> Iterator[bytes]:
    file.seek(0)
    while content := file.read(READ_AT_ONCE):
        yield content
