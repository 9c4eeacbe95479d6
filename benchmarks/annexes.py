"""What importing costs, and the page of annexes for a board of forty schools beside that of one, at 10,000 schools, 100 products
and 1,000 versions.

python -m benchmarks.annexes [--schools 10000] [--licences 100000]
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from pathlib import Path

from sqlalchemy import insert
from sqlmodel import Session

from benchmarks import import_rows
from benchmarks.import_rows import LICENCES, SCHOOLS, as_csv
from dashboard import migrate
from dashboard.accounts.model import Board, BoardSchool, Location, School
from dashboard.accounts.terms import Sector
from dashboard.act import Act
from dashboard.annexes import queries
from dashboard.annexes.changes import changes
from dashboard.annexes.model import Document, DocumentKind, DocumentVersion, Licence, Product
from dashboard.annexes.terms import VersionState
from dashboard.clock import local_day, utc_now
from dashboard.db import transaction
from dashboard.files import FileStore
from dashboard.i18n import Language, texts
from dashboard.imports import service
from dashboard.imports.plan import Options
from dashboard.imports.reading import read
from dashboard.imports.terms import ImportKind
from dashboard.permissions import SYSTEM, Actor, Role, SchoolScope
from dashboard.portal import Portal, open_portal
from dashboard.settings import Settings

PRODUCTS, VERSIONS = 100, 1_000
KINDS = {1: True, 2: True, 3: False}
TIMES = 40
LIMIT = 3.0
IMPORT_LIMIT = 60
LARGE, SMALL = "80040", "80001"
# As one board has them: a dozen products, some on the board, some on its schools.
LICENSED = 12


def catalogue(session: Session) -> list[str]:
    """A hundred products with ten versions each, spread over annex 1, 2 and 3."""
    slugs = [f"product-{number:03}" for number in range(PRODUCTS)]
    session.execute(insert(Product), [{"slug": slug, "name": slug.title()} for slug in slugs])
    kinds = [
        {"key": f"annex_{n}", "name_nl": f"Bijlage {n}", "name_en": f"Annex {n}", "position": n, "expected": expected}
        for n, expected in KINDS.items()
    ]
    session.execute(insert(DocumentKind), kinds)
    documents = [
        {"id": f"{slug}/{n}", "product_slug": slug, "kind": f"annex_{n}", "sector": None} for slug in slugs for n in (1, 2, 3)
    ]
    session.execute(insert(Document), documents)
    versions = []
    for number in range(VERSIONS):
        document = documents[number % len(documents)]["id"]
        versions.append(
            {
                "id": f"v{number}",
                "document_id": document,
                "version": f"{number // len(documents)}.0",
                "model_version": "4.0",
                "state": VersionState.APPROVED,
                "valid_from": date(2020, 1, 1) + timedelta(days=400 * (number // len(documents))),
                "sha256": f"{number:064x}",
                "size": 1,
            }
        )
    session.execute(insert(DocumentVersion), versions)
    return slugs


def board(session: Session, number: str, schools: int, slugs: list[str]) -> None:
    """A board with licences on itself and on its schools."""
    session.add(Board(number=number, name=f"Bestuur {number}"))
    session.flush()
    for index in range(schools):
        brin = f"8{index % 10}{'Y' if number == SMALL else 'Z'}{chr(ord('A') + index // 10)}"
        session.add(School(brin=brin, name=f"School {brin}", sector=Sector.PO))
        session.flush()
        session.add(BoardSchool(id=brin, board_number=number, brin=brin, valid_from=date(2020, 8, 1)))
        session.add(Location(code=f"{brin}00", brin=brin, name=f"Plaats {brin}"))
        for slug in slugs[LICENSED // 2 : LICENSED]:
            session.add(Licence(id=f"{brin}-{slug}", product_slug=slug, brin=brin, valid_from=date(2022, 8, 1)))
    for slug in slugs[: LICENSED // 2]:
        session.add(Licence(id=f"{number}-{slug}", product_slug=slug, board_number=number, valid_from=date(2022, 8, 1)))


def imported(portal: Portal, kind: ImportKind, content: bytes) -> tuple[float, float]:
    started = time.perf_counter()
    now = utc_now()
    options = Options(date(2020, 8, 1), local_day(now))
    with portal.look(SYSTEM, now) as act:
        prepared = service.prepare(act, kind, read(kind, "f.csv", content), options, texts=texts(Language.NL))
    begun = time.perf_counter()
    with portal.act(SYSTEM, now) as act:
        service.take(act, prepared.seen, prepared)
    return time.perf_counter() - started, time.perf_counter() - begun


def schools_imported(folder: Path, number: int) -> float:
    """Seconds that a first import of so many schools takes, into an empty portal."""
    settings = Settings(_env_file=None, environment="demo", data_dir=folder)
    portal = open_portal(settings)
    migrate.upgrade(portal.engine)
    try:
        return imported(portal, ImportKind.SCHOOLS, as_csv(SCHOOLS, import_rows.schools(number)))[0]
    finally:
        portal.engine.dispose()


def milliseconds(portal: Portal, actors: Sequence[Actor], ask: Callable[[Act], object]) -> list[float]:
    """Each one's median of many, by turns."""
    taken: list[list[float]] = [[] for _ in actors]
    for _ in range(TIMES):
        for times, actor in zip(taken, actors, strict=True):
            started = time.perf_counter()
            with portal.look(actor) as act:
                ask(act)
            times.append((time.perf_counter() - started) * 1000)
    return [statistics.median(times) for times in taken]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--schools", type=int, default=10_000)
    parser.add_argument("--licences", type=int, default=100_000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(_env_file=None, environment="demo", data_dir=Path(folder))
        engine = open_portal(settings).engine
        portal = Portal(settings, engine, FileStore.local(Path(folder) / "files"))
        migrate.upgrade(engine)
        with transaction(engine) as session:
            slugs = catalogue(session)
        schools = as_csv(SCHOOLS, import_rows.schools(given.schools))
        licences = as_csv(LICENCES, import_rows.licences(given.licences, slugs[:5], given.schools))
        print(f"{'import, seconds':<34}{'first':>10}{'of which writing':>18}{'again':>10}")
        total = 0.0
        for name, kind, content in (("schools", ImportKind.SCHOOLS, schools), ("licences", ImportKind.LICENCES, licences)):
            (first, writing), (again, _) = imported(portal, kind, content), imported(portal, kind, content)
            total += first
            print(f"{name:<34}{first:>10.1f}{writing:>18.1f}{again:>10.1f}")
        print(f"aim: both under {IMPORT_LIMIT} s; {total:.1f} s{'' if total < IMPORT_LIMIT else '  OVER'}\n")
        with transaction(engine) as session:
            board(session, SMALL, 1, slugs)
            board(session, LARGE, 40, slugs)
        day = local_day(utc_now())
        print(f"{'board, median ms':<34}{'1 school':>10}{'40 schools':>12}{'times':>8}")
        boards = [Actor(Role.SCHOOL, id="p", scope=SchoolScope(board=number)) for number in (SMALL, LARGE)]
        since = utc_now() - timedelta(days=365)
        questions: dict[str, Callable[[Act], object]] = {
            "page of annexes": lambda act: queries.annexes(act, day=day, language=Language.NL),
            "as of three years ago": lambda act: queries.annexes(act, day=day - timedelta(days=1095), language=Language.NL),
            "changes of a year": lambda act: changes(act, since=since, until=utc_now()),
        }
        for name, ask in questions.items():
            one, forty = milliseconds(portal, boards, ask)
            over = "" if forty / one < LIMIT else "  OVER"
            print(f"{name:<34}{one:>10.2f}{forty:>12.2f}{forty / one:>8.1f}{over}")
        print(f"aim: under {LIMIT:g} times")
        engine.dispose()


if __name__ == "__main__":
    main()
