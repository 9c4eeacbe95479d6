"""What a school hears, and when: by the moment at which it became known, in the order in which it did."""

import random
from collections.abc import Sequence
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import col, func, select, update

from benchmarks.import_rows import LICENCES, SCHOOLS, as_csv
from dashboard.accounts.learned import learn
from dashboard.accounts.model import Board, BoardSchool, LearnedDays, Location, School
from dashboard.accounts.terms import Sector
from dashboard.act import Seen
from dashboard.annexes import publishing
from dashboard.annexes.changes import SETTLES, ChangeRow, News, changes, settled
from dashboard.annexes.holdings import holdings
from dashboard.annexes.model import Document, DocumentVersion, Licence, Product
from dashboard.clock import local_day, local_midnight
from dashboard.db import reading, transaction
from dashboard.files import FileStore
from dashboard.i18n import Language, texts
from dashboard.imports import service
from dashboard.imports.plan import Options
from dashboard.imports.reading import read
from dashboard.imports.terms import ImportKind
from dashboard.permissions import Actor, Role, SchoolScope
from dashboard.portal import Portal
from tests.acts import NOW, by
from tests.people import ADMINISTRATOR, LYCEUM, OFFICER

DAY = timedelta(days=1)
MERGERS = ("BEVOEGD GEZAG NUMMER", "OPGEGAAN IN", "PER")
PRODUCTS = ("digit", "muisstap")
BOARDS = ("70001", "70002", "70003")
BRINS = ("70AA", "70AB", "70AC")


def school(**scope: str) -> Actor:
    return Actor(Role.SCHOOL, id="p", name="P", scope=SchoolScope(**scope))


def told(engine: Engine, actor: Actor, since: datetime, until: datetime) -> list[ChangeRow]:
    with reading(engine) as session:
        return changes(by(session, actor, until), since=since, until=until)


def brief(rows: Sequence[ChangeRow]) -> list[tuple[str, str, date, datetime]]:
    return [(row.news.value, row.version or row.product, row.day, row.at) for row in rows]


def imported(
    engine: Engine, files: FileStore, kind: ImportKind, rows: Sequence[Sequence[str]], now: datetime, since: date | None = None
) -> dict[str, int]:
    """A file taken at a moment, its wrong rows left out; returns what it did."""
    headings = {ImportKind.LICENCES: LICENCES, ImportKind.SCHOOLS: SCHOOLS, ImportKind.MERGERS: MERGERS}[kind]
    options = Options(since or local_day(now), local_day(now))
    with reading(engine) as session:
        sheet = read(kind, "file.csv", as_csv(headings, rows))
        made = service.prepare(by(session, ADMINISTRATOR, now), kind, sheet, options, texts=texts(Language.NL))
    with transaction(engine) as session:
        report = service.take(by(session, ADMINISTRATOR, now, files=files), made.seen, made, skip_wrong=True)
    return report.counts


def licence(
    engine: Engine, files: FileStore, product: str, holder: str, first: date, last: date | None, now: datetime
) -> dict[str, int]:
    cells = [holder if len(holder) == size else "" for size in (5, 4, 6)]
    row = (product, *cells, first.isoformat(), last.isoformat() if last else "")
    return imported(engine, files, ImportKind.LICENCES, [row], now)


def version(portal: Portal, number: str) -> DocumentVersion:
    with reading(portal.engine) as session:
        query = select(DocumentVersion).join(Document, col(Document.id) == col(DocumentVersion.document_id))
        mine = query.where(DocumentVersion.version == number, Document.product_slug == "klikkompas", Document.kind == "annex_1")
        return session.exec(mine).one()


def withdraw(portal: Portal, number: str, day: date, now: datetime) -> None:
    found = version(portal, number)
    with transaction(portal.engine) as session:
        publishing.withdraw(by(session, OFFICER, now), Seen(found.id, found.edition), day, "Er stond een fout in.")


@pytest.mark.parametrize("days_on", [0, 1, 30])
def test_a_withdrawal_reaches_who_was_told_everything_until_this_morning(school_portal: Portal, days_on: int) -> None:
    this_morning, now = NOW - timedelta(hours=2), NOW
    assert told(school_portal.engine, LYCEUM, this_morning, now) == []
    day = local_day(now) + days_on * DAY
    withdraw(school_portal, "1.4", day, now)
    found = told(school_portal.engine, LYCEUM, this_morning, now + timedelta(minutes=5))
    assert brief(found) == [("withdrawn", "1.4", day, now)]
    # It is told once, and not again on the day itself.
    assert [row.news for row in told(school_portal.engine, LYCEUM, now, local_midnight(day) + 2 * DAY)].count(News.WITHDRAWN) == 0


def test_a_version_withdrawn_on_its_own_first_day_was_in_force_and_leaves_the_one_before_it_in_force(
    school_portal: Portal,
) -> None:
    first = version(school_portal, "1.5").valid_from
    at_noon = local_midnight(first) + timedelta(hours=12)
    withdraw(school_portal, "1.5", first, at_noon)
    found = told(school_portal.engine, LYCEUM, local_midnight(first) - DAY, at_noon + DAY)
    assert brief(found) == [
        ("in_force", "1.5", first, local_midnight(first)),
        ("in_force", "1.4", first, at_noon),
        ("withdrawn", "1.5", first, at_noon),
    ]
    assert len({row.id for row in told(school_portal.engine, LYCEUM, NOW - 2000 * DAY, at_noon)}) == len(
        told(school_portal.engine, LYCEUM, NOW - 2000 * DAY, at_noon)
    )


def test_one_called_off_before_its_day_is_never_told_as_in_force(school_portal: Portal) -> None:
    withdraw(school_portal, "1.5", local_day(NOW), NOW)
    found = told(school_portal.engine, LYCEUM, NOW - timedelta(minutes=1), NOW + 100 * DAY)
    assert [(row.news.value, row.version) for row in found] == [("withdrawn", "1.5")]


def test_a_licence_entered_late_is_news_from_when_it_was_entered(school_portal: Portal, files: FileStore) -> None:
    since, first = NOW - timedelta(hours=1), local_day(NOW) - 200 * DAY
    licence(school_portal.engine, files, "muisstap", "90AD", first, None, NOW)
    assert brief(told(school_portal.engine, LYCEUM, since, NOW)) == [("product_added", "muisstap", first, NOW)]
    # The year before NOW stays as it was told: who asked then wasn't told of it.
    assert [row for row in told(school_portal.engine, LYCEUM, NOW - 365 * DAY, since) if row.product == "muisstap"] == []


def test_a_licence_that_ended_and_goes_on_after_all_is_told_twice(school_portal: Portal, files: FileStore) -> None:
    today, engine = local_day(NOW), school_portal.engine
    licence(engine, files, "muisstap", "90AD", today - 300 * DAY, today + 2 * DAY, NOW)
    again = NOW + 6 * DAY
    licence(engine, files, "muisstap", "90AD", today - 300 * DAY, today + 400 * DAY, again)
    ended = today + 3 * DAY
    expected = [
        ("product_added", "muisstap", today - 300 * DAY, NOW),
        ("product_removed", "muisstap", ended, local_midnight(ended)),
        ("product_added", "muisstap", today - 300 * DAY, again),
    ]
    found = [row for row in told(engine, LYCEUM, NOW - DAY, again + DAY) if row.product == "muisstap"]
    assert brief(found) == expected
    assert len({row.id for row in found}) == len(found)


def test_an_end_in_the_past_is_told_when_it_was_entered(school_portal: Portal, files: FileStore) -> None:
    today, engine = local_day(NOW), school_portal.engine
    licence(engine, files, "muisstap", "90AD", today - 300 * DAY, None, NOW - 10 * DAY)
    licence(engine, files, "muisstap", "90AD", today - 300 * DAY, today - 50 * DAY, NOW)
    assert brief(told(engine, LYCEUM, NOW - timedelta(hours=1), NOW + DAY)) == [
        ("product_removed", "muisstap", today - 49 * DAY, NOW)
    ]


def test_a_move_entered_late_is_news_for_school_and_boards(school_portal: Portal, files: FileStore) -> None:
    """90AD leaves its board, and with it the board's DIGIT: entered a month late."""
    engine, today = school_portal.engine, local_day(NOW)
    day = today - 30 * DAY
    with reading(engine) as session:
        names = {row.code: row.name for row in session.exec(select(Location).where(Location.brin == "90AD"))}
        named = session.get_one(School, "90AD")
    rows = [("90103", "", "90AD", named.name, code, name, named.sector.value) for code, name in names.items()]
    assert imported(engine, files, ImportKind.SCHOOLS, rows, NOW, since=day)["changed"] > 0
    found = {row[1]: row for row in brief(told(engine, LYCEUM, NOW - DAY, NOW))}
    assert found["digit"] == ("product_removed", "digit", day, NOW)


def test_what_is_being_written_while_somebody_asks_isnt_missed(school_portal: Portal, files: FileStore) -> None:
    """A transaction carries the moment at which it began, and may end after an answer that went further."""
    began = NOW
    asked_until = settled(began + timedelta(seconds=30))
    before = told(school_portal.engine, LYCEUM, NOW - timedelta(hours=1), asked_until)
    licence(school_portal.engine, files, "muisstap", "90AD", local_day(NOW), None, began)
    after = told(school_portal.engine, LYCEUM, asked_until, settled(began + SETTLES + timedelta(seconds=1)))
    assert [row.product for row in before + after] == ["muisstap"]


@pytest.fixture
def register(engine: Engine) -> Engine:
    """Three boards with a school and a location each, and two products."""
    with transaction(engine) as session:
        session.add_all(Product(slug=slug, name=slug) for slug in PRODUCTS)
        session.add_all(Board(number=number, name=number) for number in BOARDS)
        session.add_all(School(brin=brin, name=brin, sector=Sector.PO) for brin in BRINS)
        session.flush()
        session.add_all(Location(code=f"{brin}00", brin=brin, name=brin) for brin in BRINS)
        session.add_all(
            BoardSchool(board_number=number, brin=brin, valid_from=date(2020, 8, 1))
            for number, brin in zip(BOARDS, BRINS, strict=True)
        )
    return engine


ACTORS = [school(board=number) for number in BOARDS] + [school(brin=brin) for brin in BRINS]
ACTORS += [school(brin=brin, location=f"{brin}00") for brin in BRINS]


@pytest.mark.parametrize("seed", range(5))
def test_who_adds_up_what_was_told_holds_what_the_page_shows(register: Engine, files: FileStore, seed: int) -> None:
    """A random history of licences, moves and mergers entered early, late and again. Everybody asks now and then, from where the
    last answer ended: adding up the answers gives what they hold, and asking at once for the whole gives the same answers.
    """
    chance = random.Random(seed)  # noqa: S311  not for secrets
    now = start = NOW
    sums: dict[Actor, set[str]] = {actor: set() for actor in ACTORS}
    heard: dict[Actor, list[ChangeRow]] = {actor: [] for actor in ACTORS}
    asked = dict.fromkeys(ACTORS, start)
    did: dict[str, int] = {}
    for _ in range(60):
        now += timedelta(minutes=chance.choice((7, 600, 1440, 30_000)))
        for name, number in _enter_something(register, files, chance, now).items():
            did[name] = did.get(name, 0) + number
        for actor in chance.sample(ACTORS, 4):
            rows = told(register, actor, asked[actor], now)
            assert brief(rows) == brief(sorted(rows, key=lambda row: row.at))
            heard[actor] += rows
            asked[actor] = now
            for row in rows:
                (sums[actor].add if row.news is News.PRODUCT_ADDED else sums[actor].remove)(row.product)
            with reading(register) as session:
                assert sums[actor] == holdings(by(session, actor, now)).products_on(local_day(now)), (seed, actor.scope)
    for actor in ACTORS:
        assert brief(told(register, actor, start, asked[actor])) == brief(heard[actor])
    assert did["added"] > 2
    assert did["changed"] > 2
    with reading(register) as session:
        assert {row.of.value for row in session.exec(select(LearnedDays))} >= {"licence", "board_school"}


def _enter_something(engine: Engine, files: FileStore, chance: random.Random, now: datetime) -> dict[str, int]:
    today = local_day(now)
    what = chance.choices(["licence", "again", "move", "merger"], [5, 4, 3, 1])[0]
    day = today + chance.choice((-400, -30, -1, 0, 1, 20, 90)) * DAY
    if what == "licence":
        holder = chance.choice([*BOARDS, *BRINS, f"{chance.choice(BRINS)}00"])
        last = chance.choice((None, day + chance.choice((0, 1, 50, 365)) * DAY))
        return licence(engine, files, chance.choice(PRODUCTS), holder, day, last, now)
    if what == "again":
        with reading(engine) as session:
            rows = session.exec(select(Licence)).all()
        if not rows:
            return {}
        row = chance.choice(sorted(rows, key=_in_words))
        last = chance.choice((None, row.valid_from + chance.choice((0, 1, 50, 365)) * DAY))
        holder = _in_words(row)[0]
        return licence(engine, files, row.product_slug, holder, row.valid_from, last, now)
    if what == "move":
        number = chance.randrange(3)
        row = (chance.choice(BOARDS), "", BRINS[number], BRINS[number], f"{BRINS[number]}00", BRINS[number], "PO")
        return imported(engine, files, ImportKind.SCHOOLS, [row], now, since=day)
    old, new = chance.sample(BOARDS, 2)
    return imported(engine, files, ImportKind.MERGERS, [(old, new, day.isoformat())], now)


def _in_words(row: Licence) -> tuple[str, str, date]:
    """Ids are random; a run must repeat."""
    return row.board_number or row.brin or row.location or "", row.product_slug, row.valid_from


def test_what_was_learned_is_added_to_and_never_rewritten(register: Engine, files: FileStore) -> None:
    licence(register, files, "digit", "70AA", date(2026, 1, 1), None, NOW)
    licence(register, files, "digit", "70AA", date(2026, 1, 1), None, NOW + DAY)
    licence(register, files, "digit", "70AA", date(2026, 1, 1), date(2026, 6, 1), NOW + 2 * DAY)
    with reading(register) as session:
        rows = session.exec(select(LearnedDays).order_by(col(LearnedDays.id))).all()
        (kept,) = session.exec(select(Licence)).all()
    assert [(row.row_id, row.at, row.was_there, row.was_to, row.valid_from, row.valid_to) for row in rows] == [
        (kept.id, NOW, False, None, date(2026, 1, 1), None),
        (kept.id, NOW + 2 * DAY, True, None, date(2026, 1, 1), date(2026, 6, 1)),
    ]


def test_a_table_without_days_teaches_nothing(register: Engine) -> None:
    with transaction(register) as session:
        learn(by(session, ADMINISTRATOR), "location", [{"code": "70AA01", "name": "x"}], new=True)
        learn(by(session, ADMINISTRATOR), "board", [{"number": "70009", "name": "x"}], new=True)
        learn(by(session, ADMINISTRATOR), "board", [{"number": "70001", "name": "y"}], new=False)
        assert session.exec(select(func.count()).select_from(LearnedDays)).one() == 0


def test_a_withdrawal_of_an_earlier_release_is_told_at_its_day(school_portal: Portal) -> None:
    """Rows of before keep no moment."""
    day = local_day(NOW) + 3 * DAY
    with transaction(school_portal.engine) as session:
        session.exec(
            update(DocumentVersion).where(col(DocumentVersion.id) == version(school_portal, "1.4").id).values(withdrawn_on=day)
        )
    found = told(school_portal.engine, LYCEUM, NOW, NOW + 5 * DAY)
    assert brief(found) == [("withdrawn", "1.4", day, local_midnight(day))]


def test_a_board_sees_anothers_annexes_and_requests_not_before_the_merger(register: Engine, files: FileStore) -> None:
    """Announced on 5 March for the first of May: until then they are two boards; from then on the past is the new one's too."""
    day = date(2026, 5, 1)
    licence(register, files, "digit", "70001", date(2025, 8, 1), None, NOW - DAY)
    imported(register, files, ImportKind.MERGERS, [("70001", "70002", day.isoformat())], NOW)
    new = school(board="70002")
    for today, past, now in ((day - DAY, set(), set()), (day, {"digit"}, set())):
        with reading(register) as session:
            held = holdings(by(session, new, today))
            assert held.products_on(date(2026, 4, 1)) == past, today
            assert held.products_on(today) == now, today
            assert {place.key for place in held.reached.places_on(today)} >= ({"70AB"} if today < day else {"70AA", "70AB"})
            assert ("70AA" in {place.key for place in held.reached.places_on(today)}) is (today >= day)
    # What was the other's is no news for it.
    assert told(register, new, NOW - 2 * DAY, local_midnight(day) + DAY) == []
