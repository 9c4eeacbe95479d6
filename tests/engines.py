"""A database for a test that opens one itself: with the secrets of the demo, or others."""

from typing import Any

from sqlalchemy import Engine, event
from sqlmodel import delete

from dashboard import vault
from dashboard.db import make_engine, transaction
from dashboard.limits import LimitCount
from dashboard.settings import Settings


def opened(url: str, *file_secrets: str) -> Engine:
    engine = make_engine(url)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _in_no_order)
    return vault.attach(engine, file_secrets or Settings(_env_file=None, environment="demo").file_secrets)


def _in_no_order(raw: Any, _record: object) -> None:
    """What asks for no order gets the last row first: PostgreSQL gives them as it likes, and differently tomorrow."""
    raw.execute("PRAGMA reverse_unordered_selects=ON")


def forget_limits(engine: Engine) -> None:
    """As if all of it was long ago: in a test the clock stands still."""
    with transaction(engine) as session:
        session.exec(delete(LimitCount))
