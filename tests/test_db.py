import shutil
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError, StatementError
from sqlmodel import select

from dashboard.accounts.model import LoginSession, Person, School
from dashboard.data_requests.case.desk_model import FactDay
from dashboard.db import make_engine, put, reading, store, transaction
from dashboard.mail.model import MailState, OutgoingMail
from dashboard.settings import Settings
from dashboard.sqlite import BUSY_MILLISECONDS
from tests import cases
from tests.engines import opened

PRAGMAS = {
    "journal_mode": "wal",
    "synchronous": 2,
    "foreign_keys": 1,
    "busy_timeout": BUSY_MILLISECONDS,
    "secure_delete": 1,
    "trusted_schema": 0,
}


def test_every_pooled_sqlite_connection_is_durable_and_checks_foreign_keys(sqlite: Engine) -> None:
    connections = [sqlite.connect() for _ in range(12)]
    try:
        for connection in connections:
            found = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in PRAGMAS}
            assert found == PRAGMAS
            connection.rollback()
    finally:
        for connection in connections:
            connection.close()


def test_a_zero_byte_in_an_address_finds_nothing_and_is_no_fault(engine: Engine) -> None:
    with reading(engine) as session:
        assert session.get(School, "\0") is None
        assert session.exec(select(School).where(School.brin == "9\x000")).all() == []


def test_postgresql_is_durable_and_gives_up_on_locks(postgres: Engine) -> None:
    with postgres.connect() as connection:
        shown = {
            name: connection.execute(text(f"SHOW {name}")).scalar()
            for name in (
                "fsync",
                "synchronous_commit",
                "lock_timeout",
                "statement_timeout",
                "idle_in_transaction_session_timeout",
            )
        }
    assert shown == {
        "fsync": "on",
        "synchronous_commit": "on",
        "lock_timeout": "5s",
        "statement_timeout": "30s",
        "idle_in_transaction_session_timeout": "1min",
    }


def test_leaving_a_transaction_by_an_exception_keeps_nothing(engine: Engine, settings: Settings, now: datetime) -> None:
    cases.submit(engine, settings, now)
    with pytest.raises(RuntimeError), transaction(engine) as session:
        session.get_one(OutgoingMail, cases.mails(engine)[0].id).state = MailState.DEAD
        session.flush()
        raise RuntimeError
    assert cases.mails(engine)[0].state is MailState.QUEUED


def test_times_come_back_aware_and_naive_ones_are_refused(engine: Engine, settings: Settings) -> None:
    elsewhere = datetime(2026, 3, 5, 4, 0, tzinfo=timezone(timedelta(hours=-5)))
    receipt = cases.submit(engine, settings, elsewhere)
    stored = cases.case_of(engine, receipt).submitted_at
    assert stored == elsewhere
    assert stored.tzinfo is UTC
    with pytest.raises((StatementError, ValueError)):
        cases.submit(engine, settings, datetime(2026, 3, 5))  # noqa: DTZ001  what it must refuse


def test_enums_are_stored_by_value_and_others_refused(engine: Engine, settings: Settings, now: datetime) -> None:
    cases.submit(engine, settings, now)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT status FROM request_case")).scalar() == "unverified"


def _hold(path: Path, seconds: float, held: threading.Event) -> None:
    holder = make_engine(f"sqlite:///{path}")
    with holder.connect() as connection:
        connection.exec_driver_sql("SELECT 1")
        held.set()
        time.sleep(seconds)
    holder.dispose()


@pytest.mark.parametrize(("seconds", "saved"), [(3.0, True), (7.0, False)])
def test_a_lock_of_three_seconds_is_waited_for_and_of_seven_is_a_clear_error_within_six(
    migrated_sqlite: Path, settings: Settings, now: datetime, tmp_path: Path, seconds: float, saved: bool
) -> None:
    path = tmp_path / "locked.db"
    shutil.copy(migrated_sqlite, path)
    engine, held = opened(f"sqlite:///{path}"), threading.Event()
    holder = threading.Thread(target=_hold, args=(path, seconds, held))
    holder.start()
    held.wait()
    started = time.monotonic()
    if saved:
        cases.submit(engine, settings, now)
    else:
        with pytest.raises(OperationalError, match="locked"):
            cases.submit(engine, settings, now)
        assert time.monotonic() - started < 6
    with reading(engine) as session:
        assert bool(session.exec(select(FactDay)).all()) is saved
    holder.join()
    engine.dispose()


def test_those_who_make_a_database_at_once_wait_for_each_other(tmp_path: Path) -> None:
    """SQLite refuses at once, whatever its patience, when two set the mode of a new file."""

    def first(place: Path, together: Barrier) -> None:
        engine = make_engine(f"sqlite:///{place}")
        together.wait()
        with engine.connect() as connection:
            connection.exec_driver_sql("CREATE TABLE IF NOT EXISTS made (a)")
            connection.commit()
        engine.dispose()

    with ThreadPoolExecutor(8) as pool:
        for number in range(100):
            together = Barrier(8)
            for each in [pool.submit(first, tmp_path / f"{number}.db", together) for _ in range(8)]:
                each.result()


def test_writers_of_one_process_go_in_the_order_in_which_they_came(sqlite: Engine) -> None:
    with sqlite.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE told (who INTEGER)")
    begun, order = [threading.Event() for _ in range(8)], list[int]()

    def write(number: int) -> None:
        begun[number].set()
        with transaction(sqlite) as session:
            session.connection().exec_driver_sql("INSERT INTO told VALUES (?)", (number,))
            order.append(number)

    with transaction(sqlite) as session:
        session.connection().exec_driver_sql("INSERT INTO told VALUES (99)")
        threads = []
        for number in range(8):
            threads.append(threading.Thread(target=write, args=(number,)))
            threads[-1].start()
            assert begun[number].wait(5)
            # In the queue before the next one comes.
            time.sleep(0.05)
    for thread in threads:
        thread.join(10)
    assert order == list(range(8))


def test_a_transaction_that_asked_nothing_yet_holds_nobody_up(sqlite: Engine) -> None:
    with transaction(sqlite), transaction(sqlite) as inner:
        inner.connection().exec_driver_sql("CREATE TABLE told (who INTEGER)")


@pytest.mark.parametrize("stored", ["store", "put"])
def test_a_row_stored_past_the_session_is_as_one_of_the_session(engine: Engine, now: datetime, stored: str) -> None:
    row = LoginSession(cookie_digest="d", person_id="p", provider="x", facts={"a": ["é", 1]}, created_at=now, last_seen_at=now)
    with transaction(engine) as session:
        session.add(Person(id="p", issuer="i", subject="s", name="n", created_at=now))
        session.flush()
        {"store": store, "put": put}[stored](session, row)
    with reading(engine) as session:
        found = session.get_one(LoginSession, "d")
    assert found.model_dump() == row.model_dump()
