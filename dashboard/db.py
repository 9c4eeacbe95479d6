"""The database: our own registry, aware times, enums by value, and one transaction per user action."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from sqlite3 import OperationalError
from time import monotonic, sleep
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, DateTime, Dialect, Engine, Enum, create_engine, event, func, inspect, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import make_url
from sqlalchemy.orm import registry
from sqlalchemy.orm.util import identity_key
from sqlalchemy.types import TypeDecorator
from sqlmodel import Field, Session, SQLModel

BUSY_MILLISECONDS = 5_000
SHORT_WAIT_SECONDS = 0.05
# Said of a session in which nothing changes: what was read stands until it ends.
READING = "reading"
_SQLITE_PRAGMAS = (
    # FULL, not NORMAL: an acknowledged request survives a power cut, not only a crash of this process.
    "synchronous=FULL",
    "foreign_keys=ON",
    f"busy_timeout={BUSY_MILLISECONDS}",
    "secure_delete=ON",
    "trusted_schema=OFF",
)
_POSTGRES_OPTIONS = (
    f"-c lock_timeout={BUSY_MILLISECONDS} -c statement_timeout=30000 -c idle_in_transaction_session_timeout=60000 -c timezone=UTC"
)


class Base(SQLModel, registry=registry()):
    """All tables. A registry of our own, so that a hot reload doesn't meet the global one twice."""


class Record(Base):
    """What has an id of its own: a random one, unless it is made with another."""

    id: str = Field(default_factory=lambda: str(uuid4()), primary_key=True, max_length=36)


class UtcDateTime(TypeDecorator[datetime]):
    """Aware in, aware out, stored as UTC; SQLite has no time zone of its own."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("naive datetime")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if dialect.name == "sqlite" else value.astimezone(UTC)


def stored_enum(members: type[StrEnum]) -> Enum:
    """A text column with a CHECK that holds the enum's values (SQLAlchemy's default is the names)."""
    return Enum(
        members,
        values_callable=lambda enum: [member.value for member in enum],
        native_enum=False,
        create_constraint=True,
        validate_strings=True,
        length=40,
        name=members.__name__.lower(),
    )


def make_engine(url: str) -> Engine:
    if make_url(url).get_backend_name() == "sqlite":
        return _sqlite(url)
    return create_engine(url, pool_size=10, pool_pre_ping=True, hide_parameters=True, connect_args={"options": _POSTGRES_OPTIONS})


def _sqlite(url: str) -> Engine:
    path = make_url(url).database
    if path:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        url, pool_size=10, max_overflow=30, hide_parameters=True, connect_args={"timeout": BUSY_MILLISECONDS / 1000}
    )
    event.listen(engine, "connect", _prepare_connection)
    event.listen(engine, "begin", _begin)
    return engine


def _prepare_connection(connection: Any, _record: Any) -> None:
    # We begin transactions ourselves: the driver's own way starts them late and never IMMEDIATE.
    connection.isolation_level = None
    _write_ahead(connection)
    for pragma in _SQLITE_PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _write_ahead(connection: Any) -> None:
    """The mode is the file's own: only who makes the file sets it. Two that do so at once get a refusal at once, whatever their
    patience is, and the second finds it done.
    """
    end = monotonic() + BUSY_MILLISECONDS / 1000
    while connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
        try:
            if connection.execute("PRAGMA journal_mode=WAL").fetchone()[0] != "wal":
                # Where files are that can't: a database in memory, some mounts over a network.
                return
        except OperationalError:
            if monotonic() > end:
                raise
            sleep(SHORT_WAIT_SECONDS)


def _begin(connection: Connection) -> None:
    # A writer takes its lock at once: upgrading a read lock later fails instead of waiting.
    reading = connection.get_execution_options().get("reading", False)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


def put(session: Session, row: Base) -> None:
    """Store a row in the place of the one with its key, in one statement: two at once end as one and not as a fault."""
    session.flush()
    values = {attribute.columns[0].name: getattr(row, attribute.key) for attribute in inspect(type(row)).column_attrs}
    table: Any = type(row).__table__  # type: ignore[attr-defined]  # made by SQLModel's metaclass
    keys = [column.name for column in table.primary_key]
    statement = insert_of(session)(table).values(values)
    others = {name: statement.excluded[name] for name in values if name not in keys}
    session.execute(statement.on_conflict_do_update(index_elements=keys, set_=others))
    held = session.identity_map.get(identity_key(instance=row))
    if held is not None:
        session.expire(held)


def one_at_a_time(session: Session, number: int) -> None:
    """Wait until no other transaction holds this number; SQLite has one writer anyway."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(number)))


def insert_of(session: Session) -> Any:
    """The database's own INSERT, which says what to do with a row that is there already."""
    return insert_by(session.get_bind().dialect.name)


def insert_by(dialect: str) -> Any:
    return postgresql.insert if dialect == "postgresql" else sqlite.insert


@contextmanager
def transaction(engine: Engine) -> Iterator[Session]:
    """One user action: commits at the end, rolls back when anything leaves the block by an exception."""
    with Session(engine, expire_on_commit=False) as session, session.begin():
        yield session


@contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """A consistent look without a write lock; nothing done here is kept."""
    # Closing rolls back and leaves what was read usable; an explicit rollback would expire it.
    with Session(engine.execution_options(reading=True), expire_on_commit=False) as session:
        session.info[READING] = True
        yield session
