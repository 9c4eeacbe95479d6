"""The database: our own registry, aware times, enums by value, and one transaction per user action."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from sqlite3 import SQLITE_FULL
from typing import Any
from uuid import uuid4

from sqlalchemy import DateTime, Dialect, Engine, Enum, exc, func, insert, inspect, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import make_url
from sqlalchemy.orm import registry
from sqlalchemy.orm.util import identity_key
from sqlalchemy.types import TypeDecorator
from sqlmodel import Field, Session, SQLModel

from dashboard.sqlite import PRIMARY_CODE, in_order, sqlite_engine

# The database takes nothing now, or every connection is in use: it may be better in a moment.
BUSY = (exc.OperationalError, exc.TimeoutError)
# Said of a session in which nothing changes: what was read stands until it ends.
READING = "reading"
_POSTGRES_FULL = "53100"
_preparing: "dict[type[Base], Callable[[Session, Any], None]]" = {}


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
        return sqlite_engine(url)
    from dashboard.postgres import postgres_engine  # noqa: PLC0415  its driver, only where there is one

    return postgres_engine(url)


def is_full(fault: BaseException) -> bool:
    """Whether a database says that its disk is full: nothing gets better by waiting."""
    said: Any = getattr(fault, "orig", None)
    code = getattr(said, "sqlite_errorcode", 0) & PRIMARY_CODE
    return code == SQLITE_FULL or getattr(said, "sqlstate", "") == _POSTGRES_FULL


def prepared(kind: type[Base], prepare: Callable[[Session, Any], None]) -> None:
    """Say what is done to a row of this kind before it is stored."""
    _preparing[kind] = prepare


def put(session: Session, row: Base) -> None:
    """Store a row in the place of the one with its key, in one statement: two at once end as one and not as a fault."""
    session.flush()
    _prepare(session, row)
    session.connection().execute(_putting(type(row), session.get_bind().dialect.name), _values_of(row))
    held = session.identity_map.get(identity_key(instance=row))
    if held is not None:
        session.expire(held)


def store(session: Session, *rows: Base) -> None:
    """Add rows that nothing in this transaction changes any more: at once, past the session's bookkeeping, which costs as much
    as the rows. What they refer to is stored already.
    """
    for row in rows:
        _prepare(session, row)
        session.connection().execute(_storing(type(row)), _values_of(row))


def _prepare(session: Session, row: Base) -> None:
    if prepare := _preparing.get(type(row)):
        prepare(session, row)


def _values_of(row: Base) -> dict[str, Any]:
    return {name: getattr(row, key) for name, key in _columns_of(type(row))}


@cache
def _columns_of(kind: type[Base]) -> tuple[tuple[str, str], ...]:
    """By column the attribute that it is stored from."""
    return tuple((attribute.columns[0].name, attribute.key) for attribute in inspect(kind).column_attrs)


@cache
def _storing(kind: type[Base]) -> Any:
    return insert(kind.__table__)  # type: ignore[attr-defined]  # made by SQLModel's metaclass


@cache
def _putting(kind: type[Base], dialect: str) -> Any:
    table: Any = kind.__table__  # type: ignore[attr-defined]  # made by SQLModel's metaclass
    statement, keys = insert_by(dialect)(table), [column.name for column in table.primary_key]
    others = {column.name: statement.excluded[column.name] for column in table.columns if column.name not in keys}
    # A row that is nothing but its key is there or isn't.
    return statement.on_conflict_do_update(index_elements=keys, set_=others) if others else statement.on_conflict_do_nothing()


def savepoint(session: Session) -> AbstractContextManager[object]:
    """Around rows that somebody else may store at the same moment. SQLite has one writer, who looked before: nothing to undo."""
    return session.begin_nested() if session.get_bind().dialect.name == "postgresql" else nullcontext()


def one_at_a_time(session: Session, number: int) -> None:
    """Wait until no other transaction holds this number; SQLite has one writer anyway."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(number)))


def insert_of(session: Session) -> Any:
    """The database's own INSERT, which says what to do with a row that is there already."""
    return insert_by(session.get_bind().dialect.name)


def insert_by(dialect: str) -> Any:
    return (postgresql if dialect == "postgresql" else sqlite).insert


@contextmanager
def transaction(engine: Engine) -> Iterator[Session]:
    """One user action: commits at the end, rolls back when anything leaves the block by an exception."""
    with in_order(engine), Session(engine, expire_on_commit=False) as session, session.begin():
        yield session


@contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """A consistent look without a write lock; nothing done here is kept."""
    # Closing rolls back and leaves what was read usable; an explicit rollback would expire it.
    with Session(engine.execution_options(reading=True), expire_on_commit=False) as session:
        session.info[READING] = True
        yield session
