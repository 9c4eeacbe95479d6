"""Bring a database to the newest migration, or say how far it is."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, func, select

from dashboard.sqlite import BUSY_MILLISECONDS, truncate_log

# Any number, as long as it is ours alone.
LOCK = 20_260_401
PATIENT_MILLISECONDS = 600_000
# Alembic keeps one context for a whole process: a second migration would go on in the database of the first.
_one_at_a_time = Lock()


def config(connection: Connection) -> Config:
    made = Config()
    made.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    made.attributes["connection"] = connection
    return made


def upgrade(engine: Engine, revision: str = "head") -> None:
    with _one_at_a_time, _without_foreign_keys(engine) as connection:
        command.upgrade(config(connection), revision)
    # What was sealed or taken away isn't left readable in the log.
    truncate_log(engine)


def downgrade(engine: Engine, revision: str) -> None:
    with _one_at_a_time, _without_foreign_keys(engine) as connection:
        command.downgrade(config(connection), revision)


@contextmanager
def _without_foreign_keys(engine: Engine) -> Iterator[Connection]:
    """One transaction. SQLite changes a table by copying it, and dropping the old one would count as deleting what its
    children point to: foreign keys are off meanwhile, and checked before anything is kept.
    """
    with engine.connect() as connection:
        if engine.dialect.name != "sqlite":
            # Another one that migrates is waited for, however long it takes; then there is nothing left to do.
            connection.exec_driver_sql("SET LOCAL lock_timeout = 0; SET LOCAL statement_timeout = 0")
            connection.execute(select(func.pg_advisory_xact_lock(LOCK)))
            yield connection
            connection.commit()
            return
        driver = connection.connection.driver_connection
        # Before a transaction begins: inside one this setting does nothing.
        driver.execute("PRAGMA foreign_keys=OFF")  # type: ignore[union-attr]
        driver.execute(f"PRAGMA busy_timeout={PATIENT_MILLISECONDS}")  # type: ignore[union-attr]
        # Begun here, or Alembic commits after each migration: another one that migrates would come in between.
        connection.begin()
        try:
            yield connection
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
            if broken:
                raise RuntimeError(f"rows point to nothing after the migration: {sorted({row[0] for row in broken})}")
            connection.commit()
        finally:
            connection.rollback()
            driver.execute("PRAGMA foreign_keys=ON")  # type: ignore[union-attr]
            driver.execute(f"PRAGMA busy_timeout={BUSY_MILLISECONDS}")  # type: ignore[union-attr]


def is_newer(engine: Engine) -> bool:
    """Whether the database is at a migration that this program doesn't know."""
    with engine.connect() as connection:
        known = {each.revision for each in ScriptDirectory.from_config(config(connection)).walk_revisions()}
        at = MigrationContext.configure(connection).get_current_revision()
    return at is not None and at not in known


def is_current(engine: Engine) -> bool:
    """Whether the database is at the newest migration."""
    with engine.connect() as connection:
        head = ScriptDirectory.from_config(config(connection)).get_current_head()
        return MigrationContext.configure(connection).get_current_revision() == head
