"""DUO's lists as they are published, opened and saved: the same schools from every shape. The rows are made up."""

import io
import zipfile
from collections.abc import Sequence
from datetime import date, datetime, timedelta

import pytest
from openpyxl import Workbook
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from dashboard.accounts import ending
from dashboard.accounts.finding import find_places
from dashboard.accounts.model import Board, BoardSchool, Location, RegisterChange, School
from dashboard.accounts.terms import Sector
from dashboard.act import Seen
from dashboard.annexes import licensing
from dashboard.annexes.changes import changes
from dashboard.annexes.holdings import holdings
from dashboard.annexes.licensing import licensed_sectors
from dashboard.annexes.model import Licence, Product
from dashboard.clock import local_midnight
from dashboard.data_requests.school import at_school
from dashboard.db import reading, transaction
from dashboard.errors import InvalidInputError, NotAllowedError, StaleError
from dashboard.files import FileStore
from dashboard.imports import service
from dashboard.imports.faults import Fault
from dashboard.imports.headings import meaning
from dashboard.imports.plan import Options
from dashboard.imports.reading import read
from dashboard.imports.terms import ImportKind
from dashboard.notices import subscriptions
from dashboard.permissions import VISITOR, Actor, Role, SchoolScope
from tests.acts import NOW, by
from tests.imports.test_imports import TODAY, faults, looked, options, taken
from tests.people import ADMINISTRATOR, AUDITOR, EDITOR

TODAYS = ("PROVINCIE", "BEVOEGD GEZAG NUMMER", "INSTELLINGSCODE", "VESTIGINGSCODE", "VESTIGINGSNAAM", "STRAATNAAM", "DENOMINATIE")
OF_2021 = ("PROVINCIE", "BEVOEGD GEZAG NUMMER", "BRIN NUMMER", "VESTIGINGSNUMMER", "VESTIGINGSNAAM", "STRAATNAAM", "DENOMINATIE")
ROWS = (
    ("Drenthe", "70011", "70BA", "70BA00", "De Zandhaas ’t Veld", "Weg", "Openbaar"),
    ("Drenthe", "70011", "70BA", "70BA01", "De Zandhaas, dépendance", "Dijk", "Openbaar"),
    ("Zeeland", "07012", "70BB", "70BB00", "Schelpenpad", "Pad", "Rooms-Katholiek"),
)
WANTED = {("70BA00", "De Zandhaas ’t Veld"), ("70BA01", "De Zandhaas, dépendance"), ("70BB00", "Schelpenpad")}


def written(headings: Sequence[str], rows: Sequence[Sequence[str]], delimiter: str = ";", *, quoted: bool = False) -> str:
    told = [[f'"{cell}"' if quoted else cell for cell in row] for row in (headings, *rows)]
    return "".join(delimiter.join(row) + "\r\n" for row in told)


def workbook(headings: Sequence[str], rows: Sequence[Sequence[object]]) -> bytes:
    book, out = Workbook(), io.BytesIO()
    for row in (headings, *rows):
        book.active.append(list(row))  # type: ignore[union-attr]
    book.save(out)
    return out.getvalue()


def digits(rows: Sequence[Sequence[str]], *, after_excel: bool = False) -> list[tuple[str, ...]]:
    """The location as the two digits behind the school's code; Excel makes 0 of 00."""
    cut = [(*row[:3], row[3][4:], *row[4:]) for row in rows]
    return [(*row[:3], row[3].lstrip("0") or "0", *row[4:]) for row in cut] if after_excel else cut


def spoiled(row: Sequence[str]) -> tuple[str, ...]:
    """What isn't used holds anything: line ends, tabs, spaces that don't break, a vertical tab."""
    return ('"Dren\nthe"', *row[1:5], "Weg\t 1\u00a0a\x0b", row[6])


SHAPES = {
    "today, cp1252": written(TODAYS, ROWS).encode("cp1252"),
    "today, with two empty headings at the end": written((*TODAYS, "", ""), [(*row, "", "") for row in ROWS]).encode("cp1252"),
    "the open data portal: commas, quotes, a mark": written(TODAYS, ROWS, ",", quoted=True).encode("utf-8-sig"),
    "2021": written(OF_2021, ROWS).encode("cp1252"),
    "2021, locations as two digits": written(OF_2021, digits(ROWS)).encode("cp1252"),
    "2021, after Excel": written(OF_2021, digits(ROWS, after_excel=True)).encode("cp1252"),
    "underscores": written([name.replace(" ", "_") for name in OF_2021], ROWS).encode("cp1252"),
    "Excel is told what parts the cells": ("sep=;\r\n" + written(TODAYS, ROWS)).encode("cp1252"),
    "a heading twice that isn't used": written(
        (*TODAYS, "PLAATSNAAM", "PLAATSNAAM"), [(*row, "A", "B") for row in ROWS]
    ).encode(),
    "UTF-16": written(TODAYS, ROWS, "\t").encode("utf-16"),
    "anything in what isn't used": written(TODAYS, [spoiled(row) for row in ROWS]).encode(),
    "Excel": workbook(TODAYS, ROWS),
    "Excel, with numbers for digits": workbook(OF_2021, [(*row[:3], int(row[3][4:]), *row[4:]) for row in ROWS]),
    "spaces that don't break in the headings": written([name.replace(" ", "\u00a0") for name in TODAYS], ROWS).encode("cp1252"),
    "lower case": written([name.lower() for name in TODAYS], ROWS).encode("cp1252"),
}


def places(session: Session) -> set[tuple[str, str]]:
    return {(row.code, row.name) for row in session.exec(select(Location))}


@pytest.mark.parametrize("content", SHAPES.values(), ids=SHAPES)
def test_the_same_schools_come_from_every_shape(sqlite: Engine, files: FileStore, content: bytes) -> None:
    report = taken(sqlite, files, ImportKind.SCHOOLS, content, chosen=options(date(2026, 1, 1), Sector.PO))
    assert faults(report) == []
    with reading(sqlite) as session:
        assert places(session) == WANTED
        assert {row.brin: row.board_number for row in session.exec(select(BoardSchool))} == {"70BA": "70011", "70BB": "07012"}
        assert {row.name for row in session.exec(select(School))} == {"De Zandhaas ’t Veld", "Schelpenpad"}


def towns(engine: Engine) -> dict[str, str]:
    with reading(engine) as session:
        return {row.code: row.town for row in session.exec(select(Location))}


def with_towns(*names: str) -> bytes:
    return written((*TODAYS, "PLAATSNAAM"), [(*row, name) for row, name in zip(ROWS, names, strict=True)]).encode()


def test_the_town_of_a_location_comes_along_and_is_never_a_reason_to_refuse_it(sqlite: Engine, files: FileStore) -> None:
    chosen = options(date(2026, 1, 1), Sector.PO)
    taken(sqlite, files, ImportKind.SCHOOLS, written(TODAYS, ROWS).encode(), chosen=chosen)
    assert set(towns(sqlite).values()) == {""}
    report = taken(
        sqlite, files, ImportKind.SCHOOLS, with_towns("CAPELLE AAN DEN IJSSEL", "A\x0bB", "'S-ZANDHOUT"), chosen=chosen
    )
    assert faults(report) == []
    there = {"70BA00": "Capelle aan den IJssel", "70BA01": "", "70BB00": "'s-Zandhout"}
    assert towns(sqlite) == there
    # The first towns are no history: there was nothing before.
    with reading(sqlite) as session:
        assert session.exec(select(RegisterChange).where(RegisterChange.what == "town")).all() == []
        assert {each.code for each in find_places(by(session, VISITOR), "capelle").places} == {"70BA00"}
    # A file without towns, or with two columns of that name, takes none away; another one is told.
    taken(sqlite, files, ImportKind.SCHOOLS, written(TODAYS, ROWS).encode(), chosen=chosen)
    twice = written((*TODAYS, "PLAATSNAAM", "PLAATSNAAM"), [(*row, "A", "B") for row in ROWS]).encode()
    taken(sqlite, files, ImportKind.SCHOOLS, twice, chosen=chosen)
    assert towns(sqlite) == there
    taken(sqlite, files, ImportKind.SCHOOLS, with_towns("NIEUWERKERK", "", "'S-ZANDHOUT"), chosen=chosen)
    with reading(sqlite) as session:
        (told,) = session.exec(select(RegisterChange).where(RegisterChange.what == "town")).all()
        assert (told.key, told.before, told.after) == ("70BA00", "Capelle aan den IJssel", "Nieuwerkerk")
        assert {each.code for each in find_places(by(session, VISITOR), "nieuwerkerk").places} == {"70BA00"}
        assert find_places(by(session, VISITOR), "capelle").places == ()


CODES = [row[3] for row in ROWS]
SAYING = {
    "special": (("SOORT PRIMAIR ONDERWIJS",), ["SBO", "SO/VSO", "VSO"], [Sector.PO, Sector.VSO, Sector.VSO]),
    "registers of pupils": (("SOORT_PO",), ["Bo", "Sbo", "So"], [Sector.PO, Sector.PO, Sector.VSO]),
    "secondary": (("ONDERWIJSSTRUCTUUR",), ["HAVO/VWO", "VMBO", ""], [Sector.VO] * 3),
}


@pytest.mark.parametrize(("heading", "kinds", "sectors"), SAYING.values(), ids=SAYING)
def test_a_list_says_itself_of_which_sector_it_is(
    sqlite: Engine, files: FileStore, heading: tuple[str], kinds: list[str], sectors: list[Sector]
) -> None:
    """The kind of school in its own column goes before what somebody chose."""
    rows = [(*row, kind) for row, kind in zip(ROWS, kinds, strict=True)]
    content = written((*TODAYS, *heading), rows).encode()
    assert faults(taken(sqlite, files, ImportKind.SCHOOLS, content, chosen=options(sector=Sector.MBO))) == []
    with reading(sqlite) as session:
        found = {row.code: row.sector for row in session.exec(select(Location))}
    assert found == dict(zip(CODES, sectors, strict=True))


def test_a_school_that_is_two_kinds_in_one_row_isnt_guessed(sqlite: Engine, files: FileStore) -> None:
    content = written(("SOORT PRIMAIR ONDERWIJS", *TODAYS), [("SBO/SO", *ROWS[0])]).encode()
    assert faults(looked(sqlite, files, ImportKind.SCHOOLS, content)) == [{Fault.SECTOR_UNKNOWN}]


def test_a_list_of_no_sector_with_none_chosen_is_refused_in_one_sentence(sqlite: Engine, files: FileStore) -> None:
    with pytest.raises(InvalidInputError) as refused:
        looked(sqlite, files, ImportKind.SCHOOLS, SHAPES["2021"])
    assert refused.value.problems == {"sector": "invalid.import_sector"}


def test_institutions_of_mbo_and_main_schools_have_no_locations(sqlite: Engine, files: FileStore) -> None:
    headings = (
        "MBO INSTELLINGSSOORT - CODE",
        "MBO INSTELLINGSSOORT - NAAM",
        "BEVOEGD GEZAG NUMMER",
        "INSTELLINGSCODE",
        "INSTELLINGSNAAM",
    )
    content = written(headings, [("ROC", "Regionaal opleidingencentrum", "70013", "70BC", "ROC Het Wad")]).encode("cp1252")
    assert faults(taken(sqlite, files, ImportKind.SCHOOLS, content)) == []
    assert taken(sqlite, files, ImportKind.SCHOOLS, content).changes_nothing
    with reading(sqlite) as session:
        (school,) = session.exec(select(School)).all()
        assert (school.brin, school.name, school.sector) == ("70BC", "ROC Het Wad", Sector.MBO)
        assert session.exec(select(BoardSchool.board_number)).one() == "70013"
        assert places(session) == set()
    main = ("BEVOEGD GEZAG NUMMER", "INSTELLINGSCODE", "INSTELLINGSNAAM")
    twice = written(main, [("70014", "70BD", "A"), ("70014", "70BD", "A")]).encode()
    assert faults(looked(sqlite, files, ImportKind.SCHOOLS, twice, options(sector=Sector.VO))) == [{Fault.TWICE}]


def test_one_school_in_two_sectors_has_the_annexes_of_each_where_it_has_it(sqlite: Engine, files: FileStore) -> None:
    """A secondary location and one of vocational education: from two lists, in either order."""
    vo = written(TODAYS, [("Drenthe", "70011", "70BA", "70BA00", "Het Plein", "Weg", "Openbaar")]).encode()
    mbo = written(TODAYS, [("Drenthe", "70011", "70BA", "70BA20", "Het Plein, mbo", "Weg", "Openbaar")]).encode()
    for content, sector in ((vo, Sector.VO), (mbo, Sector.MBO), (vo, Sector.VO)):
        assert faults(taken(sqlite, files, ImportKind.SCHOOLS, content, chosen=options(date(2026, 1, 1), sector))) == []
    with transaction(sqlite) as session:
        session.add(Product(slug="digit", name="D"))
        session.flush()
        session.add(Licence(product_slug="digit", board_number="70011", valid_from=date(2026, 1, 1)))
    both = {Sector.VO, Sector.MBO}
    scopes = [
        (SchoolScope(board="70011"), both | {None}),
        (SchoolScope(brin="70BA"), both),
        (SchoolScope(brin="70BA", location="70BA00"), {Sector.VO}),
        (SchoolScope(brin="70BA", location="70BA20"), {Sector.MBO}),
    ]
    with reading(sqlite) as session:
        for scope, sectors in scopes:
            act = by(session, Actor(Role.SCHOOL, id="p", name="P", scope=scope), TODAY)
            assert {grant.sector for grant in holdings(act).of("digit")} == sectors, scope
        board = by(session, Actor(Role.SCHOOL, id="p", name="P", scope=SchoolScope(board="70011")), TODAY)
        assert {grant.sector for grant in holdings(board, "70BA20").of("digit")} == {Sector.MBO}
        assert {grant.sector for grant in holdings(board, "70BA").of("digit")} == both
        assert licensed_sectors(by(session, Actor(Role.SCHOOL, id="p", name="P")), TODAY) == {"digit": both}


def test_the_list_of_boards_names_those_that_locations_left_without(sqlite: Engine, files: FileStore) -> None:
    taken(sqlite, files, ImportKind.SCHOOLS, SHAPES["today, cp1252"], chosen=options(sector=Sector.PO))
    with reading(sqlite) as session:
        assert {row.number: row.name for row in session.exec(select(Board))} == {"70011": "70011", "07012": "07012"}
    headings = ("BEVOEGD GEZAG NUMMER", "BEVOEGD GEZAG NAAM", "PLAATSNAAM", "KVK-NUMMER")
    rows = [
        ("70011", "Stichting Het Zand", "ASSEN", "1234567"),
        ("07012", "Vereniging Schelp", "GOES", "90000002"),
        ("70019", "Nog een", "X", "1"),
    ]
    listed = written(headings, rows, ",", quoted=True).encode("utf-8-sig")
    counts = taken(sqlite, files, ImportKind.BOARDS, listed).counts
    assert (counts["added"], counts["changed"], counts["wrong"]) == (1, 2, 0)
    with reading(sqlite) as session:
        names = {row.number: row.name for row in session.exec(select(Board))}
    assert names == {"70011": "Stichting Het Zand", "07012": "Vereniging Schelp", "70019": "Nog een"}
    # The next month's file of locations has no names, and takes none away.
    assert taken(sqlite, files, ImportKind.SCHOOLS, SHAPES["today, cp1252"], chosen=options(sector=Sector.PO)).changes_nothing
    wrong = written(headings, [rows[0], rows[0], ("7001", "x", "", ""), ("70012", "", "", "")]).encode()
    found = faults(looked(sqlite, files, ImportKind.BOARDS, wrong))
    assert found == [{Fault.TWICE}, {Fault.BOARD_FORM}, {Fault.NAME_EMPTY}]


def test_what_a_month_leaves_out_and_what_looks_like_a_merger_is_pointed_out_and_stays(sqlite: Engine, files: FileStore) -> None:
    first = options(date(2026, 1, 1), Sector.PO)
    taken(sqlite, files, ImportKind.SCHOOLS, SHAPES["today, cp1252"], chosen=first)
    other = written(TODAYS, [("Drenthe", "70015", "70BE", "70BE00", "Een lyceum", "Weg", "")]).encode()
    taken(sqlite, files, ImportKind.SCHOOLS, other, chosen=options(date(2026, 1, 1), Sector.VO))
    moved = [(row[0], "70016", *row[2:]) for row in ROWS[:2]]
    report = looked(sqlite, files, ImportKind.SCHOOLS, written(TODAYS, moved).encode(), options(TODAY, Sector.PO))
    # The lyceum is of another sector than this list.
    assert report.plan.missing == (("70BB", "Schelpenpad"),)
    with reading(sqlite) as session:
        result = service.result(by(session, AUDITOR, NOW, files=files), report.run_id).content.decode("utf-8-sig")
    assert "Niet in dit bestand" in result.splitlines()[-1]
    assert result.splitlines()[-1].endswith("70BB;Schelpenpad")
    assert report.plan.implied_mergers == (("70011", "70016"),)
    with reading(sqlite) as session:
        assert {row.brin for row in session.exec(select(BoardSchool).where(col(BoardSchool.valid_to).is_(None)))} == {
            "70BA",
            "70BB",
            "70BE",
        }


def test_a_refused_row_names_nothing(sqlite: Engine, files: FileStore) -> None:
    """The main location is refused for its board; its name, and what it says of the board, is nobody's."""
    rows = [
        ("Drenthe", "70011", "70BA", "70BA01", "De Zandhaas, dependance", "Weg", "Openbaar"),
        ("Drenthe", "70017", "70BA", "70BA00", "Naam van een geweigerde rij", "Weg", "Rooms-Katholiek"),
    ]
    report = taken(
        sqlite, files, ImportKind.SCHOOLS, written(TODAYS, rows).encode(), skip_wrong=True, chosen=options(sector=Sector.PO)
    )
    assert faults(report) == [{Fault.TWO_BOARDS}]
    with reading(sqlite) as session:
        assert session.exec(select(School.name)).one() == "De Zandhaas, dependance"
        assert {row.number for row in session.exec(select(Board))} == {"70011"}


@pytest.mark.parametrize(
    "written_day",
    ["20260801", "2026-08-01", "2026-08-01 00:00:00", "2026-08-01T00:00:00", "1-8-2026", "01/08/2026", "1-8-2026 0:00"],
)  # fmt: skip
def test_a_day_is_read_as_databases_and_spreadsheets_write_it(sqlite: Engine, files: FileStore, written_day: str) -> None:
    rows = [(*row, written_day) for row in ROWS]
    report = taken(
        sqlite, files, ImportKind.SCHOOLS, written((*TODAYS, "INGANGSDATUM"), rows).encode(), chosen=options(sector=Sector.PO)
    )
    assert faults(report) == []
    with reading(sqlite) as session:
        assert set(session.exec(select(BoardSchool.valid_from)).all()) == {date(2026, 8, 1)}


@pytest.mark.parametrize("wrong", ["2026-08-01 09:30:00", "202608", "2026-13-01", "1-8-26", "20261301"])
def test_a_day_that_could_be_read_in_two_ways_is_refused(sqlite: Engine, files: FileStore, wrong: str) -> None:
    content = written((*TODAYS, "INGANGSDATUM"), [(*ROWS[0], wrong)]).encode()
    assert faults(looked(sqlite, files, ImportKind.SCHOOLS, content, options(sector=Sector.PO))) == [{Fault.DAY_FORM}]


def test_a_day_of_excel_is_a_day(sqlite: Engine, files: FileStore) -> None:
    content = workbook((*TODAYS, "INGANGSDATUM"), [(*ROWS[0], datetime(2026, 8, 1)), (*ROWS[2], date(2026, 9, 1))])  # noqa: DTZ001
    taken(sqlite, files, ImportKind.SCHOOLS, content, chosen=options(sector=Sector.PO))
    with reading(sqlite) as session:
        assert set(session.exec(select(BoardSchool.valid_from)).all()) == {date(2026, 8, 1), date(2026, 9, 1)}


@pytest.mark.parametrize("content", [b"PK\x03\x04 and then nothing", workbook(TODAYS, ROWS)[:2000]])
def test_a_broken_workbook_is_refused_in_words(content: bytes) -> None:
    with pytest.raises(InvalidInputError) as refused:
        read(ImportKind.SCHOOLS, "x.xlsx", content)
    assert refused.value.problems == {"file": "invalid.import_not_excel"}


def test_a_heading_that_is_used_may_stand_there_once() -> None:
    twice = written((*TODAYS, "INSTELLINGSCODE"), [(*row, row[2]) for row in ROWS]).encode()
    with pytest.raises(InvalidInputError) as refused:
        read(ImportKind.SCHOOLS, "x.csv", twice)
    assert refused.value.problems == {"file": "invalid.import_columns_schools"}
    # Its own name goes before an older one.
    both = read(ImportKind.SCHOOLS, "x.csv", written((*TODAYS, "BRIN NUMMER"), [(*row, "XX") for row in ROWS]).encode())
    assert {line.cells["INSTELLINGSCODE"] for line in both.lines} == {"70BA", "70BB"}
    assert (meaning(" Brin_nummer"), meaning("Postcode")) == ("INSTELLINGSCODE", "POSTCODE")


def test_the_first_rows_are_shown_as_they_were_read() -> None:
    sheet = read(ImportKind.SCHOOLS, "x.csv", SHAPES["2021"])
    assert [row["VESTIGINGSNAAM"] for row in sheet.first] == [row[4] for row in ROWS]
    assert Options(TODAY, TODAY).sector is None


def test_a_school_that_closed_is_ended_on_a_day_by_an_administrator_and_its_neighbours_hear_it(
    sqlite: Engine, files: FileStore
) -> None:
    taken(sqlite, files, ImportKind.SCHOOLS, SHAPES["today, cp1252"], chosen=options(date(2026, 1, 1), Sector.PO))
    with transaction(sqlite) as session:
        session.add(Product(slug="digit", name="D"))
        session.flush()
        session.add(Licence(product_slug="digit", board_number="07012", valid_from=date(2026, 1, 1)))
        member = session.exec(select(BoardSchool).where(BoardSchool.brin == "70BB")).one()
    day, seen = TODAY + timedelta(days=3), Seen(member.id)
    for wrong in (None, date(2026, 1, 1), date(2025, 1, 1)):
        with pytest.raises(InvalidInputError), transaction(sqlite) as session:
            ending.end_school(by(session, ADMINISTRATOR), seen, wrong)
    with pytest.raises(NotAllowedError), transaction(sqlite) as session:
        ending.end_school(by(session, EDITOR), seen, day)
    with transaction(sqlite) as session:
        ending.end_school(by(session, ADMINISTRATOR), seen, day)
    with pytest.raises(StaleError), transaction(sqlite) as session:
        ending.end_school(by(session, ADMINISTRATOR), seen, day)
    school = Actor(Role.SCHOOL, id="p", name="P", scope=SchoolScope(brin="70BB"))
    with reading(sqlite) as session:
        for moment, held in ((day - timedelta(days=1), {"digit"}), (day, set())):
            assert holdings(by(session, school, moment)).products_on(moment) == held
        assert [row.news.value for row in changes(by(session, school, day), since=NOW, until=local_midnight(day))] == [
            "product_removed"
        ]
        # It is no longer missed in next month's file.
        act = by(session, ADMINISTRATOR)
        assert (at_school.open_at(act, "70BB"), subscriptions.how_many(act, "70BB"), licensing.people_of(act, ["70BB"])) == (
            0,
            0,
            0,
        )
    without = written(TODAYS, ROWS[:2]).encode()
    assert looked(sqlite, files, ImportKind.SCHOOLS, without, options(sector=Sector.PO)).plan.missing == ()


def test_a_workbook_that_lies_about_its_size_is_read_whole_or_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """What it says of itself may be old; a row number of two thousand million is refused after so many rows."""
    many = workbook(TODAYS, [ROWS[0]] * 30)

    def changed(old: bytes, new: bytes) -> bytes:
        out = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(many)) as before, zipfile.ZipFile(out, "w") as after:
            for name in before.namelist():
                after.writestr(name, before.read(name).replace(old, new))
        return out.getvalue()

    assert len(read(ImportKind.SCHOOLS, "x.xlsx", changed(b"A1:G31", b"A1:G3")).lines) == 30
    monkeypatch.setattr("dashboard.imports.workbook.MOST_ROWS", 1000)
    with pytest.raises(InvalidInputError) as refused:
        read(ImportKind.SCHOOLS, "x.xlsx", changed(b'<row r="31"', b'<row r="2000000000"'))
    assert refused.value.problems == {"file": "invalid.import_not_excel"}
