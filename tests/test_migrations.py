import shutil
from datetime import datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect, text

from dashboard import migrate
from dashboard.db import make_engine
from dashboard.settings import Settings
from dashboard.tables import metadata
from tests import cases


def test_the_newest_migration_makes_what_the_models_say(engine: Engine) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_there_is_one_head_and_every_revision_goes_down(sqlite: Engine) -> None:
    with sqlite.connect() as connection:
        script = ScriptDirectory.from_config(migrate.config(connection))
        assert len(script.get_heads()) == 1
        for revision in script.walk_revisions():
            assert revision.module.downgrade.__code__.co_code


def test_every_migration_goes_up_and_down_and_up_with_rows_in_it(
    migrated_sqlite: Path, settings: Settings, now: datetime, tmp_path: Path
) -> None:
    path = tmp_path / "rows.db"
    shutil.copy(migrated_sqlite, path)
    engine = make_engine(f"sqlite:///{path}")
    cases.in_progress(engine, settings, now)
    _down_and_up(engine)
    engine.dispose()


def test_postgresql_goes_up_and_down_too(postgres: Engine, settings: Settings, now: datetime) -> None:
    cases.in_progress(postgres, settings, now)
    _down_and_up(postgres)


def _down_and_up(engine: Engine) -> None:
    assert migrate.is_current(engine)
    migrate.downgrade(engine, "base")
    assert set(inspect(engine).get_table_names()) == {"alembic_version"}
    assert not migrate.is_current(engine)
    migrate.upgrade(engine)
    assert migrate.is_current(engine)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM request_case")).scalar() == 0


@pytest.mark.parametrize("table", ["request_case", "outgoing_mail", "audit", "login_session"])
def test_the_tables_are_there(sqlite: Engine, table: str) -> None:
    assert table in inspect(sqlite).get_table_names()
