import csv
import io
from datetime import timedelta

import openpyxl
import pytest
from sqlmodel import col, select, update

from dashboard.annexes import exports
from dashboard.annexes.model import Document, DocumentVersion
from dashboard.clock import local_day
from dashboard.db import reading, transaction
from dashboard.errors import NotAllowedError, NotFoundError
from dashboard.i18n import Language, texts
from dashboard.permissions import VISITOR, Actor, Role, SchoolScope
from dashboard.portal import Portal
from tests.acts import NOW, by
from tests.people import AGENT, BOARD, LYCEUM

TODAY = local_day(NOW)


def register(
    portal: Portal, actor: Actor = LYCEUM, language: Language = Language.NL, key: str = "", days: int = 0
) -> exports.Sheet:
    with reading(portal.engine) as session:
        return exports.processing_register(by(session, actor), day=TODAY + timedelta(days=days), t=texts(language), key=key)


def test_a_row_for_each_product_with_what_schools_want_and_the_legal_ground_left_blank(school_portal: Portal) -> None:
    sheet = register(school_portal)
    digit = dict(zip(sheet.columns, sheet.rows[0], strict=True))
    assert [row[0].split(":")[0] for row in sheet.rows] == ["DIGIT", "Klikkompas"]
    assert digit["Grondslag (vult de school in)"] == ""
    assert digit["Betrokkenen"] == "Leerlingen en studenten\nLeraren\nAlle gebruikers"
    assert "1 jaar na het laatste gebruik" in digit["Bewaartermijn"]
    assert digit["Verwerkersovereenkomst"] == "ja"
    assert digit["Datum overeenkomst"] == (TODAY - timedelta(days=400)).isoformat()
    assert digit["Plaats van opslag"] == "Nederland\nDuitsland"
    assert "Bijlage 1 Privacybijsluiter 3.1" in digit["Bijlagen"]
    assert "Versleuteling" in digit["Maatregelen"]
    # Article 30(1)(d) and (e), from the annex that is in force.
    with reading(school_portal.engine) as session:
        query = select(DocumentVersion).join(Document, col(Document.id) == col(DocumentVersion.document_id))
        annex = session.exec(
            query.where(Document.product_slug == "digit", Document.kind == "annex_1", DocumentVersion.version == "3.1")
        ).one()
    names = [each["name"] for each in annex.content["subprocessors"]]
    assert names
    lines = digit["Ontvangers (subverwerkers)"].split("\n")
    assert all(line.startswith(f"{name} (") for line, name in zip(lines, names, strict=True))
    transfers = [each["to"] for each in annex.content["transfers"]]
    told = digit["Doorgifte buiten de EER, met waarborg"]
    assert all(to in told for to in transfers) if transfers else told == "geen"


def test_the_register_is_of_the_day_and_the_part_that_was_chosen(school_portal: Portal) -> None:
    assert {row[0].split(":")[0] for row in register(school_portal, BOARD, key="90AA02").rows} == {"DIGIT", "Muisstap"}
    then = register(school_portal, days=-500)
    assert {row[0].split(":")[0] for row in then.rows} == {"DIGIT", "Codekist"}
    with pytest.raises(NotFoundError):
        register(school_portal, key="90BA")


def test_without_an_agreement_the_register_says_so(school_portal: Portal) -> None:
    sheet = register(school_portal, Actor(Role.SCHOOL, id="x", scope=SchoolScope(brin="95BD")), Language.EN)
    digit = dict(zip(sheet.columns, sheet.rows[0], strict=True))
    assert (digit["Processing agreement"], digit["Date of the agreement"], digit["Place of storage"]) == (
        "no",
        "",
        "Netherlands\nGermany",
    )


def test_the_dpia_sheet_holds_every_section_and_room_for_the_school(school_portal: Portal) -> None:
    with reading(school_portal.engine) as session:
        sheet = exports.dpia(by(session, LYCEUM), day=TODAY, t=texts(Language.NL))
    digit = {row[1]: row[2] for row in sheet.rows if row[0] == "DIGIT"}
    assert "Rekenhal B.V. (fictief), Hosting en opslag" in digit["Subverwerkers"]
    assert digit["Vertrouwelijkheid"] == "M"
    assert digit["Noodzaak en evenredigheid (vult de school in)"] == ""
    assert all(row[3] == "" for row in sheet.rows)


def test_an_annex_that_is_only_a_pdf_still_gets_its_row(school_portal: Portal) -> None:
    with transaction(school_portal.engine) as session:
        session.exec(update(DocumentVersion).values(content=None))
    sheet = register(school_portal)
    assert [row[0] for row in sheet.rows] == ["DIGIT", "Klikkompas"]
    with reading(school_portal.engine) as session:
        told = exports.dpia(by(session, LYCEUM), day=TODAY, t=texts(Language.NL))
    assert ("DIGIT", "Bijlagen (alleen als PDF)") in {row[:2] for row in told.rows}


def test_no_cell_is_run_by_a_spreadsheet(school_portal: Portal) -> None:
    sheet = exports.Sheet("x", ("a", "b"), (("=1+1", "@SUM(A1)"), ("+1", "-2"), ("gewoon", "")))
    rows = list(csv.reader(io.StringIO(exports.to_csv(sheet).decode("utf-8-sig")), delimiter=";"))
    assert rows[1:] == [["'=1+1", "'@SUM(A1)"], ["'+1", "-2"], ["gewoon", ""]]
    book = openpyxl.load_workbook(io.BytesIO(exports.to_xlsx(sheet)))
    page = book.worksheets[0]
    assert [[cell.data_type for cell in row] for row in page.iter_rows(min_row=2, max_row=3)] == [["s", "s"], ["s", "s"]]
    assert page["A2"].value == "=1+1"
    assert (page.freeze_panes, len(book.worksheets)) == ("A2", 1)


@pytest.mark.parametrize("actor", [VISITOR, AGENT])
def test_who_is_no_school_exports_nothing(school_portal: Portal, actor: Actor) -> None:
    with pytest.raises(NotAllowedError):
        register(school_portal, actor)
