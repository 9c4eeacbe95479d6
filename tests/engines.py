"""A database for a test that opens one itself: with the secrets of the demo, or others."""

from functools import cache
from typing import Any

from sqlalchemy import Dialect, Engine, event
from sqlalchemy.util import LRUCache
from sqlmodel import delete

from dashboard import vault
from dashboard.db import make_engine, transaction
from dashboard.limits import LimitCount
from dashboard.settings import Settings

_prepared: list[tuple[Dialect, Any]] = []


def opened(url: str, *file_secrets: str) -> Engine:
    engine = make_engine(url)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _in_no_order)
        _know_statements(engine)
    return vault.attach(engine, file_secrets or _of_the_demo())


@cache
def _of_the_demo() -> tuple[str, ...]:
    return tuple(Settings(_env_file=None, environment="demo").file_secrets)


def _know_statements(engine: Engine) -> None:
    """A server has one engine and puts a statement into words once; each test has its own database, and a third of its time
    went into the same words again. All of this process share what the first one knows.
    """
    if not _prepared:
        _prepared.append((engine.dialect, LRUCache(5_000)))
    shared, statements = _prepared[0]
    engine.dialect = engine.pool._dialect = shared  # noqa: SLF001  nothing public lends them
    engine._compiled_cache = statements  # noqa: SLF001


def _in_no_order(raw: Any, _record: object) -> None:
    """What asks for no order gets the last row first: PostgreSQL gives them as it likes, and differently tomorrow."""
    raw.execute("PRAGMA reverse_unordered_selects=ON")


def forget_limits(engine: Engine) -> None:
    """As if all of it was long ago: in a test the clock stands still."""
    with transaction(engine) as session:
        session.exec(delete(LimitCount))
