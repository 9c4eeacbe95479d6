"""What SQLite needs of us: how a connection begins, when a writer takes its lock, and that writers wait in order."""

from collections import deque
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from random import uniform
from sqlite3 import SQLITE_BUSY, OperationalError
from threading import Event, Lock
from time import monotonic, sleep
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError as BusyError

BUSY_MILLISECONDS = 5_000
SHORT_WAIT_SECONDS = 0.05
LOOK_AGAIN_SECONDS = (0.0005, 0.002)
# Of an extended code of SQLite's.
PRIMARY_CODE = 0xFF
_PRAGMAS = (
    # FULL, not NORMAL: an acknowledged request survives a power cut, not only a crash of this process.
    "synchronous=FULL",
    "foreign_keys=ON",
    f"busy_timeout={BUSY_MILLISECONDS}",
    "secure_delete=ON",
    "trusted_schema=OFF",
)


def sqlite_engine(url: str) -> Engine:
    path = make_url(url).database
    if path and not path.startswith((":", "file:")):
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        # Nobody else's to read; its log and index get the same.
        Path(path).touch(mode=0o600)
    engine = create_engine(
        url, pool_size=10, max_overflow=30, hide_parameters=True, connect_args={"timeout": BUSY_MILLISECONDS / 1000}
    )
    event.listen(engine, "connect", _prepare_connection)
    event.listen(engine, "begin", _begin)
    return engine


def truncate_log(engine: Engine) -> bool:
    """Move what the write-ahead log holds into the database and leave the log empty: what was removed isn't left in it. False
    while somebody reads an older state: later again. On another database there is nothing to do.
    """
    if engine.dialect.name != "sqlite":
        return True
    with engine.connect() as connection:
        raw: Any = connection.connection.driver_connection
        raw.execute("PRAGMA busy_timeout=100")
        try:
            return not raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        finally:
            raw.execute(f"PRAGMA busy_timeout={BUSY_MILLISECONDS}")


def _prepare_connection(connection: Any, _record: Any) -> None:
    # We begin transactions ourselves: the driver's own way starts them late and never IMMEDIATE.
    connection.isolation_level = None
    _write_ahead(connection)
    for pragma in _PRAGMAS:
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
    if connection.get_execution_options().get("reading", False):
        connection.exec_driver_sql("BEGIN")
    else:
        _begin_writing(connection)


def _begin_writing(connection: Connection) -> None:
    """A writer takes its lock at once: upgrading a read lock later fails instead of waiting.

    SQLite's own waiting looks again after up to a tenth of a second, while others pass: one of eight waited for two seconds.
    """
    if queue := _queue.get():
        queue.take()
    raw: Any = connection.connection.driver_connection
    # A migration has more patience than the rest.
    patience = int(raw.execute("PRAGMA busy_timeout").fetchone()[0])
    end = monotonic() + patience / 1000
    raw.execute("PRAGMA busy_timeout=0")
    try:
        while monotonic() < end:
            try:
                raw.execute("BEGIN IMMEDIATE")
            except OperationalError as fault:
                if fault.sqlite_errorcode & PRIMARY_CODE != SQLITE_BUSY:
                    raise BusyError(None, None, fault) from fault
                sleep(uniform(*LOOK_AGAIN_SECONDS))  # noqa: S311  a wait, no secret
            else:
                return
        # The same fault as SQLAlchemy tells it.
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    finally:
        raw.execute(f"PRAGMA busy_timeout={patience}")


class _Writers:
    """The writers of this process, one after the other in the order in which they came: by themselves each would look now and
    then whether the database is free.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._waiting: deque[Event] = deque()

    @contextmanager
    def turn(self) -> Iterator[None]:
        mine = Event()
        with self._lock:
            self._waiting.append(mine)
            if self._waiting[0] is mine:
                mine.set()
        try:
            if not mine.wait(BUSY_MILLISECONDS / 1000):
                raise BusyError(None, None, OperationalError("database is locked"))
            yield
        finally:
            with self._lock:
                self._waiting.remove(mine)
                if self._waiting:
                    self._waiting[0].set()


_writers: WeakKeyDictionary[Engine, _Writers] = WeakKeyDictionary()
_writers_lock = Lock()


@dataclass(slots=True)
class _Place:
    """The place in the queue of the transaction that goes on in this thread; given back at its end."""

    writers: _Writers
    held: ExitStack
    taken: bool = False

    def take(self) -> None:
        if not self.taken:
            self.taken = True
            self.held.enter_context(self.writers.turn())


_queue: ContextVar[_Place | None] = ContextVar("queue", default=None)


@contextmanager
def in_order(engine: Engine) -> Iterator[None]:
    """Around a transaction that writes: it queues when it begins to, which raises OperationalError of SQLAlchemy after five
    seconds.
    """
    if engine.dialect.name != "sqlite":
        yield
        return
    with _writers_lock:
        writers = _writers.setdefault(engine, _Writers())
    with ExitStack() as held:
        before = _queue.set(_Place(writers, held))
        try:
            yield
        finally:
            _queue.reset(before)
