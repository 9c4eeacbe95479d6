"""The audit trail only grows, and any of its rows that isn't as it was is found (T24)."""

import random
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, col, select

from dashboard import audit, audit_chain
from dashboard.act import Allowed
from dashboard.audit import Action
from dashboard.audit_chain import Break, Broken
from dashboard.db import reading, transaction
from dashboard.permissions import SYSTEM
from dashboard.settings import Settings
from tests import cases
from tests.acts import NOW, by
from tests.cli.test_checks import SECRETS
from tests.commands import run_cli
from tests.engines import opened

ROWS = 60


def left(engine: Engine, settings: Settings, now: datetime, rows: int = ROWS) -> list[str]:
    """So many rows in the trail, linked; their ids in the order of the chain."""
    for number in range(rows):
        with transaction(engine) as session:
            act = Allowed(by(session, SYSTEM, now + timedelta(seconds=number), settings))
            audit.record(act, Action.CASE_TAKE, f"case-{number}")
    linked(engine, settings, now)
    with reading(engine) as session:
        return list(session.exec(select(audit_chain.AuditLink.row_id).order_by(col(audit_chain.AuditLink.number))).all())


def linked(engine: Engine, settings: Settings, now: datetime) -> int:
    with transaction(engine) as session:
        return audit_chain.link(by(session, SYSTEM, now, settings))


def found(engine: Engine) -> list[Broken]:
    with reading(engine) as session:
        return list(audit_chain.breaks(by(session, SYSTEM)))


def owner(connection: Connection) -> None:
    """With the rights of the database's owner: nothing refuses any more."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET LOCAL session_replication_role = replica"))
    else:
        for name in ("audit_no_update", "audit_no_delete", "audit_link_no_update", "audit_link_no_delete", "audit_is_unlinked"):
            connection.execute(text(f"DROP TRIGGER IF EXISTS {name}"))


@pytest.mark.parametrize("table", ["audit", "audit_link"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET {} = 'x'", "DELETE FROM {}"])
def test_the_database_refuses_to_change_or_delete_a_row(
    engine: Engine, settings: Settings, now: datetime, table: str, statement: str
) -> None:
    left(engine, settings, now, 3)
    with pytest.raises(DBAPIError, match="only grows"), engine.begin() as connection:
        connection.execute(text(statement.format(table, "actor_id" if table == "audit" else "chain")))
    assert found(engine) == []


def test_postgresql_refuses_to_empty_it_too(clean_postgres: Engine, settings: Settings, now: datetime) -> None:
    left(clean_postgres, settings, now, 3)
    with pytest.raises(DBAPIError, match="only grows"), clean_postgres.begin() as connection:
        connection.execute(text("TRUNCATE audit CASCADE"))


def test_each_row_that_was_changed_or_taken_out_is_found(engine: Engine, settings: Settings, now: datetime) -> None:
    ids = left(engine, settings, now)
    columns = ("at", "actor_role", "actor_id", "action", "subject_kind", "subject_id", "outcome", "detail")
    chance = random.Random(5)  # noqa: S311  which row, no secret
    for place in range(ROWS):
        column = columns[place % len(columns)]
        value = {"at": "2020-01-01 00:00:00", "detail": '{"x": 1}'}.get(column, "x")
        change = f"UPDATE audit SET {column} = '{value}' WHERE id = :id"  # noqa: S608  our own columns
        if chance.random() < 0.3:
            change = "DELETE FROM audit WHERE id = :id"
        with engine.connect() as connection, connection.begin() as undone:
            owner(connection)
            connection.execute(text(change), {"id": ids[place]})
            with Session(connection) as session:
                broken = list(audit_chain.breaks(by(session, SYSTEM)))
            undone.rollback()
        how = Break.GONE if change.startswith("DELETE") else Break.CHANGED
        assert broken == [Broken(place + 1, ids[place], how)]
    assert found(engine) == []


def test_two_that_changed_places_and_one_that_was_put_in_are_found(engine: Engine, settings: Settings, now: datetime) -> None:
    ids = left(engine, settings, now, 10)
    with engine.begin() as connection:
        owner(connection)
        columns = "at, actor_role, actor_id, action, subject_kind, subject_id, outcome, detail"
        connection.execute(
            text(f"INSERT INTO audit (id, {columns}) SELECT 'put-in', {columns} FROM audit WHERE id = :id"),  # noqa: S608
            {"id": ids[0]},
        )
        for one, other in ((ids[2], "aside"), (ids[5], ids[2]), ("aside", ids[5])):
            connection.execute(text("UPDATE audit SET id = :other WHERE id = :one"), {"one": one, "other": other})
    assert found(engine) == [
        Broken(3, ids[2], Break.CHANGED),
        Broken(6, ids[5], Break.CHANGED),
        Broken(0, "put-in", Break.ADDED),
    ]


def test_a_link_that_was_taken_out_is_found(engine: Engine, settings: Settings, now: datetime) -> None:
    ids = left(engine, settings, now, 5)
    with engine.begin() as connection:
        owner(connection)
        connection.execute(text("DELETE FROM audit_link WHERE number = 3"))
    assert [each.how for each in found(engine)] == [Break.UNLINKED, Break.ADDED]
    assert found(engine)[1].row_id == ids[2]


def test_a_chain_that_was_made_anew_has_another_head(engine: Engine, settings: Settings, now: datetime) -> None:
    ids = left(engine, settings, now, 5)
    with reading(engine) as session:
        before = audit_chain.head(by(session, SYSTEM))
    with engine.begin() as connection:
        owner(connection)
        connection.execute(text("UPDATE audit SET actor_id = 'somebody else' WHERE id = :id"), {"id": ids[1]})
        connection.execute(text("DELETE FROM audit_link"))
        connection.execute(text("INSERT INTO audit_unlinked (row_id) SELECT id FROM audit"))
    linked(engine, settings, now)
    assert found(engine) == []
    with reading(engine) as session:
        assert audit_chain.head(by(session, SYSTEM)) != before


def test_rows_of_real_work_are_linked_in_pieces_and_the_rest_waits(
    engine: Engine, settings: Settings, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit_chain, "AT_ONCE", 2)
    cases.close(engine, settings, cases.decide(engine, cases.in_progress(engine, settings, now), now), now)
    assert found(engine) == []
    while linked(engine, settings, now):
        assert found(engine) == []
    with reading(engine) as session:
        rows = len(session.exec(select(audit.AuditRow.id)).all())
        assert audit_chain.head(by(session, SYSTEM)).number == rows > 4


def test_the_command_names_what_was_changed(tmp_path: Path) -> None:
    given = {**SECRETS, "BIJSLUITER_DATA_DIR": str(tmp_path)}
    assert run_cli("migrate", **given).returncode == 0
    engine = opened(f"sqlite:///{tmp_path / 'bijsluiter.db'}")
    ids = left(engine, Settings(_env_file=None, environment="demo", data_dir=tmp_path), NOW, 3)
    fine = run_cli("audit", "verify", **given)
    assert (fine.returncode, fine.stdout.startswith("3 rows, 0 broken, head ")) == (0, True)
    with engine.begin() as connection:
        owner(connection)
        connection.execute(text("UPDATE audit SET outcome = 'denied' WHERE id = :id"), {"id": ids[1]})
    wrong = run_cli("audit", "verify", **given)
    assert wrong.returncode == 1
    assert f"changed: row {ids[1]}, link 2" in wrong.stdout
