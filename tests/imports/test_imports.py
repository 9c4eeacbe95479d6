import csv
import io
import random
from collections import Counter
from datetime import date, timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, func, select

from benchmarks import import_rows
from benchmarks.import_rows import LICENCES, SCHOOLS, as_csv
from dashboard.accounts.model import Board, BoardSchool, CouncilMembership, Location, School
from dashboard.accounts.terms import Council, Governance, Sector
from dashboard.annexes import licensing
from dashboard.annexes.model import BoardAgreement, Document, DocumentVersion, Licence, Product
from dashboard.annexes.terms import DvoStatus, VersionState
from dashboard.audit import AuditRow
from dashboard.clock import local_day
from dashboard.db import reading, transaction
from dashboard.errors import InvalidInputError, NotAllowedError, NotFoundError, StaleError
from dashboard.files import FileStore
from dashboard.i18n import Language, texts
from dashboard.imports import service
from dashboard.imports.faults import Fault
from dashboard.imports.model import ImportRun
from dashboard.imports.plan import Effect, Options
from dashboard.imports.reading import read
from dashboard.imports.service import Report
from dashboard.imports.terms import ImportKind
from dashboard.permissions import VISITOR, Actor
from tests.acts import NOW, by
from tests.people import ADMINISTRATOR, AGENT, AUDITOR, EDITOR, LYCEUM, OFFICER

TODAY = local_day(NOW)
PRODUCTS = ("digit", "muisstap", "klikkompas", "typeladder", "toetsvuur")


@pytest.fixture
def catalogue(engine: Engine) -> Engine:
    """Products to license, and the models of the agreement."""
    with transaction(engine) as session:
        session.add_all(Product(slug=slug, name=slug.title()) for slug in PRODUCTS)
        session.flush()
        session.add(Document(id="agreement", product_slug=None, kind="processing_agreement"))
        session.flush()
        for model in ("3.0", "4.0"):
            session.add(
                DocumentVersion(
                    id=model, document_id="agreement", version=model, model_version=model, state=VersionState.APPROVED,
                    valid_from=date(2018, 1, 1), sha256="0" * 64, size=1,
                )
            )  # fmt: skip
    return engine


def options(effective_on: date = TODAY, sector: Sector | None = None) -> Options:
    return Options(effective_on, TODAY, sector)


def prepared(
    engine: Engine, kind: ImportKind, content: bytes, chosen: Options | None = None, actor: Actor = ADMINISTRATOR
) -> service.Prepared:
    with reading(engine) as session:
        return service.prepare(
            by(session, actor), kind, read(kind, "file.csv", content), chosen or options(), texts=texts(Language.NL)
        )


def taken(
    engine: Engine,
    files: FileStore,
    kind: ImportKind,
    content: bytes,
    *,
    skip_wrong: bool = False,
    chosen: Options | None = None,
) -> Report:
    made = prepared(engine, kind, content, chosen)
    with transaction(engine) as session:
        return service.take(by(session, ADMINISTRATOR, NOW, files=files), made.seen, made, skip_wrong=skip_wrong)


def looked(
    engine: Engine,
    files: FileStore,
    kind: ImportKind,
    content: bytes,
    chosen: Options | None = None,
    actor: Actor = ADMINISTRATOR,
) -> Report:
    made = prepared(engine, kind, content, chosen, actor)
    with transaction(engine) as session:
        return service.look(by(session, actor, NOW, files=files), made)


def faults(report: Report) -> list[set[Fault]]:
    return [{fault for fault, _ in each.faults} for each in report.plan.rows if each.verb is Effect.WRONG]


def sizes(session: Session) -> dict[str, int]:
    tables = (Board, School, BoardSchool, Location, Licence, BoardAgreement, CouncilMembership)
    return {table.__name__: session.exec(select(func.count()).select_from(table)).one() for table in tables}


def state(engine: Engine) -> dict[str, list[tuple[object, ...]]]:
    """Everything that imports may change."""
    with reading(engine) as session:
        return {
            table.__name__: sorted((tuple(row.model_dump().values()) for row in session.exec(select(table))), key=str)  # type: ignore[type-var]
            for table in (Board, School, BoardSchool, Location, Licence)
        }


def school_row(**changes: str) -> tuple[str, ...]:
    good = {
        "BEVOEGD GEZAG NUMMER": "20001", "BEVOEGD GEZAG NAAM": "Stichting Nieuw", "INSTELLINGSCODE": "80AA",
        "INSTELLINGSNAAM": "Nieuwe School", "VESTIGINGSCODE": "80AA00", "VESTIGINGSNAAM": "Nieuwe School", "SECTOR": "PO",
    }  # fmt: skip
    return tuple({**good, **changes}[heading] for heading in SCHOOLS)


def licence_row(**changes: str) -> tuple[str, ...]:
    good = {
        "PRODUCT": "digit", "BEVOEGD GEZAG NUMMER": "", "INSTELLINGSCODE": "00AA", "VESTIGINGSCODE": "", "VAN": "2024-01-01",
        "TOT": "2024-07-31",
    }  # fmt: skip
    return tuple({**good, **changes}[heading] for heading in LICENCES)


# 25 bad rows of schools and 25 of licences, with the fault that each must be named by.
BAD_SCHOOLS: list[tuple[tuple[str, ...], Fault]] = [
    (school_row(**{"BEVOEGD GEZAG NUMMER": ""}), Fault.BOARD_EMPTY),
    (school_row(**{"BEVOEGD GEZAG NUMMER": "2001"}), Fault.BOARD_FORM),
    (school_row(**{"BEVOEGD GEZAG NUMMER": "२०००१"}), Fault.BOARD_FORM),
    (school_row(**{"BEVOEGD GEZAG NUMMER": "2000A"}), Fault.BOARD_FORM),
    (school_row(INSTELLINGSCODE=""), Fault.BRIN_EMPTY),
    (school_row(INSTELLINGSCODE="8AAA"), Fault.BRIN_FORM),
    (school_row(INSTELLINGSCODE="80AA0"), Fault.BRIN_FORM),
    (school_row(VESTIGINGSCODE=""), Fault.LOCATION_EMPTY),
    (school_row(VESTIGINGSCODE="80AA0"), Fault.LOCATION_FORM),
    (school_row(VESTIGINGSCODE="80AAXX"), Fault.LOCATION_FORM),
    (school_row(VESTIGINGSCODE="80AB00"), Fault.LOCATION_OF_ANOTHER),
    (school_row(VESTIGINGSCODE="81AA01"), Fault.LOCATION_OF_ANOTHER),
    (school_row(VESTIGINGSNAAM=""), Fault.NAME_EMPTY),
    (school_row(VESTIGINGSNAAM="x" * 201), Fault.NAME_LONG),
    (school_row(INSTELLINGSNAAM="x" * 201), Fault.NAME_LONG),
    (school_row(SECTOR=""), Fault.SECTOR_UNKNOWN),
    (school_row(SECTOR="HBO"), Fault.SECTOR_UNKNOWN),
    (school_row(VESTIGINGSNAAM="Nieuwe\x07School"), Fault.CONTROL_SIGNS),
    (school_row(VESTIGINGSNAAM="Nieuwe\u202eSchool"), Fault.CONTROL_SIGNS),
    ((*school_row(), "te veel"), Fault.CELLS),
    # The school of the first rows, at another board, in another sector, and twice.
    (school_row(INSTELLINGSCODE="00AA", VESTIGINGSCODE="00AA01"), Fault.TWO_BOARDS),
    (school_row(**{"BEVOEGD GEZAG NUMMER": "10000"}, INSTELLINGSCODE="00AA", VESTIGINGSCODE="00AA00"), Fault.TWICE),
    (school_row(**{"BEVOEGD GEZAG NUMMER": "10000"}, INSTELLINGSCODE="00AB", VESTIGINGSCODE="00AB00"), Fault.TWICE),
    (
        school_row(**{"BEVOEGD GEZAG NUMMER": "10000"}, INSTELLINGSCODE="00AB", VESTIGINGSCODE="00AB02", SECTOR="PO en VO"),
        Fault.SECTOR_UNKNOWN,
    ),
    (school_row(INSTELLINGSCODE="00AC", VESTIGINGSCODE="00AC02"), Fault.TWO_BOARDS),
]
BAD_LICENCES: list[tuple[tuple[str, ...], Fault]] = [
    (licence_row(PRODUCT=""), Fault.PRODUCT_EMPTY),
    (licence_row(PRODUCT="onbekend"), Fault.PRODUCT_UNKNOWN),
    (licence_row(PRODUCT="digit2"), Fault.PRODUCT_UNKNOWN),
    (licence_row(INSTELLINGSCODE=""), Fault.HOLDER_NONE),
    (licence_row(VESTIGINGSCODE="00AA00"), Fault.HOLDER_SEVERAL),
    (licence_row(**{"BEVOEGD GEZAG NUMMER": "10000"}), Fault.HOLDER_SEVERAL),
    (licence_row(INSTELLINGSCODE="A0AA"), Fault.BRIN_FORM),
    (licence_row(INSTELLINGSCODE="99ZZ"), Fault.BRIN_UNKNOWN),
    (licence_row(INSTELLINGSCODE="98ZZ"), Fault.BRIN_UNKNOWN),
    (licence_row(INSTELLINGSCODE="", VESTIGINGSCODE="99ZZ00"), Fault.LOCATION_UNKNOWN),
    (licence_row(INSTELLINGSCODE="", VESTIGINGSCODE="00AA"), Fault.LOCATION_FORM),
    (licence_row(INSTELLINGSCODE="", **{"BEVOEGD GEZAG NUMMER": "99999"}), Fault.BOARD_UNKNOWN),
    (licence_row(INSTELLINGSCODE="", **{"BEVOEGD GEZAG NUMMER": "1000"}), Fault.BOARD_FORM),
    (licence_row(VAN=""), Fault.DAY_EMPTY),
    (licence_row(VAN="2024-13-01"), Fault.DAY_FORM),
    (licence_row(VAN="31-02-2024"), Fault.DAY_FORM),
    (licence_row(VAN="1 maart 2024"), Fault.DAY_FORM),
    (licence_row(TOT="2024/07/31"), Fault.DAY_FORM),
    (licence_row(TOT="0001-01-01"), Fault.DAY_FORM),
    (licence_row(TOT="2023-12-31"), Fault.ENDS_BEFORE),
    # 00AA has digit from August 2025 already.
    (licence_row(VAN="2025-01-01", TOT="2025-08-01"), Fault.OVERLAPS),
    (licence_row(VAN="2026-01-01", TOT=""), Fault.OVERLAPS),
    (licence_row(VAN="2025-08-01", TOT=""), Fault.TWICE),
    (licence_row(VAN="2024\x0001-01"), Fault.CONTROL_SIGNS),
    ((*licence_row(), "te veel"), Fault.CELLS),
]


def test_ten_thousand_schools_and_a_hundred_thousand_licences_twice_with_fifty_bad_rows(
    catalogue: Engine, files: FileStore
) -> None:
    good = [*import_rows.schools(10_000)], [*import_rows.licences(100_000, PRODUCTS, 10_000)]
    both = (
        (ImportKind.SCHOOLS, as_csv(SCHOOLS, [*good[0], *(row for row, _ in BAD_SCHOOLS)]), BAD_SCHOOLS),
        (ImportKind.LICENCES, as_csv(LICENCES, [*good[1], *(row for row, _ in BAD_LICENCES)]), BAD_LICENCES),
    )
    assert len({fault for _, fault in (*BAD_SCHOOLS, *BAD_LICENCES)}) >= 20
    assert len(BAD_SCHOOLS) + len(BAD_LICENCES) == 50
    for kind, content, bad in both:
        with pytest.raises(InvalidInputError) as refused:
            taken(catalogue, files, kind, content)
        assert refused.value.problems == {"file": "invalid.import_rows"}
        report = taken(catalogue, files, kind, content, skip_wrong=True)
        assert (report.counts["wrong"], report.counts["changed"], report.counts["unchanged"]) == (25, 0, 0)
        named = faults(report)
        for (row, fault), found in zip(bad, named, strict=True):
            assert fault in found, (row, found)
    with reading(catalogue) as session:
        counted = sizes(session)
    # Nothing of a bad row: no board 20001, no school 80AA, no licence of 2024.
    assert counted == {
        "Board": 2_000, "School": 10_000, "BoardSchool": 10_000, "Location": 10_000, "Licence": 100_000, "BoardAgreement": 0,
        "CouncilMembership": 0,
    }  # fmt: skip
    before = state(catalogue)
    for kind, content, _ in both:
        again = taken(catalogue, files, kind, content, skip_wrong=True)
        assert again.changes_nothing
        assert again.counts["wrong"] == 25
    assert state(catalogue) == before


def test_a_dry_run_changes_nothing_and_says_what_would(catalogue: Engine, files: FileStore) -> None:
    content = as_csv(SCHOOLS, import_rows.schools(12))
    report = looked(catalogue, files, ImportKind.SCHOOLS, content)
    assert report.counts == {"added": 12, "changed": 0, "unchanged": 0, "wrong": 0}
    with reading(catalogue) as session:
        assert set(sizes(session).values()) == {0}
        assert [run.taken for run in session.exec(select(ImportRun))] == [False]
        assert session.exec(select(AuditRow.action)).all() == ["import.tried"]


def test_the_result_file_holds_every_row_with_what_is_wrong_and_can_be_offered_again(catalogue: Engine, files: FileStore) -> None:
    content = as_csv(SCHOOLS, [*import_rows.schools(3), BAD_SCHOOLS[12][0], school_row(VESTIGINGSNAAM="=1+1")])
    report = looked(catalogue, files, ImportKind.SCHOOLS, content)
    with reading(catalogue) as session:
        found = service.result(by(session, AUDITOR, NOW, files=files), report.run_id)
        with pytest.raises(NotFoundError):
            service.result(by(session, AUDITOR, NOW, files=files), "nope")
    rows = list(csv.DictReader(io.StringIO(found.content.decode("utf-8-sig")), delimiter=";"))
    assert [(row["Rij"], row["Resultaat"], row["Uitleg"]) for row in rows[2:4]] == [
        ("4", "Toegevoegd", "School: - → School 2"),
        ("5", "Fout", "VESTIGINGSNAAM: Vul een naam in."),
    ]
    assert rows[4]["VESTIGINGSNAAM"] == "'=1+1"
    again = looked(catalogue, files, ImportKind.SCHOOLS, found.content)
    assert again.counts["wrong"] == 1


def test_a_school_that_changed_its_board_moves_on_the_chosen_day_and_the_past_stays(catalogue: Engine, files: FileStore) -> None:
    taken(catalogue, files, ImportKind.SCHOOLS, as_csv(SCHOOLS, import_rows.schools(6)), chosen=options(date(2020, 8, 1)))
    moved = [("10001", "", *row[2:]) if row[2] == "00AA" else row for row in import_rows.schools(6)]
    report = taken(catalogue, files, ImportKind.SCHOOLS, as_csv(SCHOOLS, moved), chosen=options(date(2026, 8, 1)))
    assert report.counts == {"added": 0, "changed": 1, "unchanged": 5, "wrong": 0}
    with reading(catalogue) as session:
        rows = session.exec(select(BoardSchool).where(BoardSchool.brin == "00AA").order_by(col(BoardSchool.valid_from))).all()
    assert [(row.board_number, row.valid_from, row.valid_to) for row in rows] == [
        ("10000", date(2020, 8, 1), date(2026, 7, 31)),
        ("10001", date(2026, 8, 1), None),
    ]
    back = as_csv(SCHOOLS, import_rows.schools(6))
    assert faults(looked(catalogue, files, ImportKind.SCHOOLS, back, options(date(2026, 8, 1)))) == [{Fault.MOVES_TOO_EARLY}]


def test_an_empty_cell_takes_nothing_away_and_a_new_name_is_taken(catalogue: Engine, files: FileStore) -> None:
    taken(catalogue, files, ImportKind.SCHOOLS, as_csv(SCHOOLS, import_rows.schools(1)))
    renamed = as_csv(SCHOOLS, [("10000", "", "00aa ", "", "00aa00", "Andere naam", "po")])
    report = taken(catalogue, files, ImportKind.SCHOOLS, renamed)
    (outcome,) = report.plan.rows
    assert outcome.changes == (
        ("school", "School 0", "Andere naam"),
        ("location", "School 0, hoofdgebouw", "Andere naam"),
    )
    with reading(catalogue) as session:
        assert session.exec(select(Board.name)).one() == "Stichting Voorbeeld 10000"
        assert session.exec(select(School.name)).one() == session.exec(select(Location.name)).one() == "Andere naam"


def test_a_file_of_duo_that_holds_one_sector_takes_it_from_the_choice(catalogue: Engine, files: FileStore) -> None:
    duo = (
        "PROVINCIE,BEVOEGD GEZAG NUMMER,INSTELLINGSCODE,VESTIGINGSCODE,VESTIGINGSNAAM\n"
        'Utrecht,"12345",01AB,01AB00,"Basisschool ""De Bron"", Noord"\nUtrecht,12345,01AB,01AB01,De Bron Zuid\n'
    ).encode("cp1252")
    with pytest.raises(InvalidInputError, match="import_sector"):
        looked(catalogue, files, ImportKind.SCHOOLS, duo)
    report = taken(catalogue, files, ImportKind.SCHOOLS, duo, chosen=options(sector=Sector.PO))
    assert report.counts["added"] == 2
    with reading(catalogue) as session:
        assert session.exec(select(School.name, School.sector)).one() == ('Basisschool "De Bron", Noord', Sector.PO)
        assert session.exec(select(Board.name)).one() == "12345"


def test_a_licence_that_is_ended_makes_room_for_the_next_in_one_file(catalogue: Engine, files: FileStore) -> None:
    taken(catalogue, files, ImportKind.SCHOOLS, as_csv(SCHOOLS, import_rows.schools(1)))
    taken(catalogue, files, ImportKind.LICENCES, as_csv(LICENCES, [licence_row(TOT="")]))
    both = as_csv(LICENCES, [licence_row(VAN="2025-01-01", TOT=""), licence_row(TOT="2024-12-31")])
    report = taken(catalogue, files, ImportKind.LICENCES, both)
    assert (report.counts["added"], report.counts["changed"]) == (1, 1)
    with reading(catalogue) as session:
        rows = session.exec(select(Licence.valid_from, Licence.valid_to).order_by(col(Licence.valid_from))).all()
    assert rows == [(date(2024, 1, 1), date(2024, 12, 31)), (date(2025, 1, 1), None)]


def test_a_merger_moves_the_schools_on_its_day(catalogue: Engine, files: FileStore) -> None:
    taken(catalogue, files, ImportKind.SCHOOLS, as_csv(SCHOOLS, import_rows.schools(10)), chosen=options(date(2020, 8, 1)))
    headings = MERGERS
    bad = [
        ("10000", "10000", "1-8-2026"),
        ("10009", "10001", "1-8-2026"),
        ("10000", "10001", "1-8-2026"),
        ("10001", "10000", "1-8-2026"),
    ]
    wrong = looked(catalogue, files, ImportKind.MERGERS, as_csv(headings, bad))
    assert faults(wrong) == [{Fault.INTO_ITSELF}, {Fault.BOARD_UNKNOWN}, {Fault.INTO_A_CIRCLE}]
    good = as_csv(headings, [("10000", "10001", "1-8-2026")])
    assert taken(catalogue, files, ImportKind.MERGERS, good).counts["changed"] == 1
    assert taken(catalogue, files, ImportKind.MERGERS, good).changes_nothing
    with reading(catalogue) as session:
        found = Counter(session.exec(select(BoardSchool.board_number, BoardSchool.valid_from, BoardSchool.valid_to)).all())
        assert session.get_one(Board, "10000").merged_on == date(2026, 8, 1)
    assert found == {
        ("10000", date(2020, 8, 1), date(2026, 7, 31)): 5,
        ("10001", date(2020, 8, 1), None): 5,
        ("10001", date(2026, 8, 1), None): 5,
    }
    later = licence_row(INSTELLINGSCODE="", **{"BEVOEGD GEZAG NUMMER": "10000"}, VAN="2026-08-01", TOT="")
    before = licence_row(INSTELLINGSCODE="", **{"BEVOEGD GEZAG NUMMER": "10000"}, VAN="2026-07-31", TOT="")
    assert faults(looked(catalogue, files, ImportKind.LICENCES, as_csv(LICENCES, [later]))) == [{Fault.BOARD_MERGED}]
    assert faults(looked(catalogue, files, ImportKind.LICENCES, as_csv(LICENCES, [before]))) == []


def boards_by_day(engine: Engine, school: str, first: date, last: date) -> list[str]:
    """The board of a school on each day; exactly one, or the membership is broken."""
    with reading(engine) as session:
        rows = session.exec(select(BoardSchool).where(BoardSchool.brin == school)).all()
    found = []
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        (one,) = (row.board_number for row in rows if row.valid_from <= day and (row.valid_to is None or day <= row.valid_to))
        found.append(one)
    return found


def followed(start: str, merged: list[tuple[str, str, date]], first: date, last: date) -> list[str]:
    """The same from the mergers alone, a day at a time: an oracle apart from how they are written."""
    found = []
    for number in range((last - first).days + 1):
        day, board = first + timedelta(days=number), start
        while ahead := [new for old, new, on in merged if old == board and on <= day]:
            board = ahead[0]
        found.append(board)
    return found


MERGERS = ("BEVOEGD GEZAG NUMMER", "OPGEGAAN IN", "PER")


@pytest.mark.parametrize("files_given", [1, 2], ids=["one file", "two files"])
@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=["first the first", "first the second"])
@pytest.mark.parametrize("days", [(1, 15), (15, 1), (8, 8)], ids=["in turn", "the other way", "on one day"])
def test_mergers_in_a_chain_strand_nobody(
    catalogue: Engine, files: FileStore, files_given: int, order: tuple[int, int], days: tuple[int, int]
) -> None:
    taken(catalogue, files, ImportKind.SCHOOLS, as_csv(SCHOOLS, import_rows.schools(15)), chosen=options(date(2020, 8, 1)))
    both = [("10000", "10001", date(2026, 8, days[0])), ("10001", "10002", date(2026, 8, days[1]))]
    rows = [(old, new, day.isoformat()) for old, new, day in (both[number] for number in order)]
    for given in [rows] if files_given == 1 else [[row] for row in rows]:
        assert faults(taken(catalogue, files, ImportKind.MERGERS, as_csv(MERGERS, given))) == []
    window = date(2026, 7, 20), date(2026, 8, 31)
    for number, board in ((0, "10000"), (5, "10001"), (10, "10002")):
        school = import_rows.brin(number)
        assert boards_by_day(catalogue, school, *window) == followed(board, both, *window)
    assert taken(catalogue, files, ImportKind.MERGERS, as_csv(MERGERS, rows)).changes_nothing


@pytest.mark.parametrize("seed", range(6))
def test_any_tree_of_mergers_in_any_order_and_any_files_strands_nobody(catalogue: Engine, files: FileStore, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311  not for secrets
    taken(catalogue, files, ImportKind.SCHOOLS, as_csv(SCHOOLS, import_rows.schools(30)), chosen=options(date(2020, 8, 1)))
    boards = [import_rows.board(number) for number in range(0, 30, 5)]
    shuffled = chance.sample(boards, len(boards))
    merged = [
        (old, chance.choice(shuffled[place + 1 :]), date(2026, 8, chance.randint(1, 9)))
        for place, old in enumerate(shuffled[:-1])
        if chance.random() < 0.9
    ]
    rows = [(old, new, day.isoformat()) for old, new, day in chance.sample(merged, len(merged))]
    cut = chance.randint(0, len(rows))
    for given in filter(None, (rows[:cut], rows[cut:])):
        assert faults(taken(catalogue, files, ImportKind.MERGERS, as_csv(MERGERS, given))) == []
    window = date(2026, 7, 30), date(2026, 8, 12)
    for number, board in zip(range(0, 30, 5), boards, strict=True):
        assert boards_by_day(catalogue, import_rows.brin(number), *window) == followed(board, merged, *window)


def test_an_announced_merger_is_not_there_yet(catalogue: Engine, files: FileStore) -> None:
    """The list of before it changes nothing; a school that comes in between moves along; after it the old number is refused."""
    taken(catalogue, files, ImportKind.SCHOOLS, as_csv(SCHOOLS, import_rows.schools(10)), chosen=options(date(2020, 8, 1)))
    taken(catalogue, files, ImportKind.MERGERS, as_csv(MERGERS, [("10000", "10001", "1-8-2026")]))
    same = as_csv(SCHOOLS, import_rows.schools(10))
    assert taken(catalogue, files, ImportKind.SCHOOLS, same).changes_nothing
    more = school_row(**{"BEVOEGD GEZAG NUMMER": "10000", "INSTELLINGSCODE": "99ZZ", "VESTIGINGSCODE": "99ZZ00", "SECTOR": "PO"})
    assert taken(catalogue, files, ImportKind.SCHOOLS, as_csv(SCHOOLS, [more])).counts["added"] == 1
    around = date(2026, 7, 31), date(2026, 8, 1)
    assert boards_by_day(catalogue, "99ZZ", *around) == boards_by_day(catalogue, "00AA", *around) == ["10000", "10001"]
    late = looked(catalogue, files, ImportKind.SCHOOLS, same, options(date(2026, 8, 1)))
    assert faults(late) == [{Fault.BOARD_MERGED}] * 5


def test_councils_and_agreements_come_from_files_too(catalogue: Engine, files: FileStore) -> None:
    taken(catalogue, files, ImportKind.SCHOOLS, as_csv(SCHOOLS, import_rows.schools(5)))
    councils = as_csv(
        ("BEVOEGD GEZAG NUMMER", "SECTORRAAD", "VAN", "TOT"),
        [("10000", "PO-Raad", "2015-01-01", ""), ("10000", "HBO-raad", "2015-01-01", ""), ("10000", "po-raad", "2016-01-01", "")],
    )
    report = taken(catalogue, files, ImportKind.COUNCILS, councils, skip_wrong=True)
    assert faults(report) == [{Fault.COUNCIL_UNKNOWN}, {Fault.OVERLAPS}]
    headings = ("BEVOEGD GEZAG NUMMER", "MODEL", "GETEKEND OP", "DVO STATUS", "DVO DATUM", "CONVENANT GETEKEND OP")
    tomorrow = (TODAY + timedelta(days=1)).isoformat()
    rows = [
        ("10000", "3.0", "2019-05-01", "", "", ""),
        ("10000", "4.0", "", "In beoordeling", "2026-03-01", "2019-05-02"),
        ("10000", "9.9", "", "", "", ""),
        ("10000", "vier", "", "", "", ""),
        ("10000", "4.0", "", "Misschien", "", ""),
        ("10000", "4.0", tomorrow, "Ondertekend", "", ""),
        ("10000", "4.0", "", "Ondertekend", "", ""),
    ]
    report = taken(catalogue, files, ImportKind.AGREEMENTS, as_csv(headings, rows), skip_wrong=True)
    assert [sorted(each) for each in faults(report)] == [
        [Fault.MODEL_UNKNOWN],
        [Fault.MODEL_FORM],
        [Fault.DVO_UNKNOWN, Fault.TWICE],
        [Fault.DAY_EMPTY, Fault.DAY_FUTURE, Fault.TWICE],
        [Fault.DAY_EMPTY, Fault.TWICE],
    ]
    assert taken(catalogue, files, ImportKind.AGREEMENTS, as_csv(headings, rows), skip_wrong=True).changes_nothing
    signed = as_csv(headings, [("10000", "4.0", "2026-03-04", "Ondertekend", "2026-03-04", "")])
    assert taken(catalogue, files, ImportKind.AGREEMENTS, signed).counts["changed"] == 1
    with reading(catalogue) as session:
        found = {row.model_version: (row.signed_on, row.dvo_status) for row in session.exec(select(BoardAgreement))}
        board = session.get_one(Board, "10000")
        assert session.exec(select(CouncilMembership.council)).one() is Council.PO_RAAD
    assert found == {"3.0": (date(2019, 5, 1), DvoStatus.OUTSIDE), "4.0": (date(2026, 3, 4), DvoStatus.SIGNED)}
    assert (board.own_covenant, board.covenant_signed_on) == (True, date(2019, 5, 2))


def test_a_plan_that_became_another_meanwhile_is_not_carried_out(catalogue: Engine, files: FileStore) -> None:
    content = as_csv(SCHOOLS, import_rows.schools(2))
    shown = looked(catalogue, files, ImportKind.SCHOOLS, content)
    before = prepared(catalogue, ImportKind.SCHOOLS, content)
    taken(catalogue, files, ImportKind.SCHOOLS, as_csv(SCHOOLS, import_rows.schools(1)))
    after = prepared(catalogue, ImportKind.SCHOOLS, content)
    # Made before the other import; and made after it, but no longer what was shown.
    assert before.seen.id == shown.plan.fingerprint
    for made, seen in ((before, before.seen), (after, before.seen)):
        with pytest.raises(StaleError), transaction(catalogue) as session:
            service.take(by(session, ADMINISTRATOR, NOW, files=files), seen, made)
    with reading(catalogue) as session:
        assert sizes(session)["School"] == 1


def test_an_agreement_that_was_kept_by_hand_meanwhile_is_not_overwritten(catalogue: Engine, files: FileStore) -> None:
    taken(catalogue, files, ImportKind.SCHOOLS, as_csv(SCHOOLS, import_rows.schools(1)))
    made = prepared(catalogue, ImportKind.AGREEMENTS, as_csv(("BEVOEGD GEZAG NUMMER", "MODEL"), [("10000", "4.0")]))
    with transaction(catalogue) as session:
        licensing.set_agreement(
            by(session, ADMINISTRATOR, NOW), "10000", licensing.Agreed("4.0", DvoStatus.SIGNED, signed_on=TODAY, dvo_on=None)
        )
    with pytest.raises(StaleError), transaction(catalogue) as session:
        service.take(by(session, ADMINISTRATOR, NOW, files=files), made.seen, made)


@pytest.mark.parametrize("actor", [VISITOR, LYCEUM, AGENT, OFFICER, EDITOR, AUDITOR])
def test_only_an_administrator_imports(catalogue: Engine, files: FileStore, actor: Actor) -> None:
    with pytest.raises(NotAllowedError):
        looked(catalogue, files, ImportKind.SCHOOLS, as_csv(SCHOOLS, import_rows.schools(1)), actor=actor)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "import_empty"),
        (b"\r\n", "import_columns_schools"),
        (b"\x89PNG\r\n\x1a\n\0\0", "import_not_text"),
        (b"A;B\n1;2\n", "import_columns_schools"),
        (";".join(SCHOOLS).encode(), "import_empty"),
        ((";".join(SCHOOLS) + ";SECTOR\n1;2").encode(), "import_columns_schools"),
        ((";".join(SCHOOLS) + '\n"x').encode(), "import_not_csv"),
        (b"x" * (40 * 1024 * 1024 + 1), "import_large"),
    ],
)
def test_a_file_that_cant_be_read_is_said_to_be_so(content: bytes, problem: str) -> None:
    with pytest.raises(InvalidInputError) as refused:
        read(ImportKind.SCHOOLS, "f", content)
    assert refused.value.problems == {"file": f"invalid.{problem}"}


def test_a_board_of_public_schools_alone_is_an_administrative_body_and_what_staff_set_stands(
    engine: Engine, files: FileStore
) -> None:
    """By the denominations as DUO writes them; a cooperation school, or a board with both, says nothing."""
    denominations = {
        "90201": ("Openbaar", "Openbaar"),
        "90202": ("Protestants-Christelijk", "Rooms-Katholiek"),
        "90203": ("Openbaar", "Algemeen bijzonder"),
        "90204": ("Samenwerking Opb., PC",),
        "90205": ("",),
        "90206": ("Openbaar",),
    }
    with transaction(engine) as session:
        session.add(Board(number="90206", name="Met de hand", governance=Governance.PRIVATE))
    headings = ("BEVOEGD GEZAG NUMMER", "INSTELLINGSCODE", "VESTIGINGSCODE", "VESTIGINGSNAAM", "SECTOR", "DENOMINATIE")
    rows = [
        (board, f"9{place}A{letter}", f"9{place}A{letter}00", "School", "PO", denomination)
        for place, (board, given) in enumerate(denominations.items())
        for letter, denomination in zip("AB", given, strict=False)
    ]
    taken(engine, files, ImportKind.SCHOOLS, as_csv(headings, rows))
    with reading(engine) as session:
        found = {board.number: board.governance.value for board in session.exec(select(Board))}
    assert found == {
        "90201": "public", "90202": "private", "90203": "unknown", "90204": "unknown", "90205": "unknown", "90206": "private",
    }  # fmt: skip
