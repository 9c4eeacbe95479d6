"""No question of a page or a job reads a large table from end to end: the databases themselves say how they would find it."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event, text
from sqlmodel import select
from structlog.testing import capture_logs

from dashboard import jobs
from dashboard.act import Act
from dashboard.clock import local_day
from dashboard.data_requests.case import queries
from dashboard.data_requests.case.lifecycle import Status
from dashboard.data_requests.case.model import Case
from dashboard.data_requests.desk import queue, register, watched
from dashboard.data_requests.desk.rows import NOBODY, Filters, Order, View
from dashboard.data_requests.desk.watched import Chosen
from dashboard.data_requests.law.rights import Right
from dashboard.data_requests.requester import asking, entering
from dashboard.db import reading, transaction
from dashboard.demo import seed
from dashboard.i18n import Language, texts
from dashboard.insight import overview
from dashboard.insight.panels import PANELS
from dashboard.mail import outbox
from dashboard.permissions import SYSTEM, VISITOR
from dashboard.portal import Portal
from dashboard.tokens import new_key, new_token
from tests.acts import by
from tests.people import AUDITOR, request, requester

# What grows with every request.
LARGE = (
    "request_case",
    "case_right",
    "case_event",
    "case_message",
    "case_file",
    "search_word",
    "data_key",
    "mailed_link",
    "outgoing_mail",
    "audit",
    "fact_day",
)
_SQLITE_SCAN = re.compile(rf"SCAN ({'|'.join(LARGE)})\b(.*)")
_POSTGRES_SCAN = re.compile(rf"Seq Scan on ({'|'.join(LARGE)})\b")
Asked = list[tuple[str, Any]]


@contextmanager
def asked_of(engine: Engine) -> Iterator[Asked]:
    """Every statement that is run meanwhile, with what it is given."""
    found: Asked = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, many: bool) -> None:
        found.append((statement, parameters[0] if many else parameters))

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(engine, "before_cursor_execute", note)


def scans(engine: Engine, asked: Asked) -> list[str]:
    """What reads a large table whole. In order of an index with a limit it stops as soon as it has enough."""
    found = []
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            # These tables are small: unless forbidden, reading them whole is what it rightly does.
            connection.execute(text("SET enable_seqscan = off"))
        for statement, parameters in dict.fromkeys((statement, repr(given)) for statement, given in asked):
            if not statement.lstrip().upper().startswith(("SELECT", "UPDATE", "DELETE", "WITH")):
                continue
            given = next(given for each, given in asked if each == statement and repr(given) == parameters)
            found += [f"{line}\n  of {statement}" for line in _plan(connection, statement, given)]
    return found


def _plan(connection: Connection, statement: str, given: Any) -> list[str]:
    if connection.dialect.name == "postgresql":
        lines = [str(row[0]) for row in connection.exec_driver_sql(f"EXPLAIN {statement}", given)]
        return [line for line in lines if _POSTGRES_SCAN.search(line)]
    lines = [str(row[3]) for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", given)]
    whole = [(line, match) for line in lines if (match := _SQLITE_SCAN.search(line))]
    return [line for line, match in whole if not ("USING" in match[2] and "LIMIT" in statement)]


@pytest.fixture
def filled(engine: Engine, school_settings: Any, now: datetime) -> Engine:
    with transaction(engine) as session:
        seed.requests(by(session, SYSTEM, now, school_settings), 300, seed=9, handlers=["person-1", "person-2"])
    if engine.dialect.name == "sqlite":
        with engine.begin() as connection:
            connection.exec_driver_sql("ANALYZE")
    return engine


@pytest.fixture
def school_settings(settings: Any) -> Any:
    return settings


def plans_of(engine: Engine, now: datetime, ask: Callable[[Act], object]) -> list[str]:
    with asked_of(engine) as asked, reading(engine) as session:
        ask(by(session, AUDITOR, now))
    assert asked
    return scans(engine, asked)


@pytest.mark.parametrize("view", list(View))
@pytest.mark.parametrize("order", list(Order))
def test_the_desk_finds_each_page_by_an_index(filled: Engine, now: datetime, view: View, order: Order) -> None:
    day = local_day(now)
    narrowed = [
        Filters(view, order=order),
        Filters(view, rights=(Right.RESTRICTION,), order=order),
        Filters(view, statuses=(Status.CLOSED,), order=order),
        Filters(view, handler=NOBODY, order=order),
        Filters(view, handler="person-1", order=order),
        Filters(view, due=(day, day + timedelta(days=7)), order=order),
    ]
    for filters in narrowed:
        assert plans_of(filled, now, lambda act, f=filters: queue.desk(act, f)) == []  # type: ignore[misc]


def test_counts_a_search_a_case_and_the_register_too(filled: Engine, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    # Of three hundred requests: a piece that is nearly all of them is rightly read as all.
    monkeypatch.setattr(register, "PIECE", 20)
    with reading(filled) as session:
        case_id, reference = session.exec(select(Case.id, Case.reference)).first() or ("", "")
    t = texts(Language.NL)
    asked: list[Callable[[Act], object]] = [
        queue.desk_counts,
        outbox.dead_letters,
        lambda act: queue.desk(act, Filters(search="noor voorbeeld")),
        lambda act: queue.desk(act, Filters(search=reference)),
        lambda act: queries.case_id_of(act, reference),
        lambda act: queries.case_view(act, case_id),
        lambda act: register.piece(act, t, register.piece(act, t).after),
        watched.as_of,
    ]
    for ask in asked:
        assert plans_of(filled, now, ask) == []


def test_a_requester_finds_their_own(filled: Engine, now: datetime, school_settings: Any) -> None:
    with reading(filled) as session:
        case_id = session.exec(select(Case.id)).first() or ""
    with asked_of(filled) as asked, transaction(filled) as session:
        act = by(session, VISITOR, now, school_settings)
        asking.submit(act, request(), key=new_key(), visitor=new_token())
        entering.try_code(act, "BS-123-456-789", "x", address="192.0.2.1")
        queries.case_view(act.by(requester(case_id)), case_id)
        entering.resolve_requester(act, "x")
    assert scans(filled, asked) == []


def test_insight_reads_the_counts_by_day(filled: Engine, now: datetime) -> None:
    chosen = Chosen(local_day(now) - timedelta(days=90), local_day(now))
    for name, panel in PANELS.items():
        found = plans_of(filled, now, lambda act, p=panel: p.ask(act, chosen, texts(Language.NL)))  # type: ignore[misc]
        assert found == [], name
    assert plans_of(filled, now, lambda act: overview.went(act, chosen)) == []


def test_no_job_reads_a_large_table_whole(filled: Engine, now: datetime, school_settings: Any, files: Any) -> None:
    portal = Portal(school_settings, filled, files)
    with asked_of(filled) as asked, capture_logs():
        jobs.housekeeping(portal, lambda: now)
    assert scans(filled, asked) == []
