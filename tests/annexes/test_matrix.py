"""The table of a board says of each school what that school's own page says."""

from datetime import UTC, datetime, time, timedelta

import pytest
from sqlmodel import select

from dashboard.accounts.model import BoardSchool, Person, School
from dashboard.annexes import queries
from dashboard.annexes.matrix import Cell, Having, Matrix, matrix
from dashboard.annexes.service import take_document
from dashboard.clock import local_day
from dashboard.db import reading, transaction
from dashboard.errors import NotAllowedError
from dashboard.i18n import Language
from dashboard.permissions import Actor, Role, SchoolScope
from dashboard.portal import Portal
from tests.acts import NOW, by
from tests.people import AGENT, BOARD

TODAY = local_day(NOW)


@pytest.fixture(autouse=True)
def _known_people(school_portal: Portal) -> None:
    with transaction(school_portal.engine) as session:
        schools = session.exec(select(School.brin)).all()
        for person in ("p-3", *(f"p-{brin}" for brin in schools)):
            session.add(Person(id=person, issuer="i", subject=person, name="P", created_at=NOW))


def of(portal: Portal, actor: Actor = BOARD, now: datetime = NOW) -> Matrix:
    with reading(portal.engine) as session:
        return matrix(by(session, actor, now, portal.settings, files=portal.files))


def at(found: Matrix, school: str, product: str) -> Cell | None:
    row = next(row for row in found.rows if row.key == school)
    return row.cells[found.products.index(product)]


def take(portal: Portal, actor: Actor, brin: str, product: str) -> None:
    """All that applies to this school of this product."""
    with transaction(portal.engine) as session:
        act = by(session, actor, NOW, portal.settings, files=portal.files)
        page = queries.annexes(act, day=TODAY, language=Language.NL, key=brin if actor is BOARD else "")
        (row,) = (each for each in page.products if each.name == product)
        for annex in row.annexes:
            if annex.in_force:
                take_document(act, annex.in_force.id)


def own(brin: str) -> Actor:
    return Actor(Role.SCHOOL, id=f"p-{brin}", name="P", scope=SchoolScope(brin=brin))


def test_each_cell_agrees_with_the_page_of_that_school(school_portal: Portal) -> None:
    found = of(school_portal)
    with reading(school_portal.engine) as session:
        members = session.exec(
            select(School.brin).join(BoardSchool).where(BoardSchool.board_number == "90101", BoardSchool.valid_from <= TODAY)
        ).all()
        assert {row.key for row in found.rows} <= set(members)
        for row in found.rows:
            page = queries.annexes(
                by(session, BOARD, NOW, school_portal.settings, files=school_portal.files),
                day=TODAY,
                language=Language.NL,
                key=row.key,
            )
            theirs = {each.name: each.annexes for each in page.products}
            for name, cell in zip(found.products, row.cells, strict=True):
                annexes = theirs.get(name)
                assert (cell is not None and bool(cell.documents or cell.missing)) == bool(annexes)
                if cell and annexes:
                    assert cell.documents == sum(each.in_force is not None for each in annexes)
                    assert cell.missing == sum(each.document_id is None for each in annexes)


def test_what_a_school_or_its_board_took_is_had_and_an_older_version_alone_is_not(school_portal: Portal) -> None:
    first = of(school_portal)
    school, product = next(
        (row.key, name)
        for row in first.rows
        for name, cell in zip(first.products, row.cells, strict=True)
        if cell and cell.documents
    )
    before = at(first, school, product)
    assert before
    assert before.having is Having.NEVER
    take(school_portal, own(school), school, product)
    cell = at(of(school_portal), school, product)
    assert cell
    assert (cell.having, cell.by_board) == (Having.CURRENT, False)
    # Another school of the board took nothing: what this one took isn't theirs.
    others = [row.key for row in first.rows if row.key != school]
    for other in others:
        assert (theirs := at(of(school_portal), other, product)) is None or theirs.having is not Having.CURRENT


def test_when_a_newer_version_comes_into_force_what_was_taken_is_older(school_portal: Portal) -> None:
    found = of(school_portal)
    name = next(each for each in found.products if each == "Klikkompas")
    school = next(row.key for row in found.rows if row.cells[found.products.index(name)])
    take(school_portal, own(school), school, name)
    with reading(school_portal.engine) as session:
        page = queries.annexes(
            by(session, BOARD, NOW, school_portal.settings, files=school_portal.files), day=TODAY, language=Language.NL
        )
    (coming,) = (annex.announced for each in page.products if each.name == name for annex in each.annexes if annex.announced)
    day_before, that_day = (datetime.combine(coming.valid_from - timedelta(days=days), time(12), UTC) for days in (1, 0))
    assert at(of(school_portal, now=day_before), school, name).having is Having.CURRENT  # type: ignore[union-attr]
    assert at(of(school_portal, now=that_day), school, name).having is Having.OLDER  # type: ignore[union-attr]


def test_what_the_board_took_for_all_is_had_by_each(school_portal: Portal) -> None:
    found = of(school_portal)
    name = next(name for number, name in enumerate(found.products) if sum(bool(row.cells[number]) for row in found.rows) > 1)
    with transaction(school_portal.engine) as session:
        act = by(session, BOARD, NOW, school_portal.settings, files=school_portal.files)
        page = queries.annexes(act, day=TODAY, language=Language.NL)
        for annex in next(each for each in page.products if each.name == name).annexes:
            if annex.in_force:
                take_document(act, annex.in_force.id)
    cells = [cell for row in of(school_portal).rows if (cell := row.cells[found.products.index(name)]) and cell.documents]
    assert len(cells) > 1
    assert {(cell.having, cell.by_board) for cell in cells} == {(Having.CURRENT, True)}


def test_a_school_that_left_is_no_row_and_staff_have_no_table(school_portal: Portal) -> None:
    before = [row.key for row in of(school_portal).rows]
    with transaction(school_portal.engine) as session:
        for membership in session.exec(select(BoardSchool).where(BoardSchool.brin == before[0])):
            membership.valid_to = TODAY - timedelta(days=1)
    assert before[0] not in {row.key for row in of(school_portal).rows}
    with pytest.raises(NotAllowedError):
        of(school_portal, AGENT)
