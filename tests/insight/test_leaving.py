"""What leaves of the numbers: the report of a year, the workbook and the register, each beside what the page says."""

import io
import re
from datetime import date, datetime
from typing import Any

import pikepdf
import pytest
from openpyxl import load_workbook
from pypdf import PdfReader
from sqlalchemy import Engine
from sqlmodel import select

from dashboard.clock import local_day
from dashboard.data_requests.case.model import Case
from dashboard.data_requests.desk import register
from dashboard.data_requests.desk.watched import Chosen
from dashboard.db import reading, transaction
from dashboard.demo import seed
from dashboard.i18n import Language, texts
from dashboard.insight import overview
from dashboard.insight.panels import PANELS
from dashboard.insight.report import chosen_of, yearly, years
from dashboard.insight.workbook import workbook
from dashboard.permissions import SYSTEM
from dashboard.settings import Settings
from tests.acts import by
from tests.people import OFFICER


@pytest.fixture
def seeded(engine: Engine, settings: Settings, now: datetime) -> Engine:
    with transaction(engine) as session:
        seed.requests(by(session, SYSTEM, now, settings), 400, seed=5)
    return engine


def words_of(pdf: bytes) -> str:
    return re.sub(r"\s+", " ", " ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages))


@pytest.mark.parametrize("language", list(Language))
def test_the_report_says_the_numbers_of_the_page(seeded: Engine, settings: Settings, now: datetime, language: Language) -> None:
    t, year = texts(language), now.year - 1
    with reading(seeded) as session:
        act = by(session, OFFICER, now, settings)
        said = words_of(yearly(act, year, t))
        went = overview.went(act, chosen_of(year, local_day(now)))
        tables = {name: panel.ask(act, chosen_of(year, local_day(now)), t) for name, panel in PANELS.items() if not panel.of_now}
    assert t("report.title", year=year) in said
    assert f"{t('insight.requests')} {t.number(went.received)}" in said
    assert f"{t('insight.on_time_share')} {went.on_time_percent}%" in said
    assert went.received > 100
    for name, table in tables.items():
        assert t(f"insight.{name.replace('-', '_')}.title") in said
        # Whatever way its rows are laid out, each number of the table is there behind the name of its row.
        for row in () if table.empty else table.rows:
            numbers = [t.number(cell) for cell in row if isinstance(cell, int)]
            assert re.search(rf"{re.escape(str(row[0]))} .*?{re.escape(numbers[-1])}", said), (name, row)
    flow = tables["flow"]
    for row in flow.rows:
        assert " ".join([str(row[0]), *(t.number(cell) for cell in row[1:] if isinstance(cell, int))]) in said, row


def test_the_report_is_tagged_and_each_chart_says_what_it_shows(seeded: Engine, settings: Settings, now: datetime) -> None:
    with reading(seeded) as session:
        made = yearly(by(session, OFFICER, now, settings), now.year - 1, texts(Language.NL))
    with pikepdf.open(io.BytesIO(made)) as pdf:
        root: Any = pdf.Root
        assert bool(root.MarkInfo.Marked)
        assert str(root.Lang) == "nl"
        with pdf.open_metadata() as metadata:
            assert metadata["pdfuaid:part"] == "1"
        alts = [str(each.Alt) for each in pdf.objects if isinstance(each, pikepdf.Dictionary) and "/Alt" in each]
    assert len(alts) >= 8
    assert all("(" in alt or "kwamen" in alt for alt in alts)


def test_there_is_a_report_of_every_year_since_there_was_a_law_and_of_no_other(now: datetime) -> None:
    found = years(local_day(now))
    assert (found[0], found[-1]) == (now.year, 2018)
    assert chosen_of(2024, date(2026, 3, 5)) == Chosen(date(2024, 1, 1), date(2024, 12, 31))
    assert chosen_of(2026, date(2026, 3, 5)) == Chosen(date(2026, 1, 1), date(2026, 3, 5))


def test_an_empty_portal_has_a_report_too(engine: Engine, settings: Settings, now: datetime) -> None:
    with reading(engine) as session:
        said = words_of(yearly(by(session, OFFICER, now, settings), now.year, texts(Language.NL)))
    assert texts(Language.NL)("insight.empty") in said


def test_the_workbook_holds_every_panel_with_numbers_as_numbers(seeded: Engine, settings: Settings, now: datetime) -> None:
    t, chosen = texts(Language.NL), Chosen(date(now.year - 1, 1, 1), local_day(now))
    with reading(seeded) as session:
        act = by(session, OFFICER, now, settings)
        book = load_workbook(io.BytesIO(workbook(act, chosen, t)))
        tables = [panel.ask(act, chosen, t) for panel in PANELS.values()]
    assert len(book.worksheets) == len(PANELS)
    for sheet, table in zip(book.worksheets, tables, strict=True):
        rows = list(sheet.iter_rows(min_row=4, values_only=True))
        assert rows[0] == table.columns
        assert [tuple(cell or "" if isinstance(cell, str | None) else cell for cell in row) for row in rows[1:]] == list(
            table.rows
        )


def test_the_register_holds_each_request_once_and_nobodys_name(
    seeded: Engine, settings: Settings, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(register, "PIECE", 37)
    t, rows, after, pieces = texts(Language.NL), list[tuple[Any, ...]](), None, 0
    while True:
        # One that came meanwhile, and one that was answered: nobody twice, and none left out.
        with transaction(seeded) as session:
            seed.requests(by(session, SYSTEM, now, settings), 1, seed=100 + pieces)
        with reading(seeded) as session:
            found = register.piece(by(session, OFFICER, now, settings), t, after)
        rows, pieces, after = rows + found.rows, pieces + 1, found.after
        if after is None:
            break
    with reading(seeded) as session:
        cases = {case.reference: case for case in session.exec(select(Case)).all()}
    references = [row[0] for row in rows]
    assert len(set(references)) == len(references) >= 400
    assert pieces > 10
    everything = " ".join(str(cell) for row in rows for cell in row)
    assert not any(case.name in everything or case.email in everything for case in cases.values())
    for row in rows:
        case = cases[row[0]]
        assert row[1] == t(f"status.{case.status.value}")
        assert (row[8], row[9], row[11]) == (case.received_on.isoformat(), case.due_on.isoformat(), case.paused_days)
        assert row[13] == (local_day(case.answered_at).isoformat() if case.answered_at else "")
