"""What leaves in bulk: the register of a million requests, while somebody clicks; and the evidence of five hundred documents."""

import http.client
import os
import statistics
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import insert

from benchmarks.filled import Filled
from benchmarks.pages import Visit, timed
from benchmarks.serving import Server
from benchmarks.telling import need, tell
from dashboard import migrate
from dashboard.accounts.model import Board, Person
from dashboard.annexes.model import Document, DocumentVersion, Licence, Product
from dashboard.annexes.terms import VersionState
from dashboard.clock import local_day, utc_now
from dashboard.db import Base
from dashboard.evidence import service as evidence
from dashboard.i18n import Language
from dashboard.permissions import SYSTEM, Actor, Role, SchoolScope
from dashboard.portal import Portal, open_portal
from dashboard.settings import Settings

ALONE_RUNS = 60
DOCUMENTS, DOCUMENT_BYTES = 500, 200_000
READ_AT_ONCE = 1 << 16


@dataclass(frozen=True, slots=True)
class Register:
    rows: int
    seconds: float
    memory_before_mb: float
    memory_peak_mb: float
    click_alone_ms: float
    click_meanwhile_ms: float


def register(server: Server, made: Filled) -> Register:
    """All of it as CSV, read as fast as it comes."""
    tell("the register as CSV, while somebody clicks")
    visit = Visit("desk", "desk", cookie=made.staff)
    with visit.tab(server.url) as tab:
        tab.run()
        alone = statistics.median(timed(tab.run) for _ in range(ALONE_RUNS))
        before = server.memory_mb()
        done = threading.Event()
        clicks: list[float] = []

        def click() -> None:
            while not done.is_set():
                clicks.append(timed(tab.run))
                time.sleep(0.1)

        clicking = threading.Thread(target=click)
        clicking.start()
        started = time.perf_counter()
        lines, peak = _downloaded(server, made.staff)
        seconds = time.perf_counter() - started
        done.set()
        clicking.join()
    return Register(lines - 1, seconds, before, peak, alone * 1000, statistics.median(clicks) * 1000)


def _downloaded(server: Server, cookie: str) -> tuple[int, float]:
    """How many lines came, and the most that the server held meanwhile."""
    address = urlsplit(server.url)
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=600)
    connection.request("GET", "/register/all.csv", headers={"Cookie": cookie})
    answer = connection.getresponse()
    need(answer.status == http.HTTPStatus.OK, f"the register answers {answer.status}")
    lines, peak = 0, 0.0
    while content := answer.read(READ_AT_ONCE):
        lines += content.count(b"\n")
        peak = max(peak, server.memory_mb())
    connection.close()
    return lines, peak


@dataclass(frozen=True, slots=True)
class Zipped:
    documents: int
    megabytes: float
    seconds: float


def archive(folder: Path) -> Zipped:
    """The signed ZIP of a board with so many documents."""
    tell(f"evidence of {DOCUMENTS} documents")
    with _library(folder) as portal:
        actor = Actor(Role.SCHOOL, id="p", scope=SchoolScope(board="80001"))
        started, size = time.perf_counter(), 0
        with portal.act(actor) as act:
            made = evidence.gather(act, day=local_day(utc_now()), language=Language.NL)
        for content in evidence.stream(made, portal.files):
            size += len(content)
        return Zipped(DOCUMENTS, size / 1e6, time.perf_counter() - started)


@contextmanager
def _library(folder: Path) -> Iterator[Portal]:
    settings = Settings(_env_file=None, environment="demo", data_dir=folder)
    portal = open_portal(settings)
    migrate.upgrade(portal.engine)
    slugs = [f"product-{number:03}" for number in range(DOCUMENTS)]
    kept = [portal.files.put(os.urandom(DOCUMENT_BYTES)) for _ in slugs]
    with portal.act(SYSTEM) as act:
        tables: dict[type[Base], list[dict[str, Any]]] = {
            Product: [{"slug": slug, "name": slug.title()} for slug in slugs],
            Document: [{"id": slug, "product_slug": slug, "kind": "annex_1", "sector": None} for slug in slugs],
            DocumentVersion: [
                {
                    "id": slug,
                    "document_id": slug,
                    "version": "1.0",
                    "model_version": "4.0",
                    "state": VersionState.APPROVED,
                    "valid_from": date(2020, 1, 1),
                    "sha256": sha256,
                    "size": DOCUMENT_BYTES,
                }
                for slug, sha256 in zip(slugs, kept, strict=True)
            ],
            Person: [{"id": "p", "issuer": "i", "subject": "s", "name": "n", "created_at": utc_now()}],
            Board: [{"number": "80001", "name": "Bestuur"}],
            Licence: [
                {"id": slug, "product_slug": slug, "board_number": "80001", "valid_from": date(2020, 1, 1)} for slug in slugs
            ],
        }
        for table, rows in tables.items():
            act.session.execute(insert(table), rows)
    try:
        yield portal
    finally:
        portal.engine.dispose()
