"""From an empty register, everything by hand: what an import would make of it, with who changed what."""

import random
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier
from time import sleep

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from dashboard.accounts import ending, entering, history
from dashboard.accounts.directory import BoardView, board_view
from dashboard.accounts.model import Board, BoardSchool, LearnedDays, Location, School
from dashboard.accounts.spans import reached
from dashboard.accounts.terms import Council, Governance, Sector
from dashboard.act import Act, Seen
from dashboard.annexes import entering as annexes_entering
from dashboard.annexes import licensing
from dashboard.annexes.licensing import Agreed
from dashboard.annexes.model import BoardAgreement, Licence, Product
from dashboard.annexes.terms import DvoStatus
from dashboard.db import reading, transaction
from dashboard.errors import BijsluiterError, InvalidInputError, NotAllowedError, StaleError
from dashboard.files import FileStore
from dashboard.i18n import Language, texts
from dashboard.imports import by_hand, service
from dashboard.imports.plan import Options, Plan
from dashboard.imports.terms import ImportKind
from dashboard.permissions import Actor, SchoolScope
from tests.acts import NOW, by
from tests.imports.test_imports import TODAY, prepared, taken
from tests.people import ADMINISTRATOR, AUDITOR, EDITOR

BOARD, BRIN, LOCATION = "BEVOEGD GEZAG NUMMER", "INSTELLINGSCODE", "VESTIGINGSCODE"


def enter(
    engine: Engine, kind: ImportKind, cells: Mapping[str, str], seen: Seen | None = None, actor: Actor = ADMINISTRATOR
) -> None:
    with reading(engine) as session:
        made = service.prepare(by(session, actor), kind, by_hand.sheet_of(cells), Options(TODAY, TODAY), texts=texts(Language.NL))
    with transaction(engine) as session:
        if seen is None:
            by_hand.enter(by(session, actor), made)
        else:
            by_hand.move(by(session, actor), seen, made)


def new_board(engine: Engine, number: str, name: str = "Bestuur De Duinpan", contact: str = "") -> None:
    enter(engine, ImportKind.BOARDS, {BOARD: number, "BEVOEGD GEZAG NAAM": name, "PRIVACYCONTACT": contact})


def new_school(engine: Engine, board: str, brin: str, since: str = "2024-08-01", **more: str) -> None:
    cells = {BOARD: board, BRIN: brin, "INSTELLINGSNAAM": f"School {brin}", "SECTOR": "vo", "INGANGSDATUM": since}
    enter(engine, ImportKind.SCHOOLS, cells | more)


def new_licence(engine: Engine, holder: dict[str, str], begin: str, end: str = "") -> None:
    enter(engine, ImportKind.LICENCES, {"PRODUCT": "zandloper", **holder, "VAN": begin, "TOT": end})


def view(engine: Engine, number: str) -> BoardView:
    with reading(engine) as session:
        return board_view(by(session, AUDITOR), number)


def told(engine: Engine, *keys: str) -> list[tuple[str, str, str, str, str]]:
    """Key, what, before, after, label: the oldest first."""
    with reading(engine) as session:
        rows = history.history(by(session, AUDITOR), keys)
    return sorted((row.key, row.what, row.before, row.after, row.label) for row in rows)


@pytest.fixture
def register(engine: Engine) -> Engine:
    """Two boards and a school, all typed."""
    with transaction(engine) as session:
        session.add(Product(slug="zandloper", name="Zandloper"))
    new_board(engine, "00817", contact="Privacy@Duinpan.example")
    new_board(engine, "40118", "Stichting Helm")
    new_school(engine, "00817", "19QX")
    return engine


def test_a_board_with_its_school_and_location_is_there_as_typed(register: Engine) -> None:
    new_school(register, "00817", "19qx", VESTIGINGSCODE="3", VESTIGINGSNAAM="Dépendance ’t Wad", INSTELLINGSNAAM="School 19QX")
    with reading(register) as session:
        board, school = session.get_one(Board, "00817"), session.get_one(School, "19QX")
        place = session.get_one(Location, "19QX03")
        [member] = session.exec(select(BoardSchool)).all()
    assert (board.name, board.contact_email, board.governance) == (
        "Bestuur De Duinpan", "Privacy@duinpan.example", Governance.UNKNOWN,
    )  # fmt: skip
    assert (school.name, school.sector, place.name, place.brin) == ("School 19QX", Sector.VO, "Dépendance ’t Wad", "19QX")
    assert (member.board_number, member.valid_from, member.valid_to) == ("00817", date(2024, 8, 1), None)
    assert told(register, "00817", "19QX", "19QX03") == [
        ("00817", "board", "", "Bestuur De Duinpan", ""),
        ("19QX", "from", "", "2024-08-01", "00817"),
        ("19QX", "school", "", "School 19QX", ""),
        ("19QX03", "location", "", "Dépendance ’t Wad", ""),
    ]


@pytest.mark.parametrize(
    ("kind", "cells", "fields"),
    [
        (ImportKind.BOARDS, {BOARD: "817", "BEVOEGD GEZAG NAAM": "x"}, {BOARD: "import.fault.board_form"}),
        (ImportKind.BOARDS, {BOARD: "٠٠٨١٩", "BEVOEGD GEZAG NAAM": "x"}, {BOARD: "import.fault.board_form"}),
        (ImportKind.BOARDS, {BOARD: "00817", "BEVOEGD GEZAG NAAM": "Een ander"}, {"key": "invalid.by_hand_there"}),
        (
            ImportKind.BOARDS,
            {BOARD: "00999", "BEVOEGD GEZAG NAAM": " ", "PRIVACYCONTACT": "geen adres"},
            {"BEVOEGD GEZAG NAAM": "import.fault.name_empty", "PRIVACYCONTACT": "import.fault.email_form"},
        ),
        (
            ImportKind.SCHOOLS,
            {BOARD: "00817", BRIN: "Q9XX", "INSTELLINGSNAAM": "x", "SECTOR": ""},
            {BRIN: "import.fault.brin_form", "SECTOR": "import.fault.sector_unknown"},
        ),
        # Known, and of another board: that is moving it, another thing.
        (
            ImportKind.SCHOOLS,
            {BOARD: "40118", BRIN: "19QX", "INSTELLINGSNAAM": "School 19QX", "SECTOR": "VO", "INGANGSDATUM": "2026-01-01"},
            {"key": "invalid.by_hand_there"},
        ),
        (ImportKind.LICENCES, {"PRODUCT": "zandloper", BRIN: "19QX", "VAN": ""}, {"VAN": "import.fault.day_empty"}),
        (
            ImportKind.LICENCES,
            {"PRODUCT": "zandloper", BRIN: "19QX", "VAN": "2026-02-01", "TOT": "2026-01-31"},
            {"TOT": "import.fault.ends_before"},
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_by_field_and_nothing_is_kept(
    register: Engine, kind: ImportKind, cells: dict[str, str], fields: dict[str, str]
) -> None:
    before = told(register, "00817", "19QX", "40118", "00999")
    with pytest.raises(InvalidInputError) as refused:
        enter(register, kind, cells)
    assert refused.value.problems == fields
    assert told(register, "00817", "19QX", "40118", "00999") == before


def test_a_name_and_contact_change_unless_somebody_was_before(register: Engine) -> None:
    shown = view(register, "00817").seen
    with transaction(register) as session:
        entering.change_board(by(session, ADMINISTRATOR), shown, "  Duinpan\nen Zee ", "")
    with pytest.raises(StaleError), transaction(register) as session:
        entering.change_board(by(session, ADMINISTRATOR), shown, "Wie het laatst komt", "")
    found = view(register, "00817")
    assert (found.name, found.contact_email) == ("Duinpan en Zee", "")
    assert ("00817", "board", "Bestuur De Duinpan", "Duinpan en Zee", "") in told(register, "00817")
    # That the contact changed is kept; whose address it was is not.
    assert ("00817", "contact", "", "", "") in told(register, "00817")
    with pytest.raises(InvalidInputError) as refused, transaction(register) as session:
        entering.change_board(by(session, ADMINISTRATOR), found.seen, "", "bestuur@")
    assert refused.value.problems == {"name": "import.fault.name_empty", "contact": "invalid.board_contact"}


def test_a_school_gets_another_name_and_sector(register: Engine) -> None:
    with reading(register) as session:
        shown = entering.place(by(session, AUDITOR), "19QX").seen
    with transaction(register) as session:
        entering.change_place(by(session, ADMINISTRATOR), shown, "Zeevaartschool", "mbo")
    with pytest.raises(StaleError), transaction(register) as session:
        entering.change_place(by(session, ADMINISTRATOR), shown, "Anders", "vo")
    with reading(register) as session:
        school = session.get_one(School, "19QX")
    assert (school.name, school.sector) == ("Zeevaartschool", Sector.MBO)
    assert ("19QX", "sector", "vo", "mbo", "") in told(register, "19QX")


def test_a_licence_begins_changes_and_ends(register: Engine) -> None:
    new_licence(register, {BRIN: "19QX"}, "2026-01-15", "2026-07-31")
    new_licence(register, {BRIN: "19QX"}, "2026-09-01")
    with reading(register) as session:
        first, second = licensing.licences(by(session, AUDITOR), ["19QX"])
    with pytest.raises(InvalidInputError) as refused, transaction(register) as session:
        annexes_entering.change_licence(by(session, ADMINISTRATOR), first.seen, date(2026, 1, 15), date(2026, 9, 1))
    assert refused.value.problems == {"begin": "import.fault.overlaps"}
    with transaction(register) as session:
        annexes_entering.change_licence(by(session, ADMINISTRATOR), first.seen, date(2025, 11, 3), date(2026, 8, 31))
        annexes_entering.change_licence(by(session, ADMINISTRATOR), second.seen, date(2026, 9, 1), date(2026, 9, 1))
    with pytest.raises(StaleError), transaction(register) as session:
        annexes_entering.change_licence(by(session, ADMINISTRATOR), first.seen, date(2025, 1, 1), None)
    with reading(register) as session:
        days = session.exec(select(Licence.valid_from, Licence.valid_to).order_by(col(Licence.valid_from))).all()
        learned = session.exec(select(LearnedDays).order_by(col(LearnedDays.id))).all()
    assert list(days) == [(date(2025, 11, 3), date(2026, 8, 31)), (date(2026, 9, 1), date(2026, 9, 1))]
    # What a school is told follows from when it was known.
    assert [(row.was_from, row.valid_from, row.valid_to) for row in learned if row.row_id == first.id] == [
        (None, date(2026, 1, 15), date(2026, 7, 31)), (date(2026, 1, 15), date(2025, 11, 3), date(2026, 8, 31)),
    ]  # fmt: skip
    assert ("19QX", "until", "2026-07-31", "2026-08-31", "Zandloper") in told(register, "19QX")


def test_a_school_moves_and_a_wrong_day_is_mended(register: Engine) -> None:
    [member] = view(register, "00817").members
    move = {BOARD: "40118", BRIN: "19QX", "INSTELLINGSNAAM": "School 19QX", "SECTOR": "VO", "INGANGSDATUM": "2026-03-02"}
    with pytest.raises(InvalidInputError) as refused:
        enter(register, ImportKind.SCHOOLS, move | {BOARD: "99999"}, member.seen)
    assert refused.value.problems == {"board": "import.fault.board_unknown"}
    enter(register, ImportKind.SCHOOLS, move, member.seen)
    with pytest.raises(StaleError):
        enter(register, ImportKind.SCHOOLS, move | {BOARD: "00817", "INGANGSDATUM": "2026-03-04"}, member.seen)
    [old], [new] = view(register, "00817").members, view(register, "40118").members
    assert (old.period.end, new.period.begin) == (date(2026, 3, 1), date(2026, 3, 2))
    # It was a month later: first the new board's days, then the old one's.
    with pytest.raises(InvalidInputError) as refused, transaction(register) as session:
        entering.change_membership(by(session, ADMINISTRATOR), old.seen, old.period.begin, date(2026, 4, 1))
    assert refused.value.problems == {"begin": "invalid.two_boards"}
    with transaction(register) as session:
        entering.change_membership(by(session, ADMINISTRATOR), new.seen, date(2026, 4, 2), None)
        entering.change_membership(by(session, ADMINISTRATOR), old.seen, old.period.begin, date(2026, 4, 1))
    with reading(register) as session:
        scope = SchoolScope(brin="19QX")
        spans = {each.holder: each.period for each in reached(by(session, EDITOR), scope).spans if len(each.holder) == 5}
    assert (spans["00817"].end, spans["40118"].begin) == (date(2026, 4, 1), date(2026, 4, 2))


def test_a_board_goes_into_another_with_its_schools(register: Engine) -> None:
    shown = view(register, "00817").seen
    enter(register, ImportKind.MERGERS, {BOARD: "00817", "OPGEGAAN IN": "40118", "PER": "2026-08-01"}, shown)
    assert [row.period.end for row in view(register, "00817").members] == [date(2026, 7, 31)]
    assert [row.period.begin for row in view(register, "40118").members] == [date(2026, 8, 1)]
    assert ("40118", "merged_from", "", "00817", "2026-08-01") in told(register, "40118")
    with pytest.raises(InvalidInputError):
        enter(
            register,
            ImportKind.MERGERS,
            {BOARD: "40118", "OPGEGAAN IN": "00817", "PER": "2026-09-01"},
            view(register, "40118").seen,
        )
    # It can't be made to last beyond its own end.
    [member] = view(register, "00817").members
    with pytest.raises(InvalidInputError) as refused, transaction(register) as session:
        entering.change_membership(by(session, ADMINISTRATOR), member.seen, member.period.begin, None)
    assert refused.value.problems in ({"begin": "invalid.two_boards"}, {"end": "invalid.member_of_merged"})


def test_an_agreement_is_recorded_on_a_known_model_before_its_text_is_there_and_ends(register: Engine) -> None:
    """The models are reference data: an empty portal can record what boards signed."""
    with transaction(register) as session:
        agreed = Agreed("4.0", DvoStatus.SIGNED, date(2025, 6, 2))
        licensing.set_agreement(by(session, ADMINISTRATOR), "00817", agreed)
    with reading(register) as session:
        assert licensing.models(by(session, AUDITOR)) == ["4.0", "3.0", "2.0"]
        [row] = licensing.board_agreements(by(session, AUDITOR), "00817")
    with pytest.raises(InvalidInputError), transaction(register) as session:
        annexes_entering.end_agreement(by(session, ADMINISTRATOR), row.seen, date(2025, 6, 1))
    with transaction(register) as session:
        annexes_entering.end_agreement(by(session, ADMINISTRATOR), row.seen, date(2026, 2, 28))
    with pytest.raises(StaleError), transaction(register) as session:
        annexes_entering.end_agreement(by(session, ADMINISTRATOR), row.seen, None)
    with reading(register) as session:
        assert session.exec(select(BoardAgreement.ended_on)).one() == date(2026, 2, 28)
    assert ("00817", "agreement_until", "", "2026-02-28", "4.0") in told(register, "00817")


def test_a_membership_of_a_council_gets_its_last_day(register: Engine) -> None:
    cells = {BOARD: "00817", "SECTORRAAD": "VO-RAAD", "VAN": "2020-01-01", "TOT": ""}
    enter(register, ImportKind.COUNCILS, cells)
    enter(register, ImportKind.COUNCILS, cells | {"TOT": "2025-12-31"})
    [(council, period)] = view(register, "00817").councils
    assert (council, period.end) == (Council.VO_RAAD, date(2025, 12, 31))


def test_a_file_that_was_looked_at_before_something_was_changed_by_hand_is_no_longer_taken(
    register: Engine, files: FileStore
) -> None:
    content = f"{BOARD};BEVOEGD GEZAG NAAM\r\n00817;Uit het bestand\r\n".encode()
    made = prepared(register, ImportKind.BOARDS, content)
    with transaction(register) as session:
        entering.change_board(by(session, ADMINISTRATOR), view(register, "00817").seen, "Met de hand", "")
    with pytest.raises(StaleError), transaction(register) as session:
        service.take(by(session, ADMINISTRATOR, NOW, files=files), made.seen, made)
    taken(register, files, ImportKind.BOARDS, content)
    assert ("00817", "board", "Met de hand", "Uit het bestand", "") in told(register, "00817")


def test_two_who_work_at_once_never_undo_each_other_unseen(register: Engine) -> None:
    """What one prepared before the other's change is refused, whatever the other changed."""
    with reading(register) as session:
        cells = {"PRODUCT": "zandloper", BRIN: "19QX", "VAN": "2026-01-01"}
        made = service.prepare(
            by(session, ADMINISTRATOR),
            ImportKind.LICENCES,
            by_hand.sheet_of(cells),
            Options(TODAY, TODAY),
            texts=texts(Language.NL),
        )
    new_licence(register, {BRIN: "19QX"}, "2026-01-01")
    with pytest.raises(StaleError), transaction(register) as session:
        by_hand.enter(by(session, ADMINISTRATOR), made)


def test_of_two_who_take_a_file_at_once_one_is_told_to_look_again(register: Engine, files: FileStore) -> None:
    content = f"{BOARD};BEVOEGD GEZAG NAAM\r\n00900;Stichting Twee\r\n".encode()
    made = prepared(register, ImportKind.BOARDS, content)
    together = Barrier(2)

    def take() -> str:
        together.wait()
        try:
            with transaction(register) as session:
                service.take(by(session, ADMINISTRATOR, NOW, files=files), made.seen, made)
        except StaleError:
            return "stale"
        return "taken"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(each.result() for each in [pool.submit(take) for _ in range(2)]) == ["stale", "taken"]


@pytest.mark.parametrize("actor", [AUDITOR, EDITOR])
def test_only_an_administrator_changes_the_register(register: Engine, actor: Actor) -> None:
    with pytest.raises(NotAllowedError):
        enter(register, ImportKind.BOARDS, {BOARD: "00900", "BEVOEGD GEZAG NAAM": "x"}, actor=actor)


DAYS = [date(2026, 1, 1) + timedelta(days=n) for n in range(0, 360, 30)]


@pytest.mark.parametrize("seed", range(6))
def test_any_order_of_changes_leaves_a_school_with_one_board_on_each_day(sqlite: Engine, seed: int) -> None:
    """A walk over the verbs: whatever is refused or done, memberships never overlap and licences of one holder neither."""
    dice = random.Random(seed)  # noqa: S311
    with transaction(sqlite) as session:
        session.add(Product(slug="zandloper", name="Zandloper"))
    for number in ("10001", "10002", "10003"):
        new_board(sqlite, number, f"Bestuur {number}")
    new_school(sqlite, "10001", "11AA", "2025-01-01")
    done = 0
    for _ in range(40):
        try:
            done += _step(sqlite, dice)
        except BijsluiterError:
            continue
        finally:
            _check(sqlite)
    assert done > 5


def _step(engine: Engine, dice: random.Random) -> int:
    day, other = dice.choice(DAYS), dice.choice(DAYS)
    number = dice.choice(["10001", "10002", "10003"])
    members = view(engine, number).members
    match dice.randrange(6):
        case 0 if members:
            row = dice.choice(members)
            cells = {BOARD: dice.choice(["10001", "10002", "10003"]), BRIN: "11AA", "INSTELLINGSNAAM": "School 11AA"}
            enter(engine, ImportKind.SCHOOLS, cells | {"SECTOR": "VO", "INGANGSDATUM": day.isoformat()}, row.seen)
        case 1 if members:
            with transaction(engine) as session:
                row = dice.choice(members)
                entering.change_membership(by(session, ADMINISTRATOR), row.seen, day, dice.choice([None, other]))
        case 2 if members:
            with transaction(engine) as session:
                ending.end_school(by(session, ADMINISTRATOR), Seen(dice.choice(members).id), day)
        case 3:
            new_licence(engine, {BRIN: "11AA"}, day.isoformat(), dice.choice(["", other.isoformat()]))
        case 4:
            with reading(engine) as session:
                held = licensing.licences(by(session, AUDITOR), ["11AA"])
            if held:
                with transaction(engine) as session:
                    annexes_entering.change_licence(
                        by(session, ADMINISTRATOR), dice.choice(held).seen, day, dice.choice([None, other])
                    )
        case 5 if dice.random() < 0.2:
            into = dice.choice(["10001", "10002", "10003"])
            cells = {BOARD: number, "OPGEGAAN IN": into, "PER": day.isoformat()}
            enter(engine, ImportKind.MERGERS, cells, view(engine, number).seen)
        case _:
            return 0
    return 1


def _check(engine: Engine) -> None:
    with reading(engine) as session:
        for table in (BoardSchool, Licence):
            days = _days(session, table)
            assert len(days) == len(set(days)), table
        merged = {board.number: board.merged_on for board in session.exec(select(Board)) if board.merged_on}
        for row in session.exec(select(BoardSchool)):
            on = merged.get(row.board_number)
            assert on is None or (row.valid_to is not None and row.valid_to < on), "of a board that is another one by then"


def _days(session: Session, table: type[BoardSchool] | type[Licence]) -> list[date]:
    """Every tenth day of two years that one of the rows covers, as often as they do."""
    all_days = [date(2025, 1, 1) + timedelta(days=10 * n) for n in range(80)]
    rows = session.exec(select(table)).all()
    return [day for row in rows for day in all_days if row.valid_from <= day and (row.valid_to is None or day <= row.valid_to)]


def test_a_school_that_will_end_goes_along_with_its_board_until_then(register: Engine) -> None:
    [member] = view(register, "00817").members
    with transaction(register) as session:
        ending.end_school(by(session, ADMINISTRATOR), Seen(member.id), date(2026, 10, 1))
    enter(
        register, ImportKind.MERGERS, {BOARD: "00817", "OPGEGAAN IN": "40118", "PER": "2026-08-01"}, view(register, "00817").seen
    )
    [old], [new] = view(register, "00817").members, view(register, "40118").members
    assert (old.period.end, new.period.begin, new.period.end) == (date(2026, 7, 31), date(2026, 8, 1), date(2026, 9, 30))


def test_a_school_that_will_end_can_go_to_another_board_before(register: Engine, files: FileStore) -> None:
    """And one that ended comes back, with a row that says so; never from a day on which it still was of the board."""
    [member] = view(register, "00817").members
    with transaction(register) as session:
        ending.end_school(by(session, ADMINISTRATOR), Seen(member.id), date(2026, 10, 1))
    row = f"{BOARD};{BRIN};INSTELLINGSNAAM;SECTOR;INGANGSDATUM\r\n{{}};19QX;School 19QX;VO;{{}}\r\n"
    taken(register, files, ImportKind.SCHOOLS, row.format("40118", "2026-03-02").encode())
    [old], [new] = view(register, "00817").members, view(register, "40118").members
    assert (old.period.end, new.period.begin, new.period.end) == (date(2026, 3, 1), date(2026, 3, 2), None)
    with transaction(register) as session:
        ending.end_school(by(session, ADMINISTRATOR), Seen(new.id), date(2026, 3, 4))
    with pytest.raises(InvalidInputError):
        taken(register, files, ImportKind.SCHOOLS, row.format("40118", "2026-03-02").encode())
    report = taken(register, files, ImportKind.SCHOOLS, row.format("40118", "2026-03-05").encode())
    assert [each.changes for each in report.plan.rows] == [(("moved", "", "40118"),)]
    assert [each.period.begin for each in view(register, "40118").members] == [date(2026, 3, 5), date(2026, 3, 2)]


def interleaved(engine: Engine, first: Callable[[Act], object], second: Callable[[Act], object]) -> list[str]:
    """Two transactions that begin together; the first is kept open until the second has had time to read."""
    together, ends = Barrier(2), []

    def one(verb: Callable[[Act], object], wait: float) -> None:
        try:
            with transaction(engine) as session:
                together.wait()
                sleep(wait)
                verb(by(session, ADMINISTRATOR))
                sleep(0.3)
        except (StaleError, InvalidInputError) as refused:
            ends.append(type(refused).__name__)
        else:
            ends.append("done")

    with ThreadPoolExecutor(2) as pool:
        for each in [pool.submit(one, first, 0.0), pool.submit(one, second, 0.1)]:
            each.result()
    return sorted(ends)


def test_two_administrators_at_once_never_give_a_school_two_boards_or_a_holder_two_licences(clean_postgres: Engine) -> None:
    """On PostgreSQL, where two transactions run beside each other; SQLite has one writer."""
    engine = clean_postgres
    with transaction(engine) as session:
        session.add(Product(slug="zandloper", name="Zandloper"))
    new_board(engine, "00817")
    new_board(engine, "40118")
    new_school(engine, "00817", "19QX")
    new_licence(engine, {BRIN: "19QX"}, "2026-01-01", "2026-01-31")
    new_licence(engine, {BRIN: "19QX"}, "2026-05-01", "2026-05-31")
    with reading(engine) as session:
        left, right = licensing.licences(by(session, AUDITOR), ["19QX"])
    assert interleaved(
        engine,
        lambda act: annexes_entering.change_licence(act, left.seen, date(2026, 1, 1), date(2026, 4, 15)),
        lambda act: annexes_entering.change_licence(act, right.seen, date(2026, 4, 1), date(2026, 5, 31)),
    ) == ["InvalidInputError", "done"]
    [member] = view(engine, "00817").members
    assert interleaved(
        engine,
        lambda act: entering.change_membership(act, member.seen, member.period.begin, date(2027, 7, 31)),
        lambda act: ending.end_school(act, Seen(member.id), date(2026, 6, 1)),
    ) == ["StaleError", "done"]
    shown = view(engine, "00817").seen
    assert interleaved(
        engine,
        lambda act: entering.change_board(act, shown, "Van de een", ""),
        lambda act: entering.change_board(act, shown, "Van de ander", ""),
    ) == ["StaleError", "done"]
    assert view(engine, "00817").name == "Van de een"


def test_what_changes_while_a_plan_is_made_makes_it_an_old_one(register: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """On PostgreSQL every statement sees what was committed before it: the count is taken first."""
    planned = service._PLANS[ImportKind.LICENCES]  # noqa: SLF001

    def and_meanwhile(*given: object) -> Plan:
        made = planned(*given)  # type: ignore[arg-type]
        if register.dialect.name == "postgresql":
            with transaction(register) as session:
                entering.change_board(by(session, ADMINISTRATOR), view(register, "40118").seen, "Meanwhile", "")
        return made

    monkeypatch.setitem(service._PLANS, ImportKind.LICENCES, and_meanwhile)  # noqa: SLF001
    if register.dialect.name == "postgresql":
        with pytest.raises(StaleError):
            new_licence(register, {BRIN: "19QX"}, "2026-01-01")
    else:
        new_licence(register, {BRIN: "19QX"}, "2026-01-01")


def test_a_licence_of_a_board_that_is_no_more_is_not_begun_anew(register: Engine) -> None:
    new_licence(register, {BOARD: "00817"}, "2025-08-01", "2026-07-31")
    enter(
        register, ImportKind.MERGERS, {BOARD: "00817", "OPGEGAAN IN": "40118", "PER": "2026-02-01"}, view(register, "00817").seen
    )
    with reading(register) as session:
        [row] = licensing.licences(by(session, AUDITOR), ["00817"])
    with pytest.raises(InvalidInputError) as refused, transaction(register) as session:
        annexes_entering.change_licence(by(session, ADMINISTRATOR), row.seen, date(2026, 3, 1), None)
    assert refused.value.problems == {"begin": "import.fault.board_merged"}
    with transaction(register) as session:
        annexes_entering.change_licence(by(session, ADMINISTRATOR), row.seen, row.period.begin, date(2026, 5, 31))


@pytest.mark.parametrize("by_file", [True, False])
def test_an_agreement_that_is_signed_again_after_its_end_applies_again(register: Engine, files: FileStore, by_file: bool) -> None:
    with transaction(register) as session:
        licensing.set_agreement(by(session, ADMINISTRATOR), "00817", Agreed("4.0", DvoStatus.SIGNED, date(2025, 6, 2)))
    with reading(register) as session:
        [row] = licensing.board_agreements(by(session, AUDITOR), "00817")
    with transaction(register) as session:
        annexes_entering.end_agreement(by(session, ADMINISTRATOR), row.seen, date(2025, 12, 31))
    if by_file:
        content = f"{BOARD};MODEL;GETEKEND OP;DVO STATUS\r\n00817;4.0;1-2-2026;Ondertekend\r\n".encode()
        taken(register, files, ImportKind.AGREEMENTS, content)
    else:
        with transaction(register) as session:
            licensing.set_agreement(by(session, ADMINISTRATOR), "00817", Agreed("4.0", DvoStatus.SIGNED, date(2026, 2, 1)))
    with reading(register) as session:
        assert session.exec(select(BoardAgreement.signed_on, BoardAgreement.ended_on)).one() == (date(2026, 2, 1), None)


@pytest.mark.parametrize("day", [date.min, date(1500, 1, 1), date(2101, 1, 1), date.max])
def test_a_day_that_cannot_be_right_is_refused(register: Engine, day: date) -> None:
    new_licence(register, {BRIN: "19QX"}, "2026-01-15", "2026-07-31")
    with reading(register) as session:
        [row] = licensing.licences(by(session, AUDITOR), ["19QX"])
    [member] = view(register, "00817").members
    for begin, end in ((day, None), (date(2026, 1, 1), day)):
        with pytest.raises(InvalidInputError), transaction(register) as session:
            annexes_entering.change_licence(by(session, ADMINISTRATOR), row.seen, begin, end)
        with pytest.raises(InvalidInputError), transaction(register) as session:
            entering.change_membership(by(session, ADMINISTRATOR), member.seen, begin, end)


def test_the_end_of_a_council_membership_is_not_taken_away_by_an_empty_day(register: Engine) -> None:
    cells = {BOARD: "00817", "SECTORRAAD": "VO-RAAD", "VAN": "2013-01-01", "TOT": "2025-12-31"}
    enter(register, ImportKind.COUNCILS, cells)
    with pytest.raises(InvalidInputError):
        enter(register, ImportKind.COUNCILS, cells | {"TOT": ""})
    assert [period.end for _, period in view(register, "00817").councils] == [date(2025, 12, 31)]
