"""PostgreSQL, as `db.make_engine` opens it."""

from typing import Any

from psycopg.types.string import StrDumperUnknown
from sqlalchemy import Engine, create_engine, event

from dashboard.sqlite import BUSY_MILLISECONDS

_OPTIONS = (
    f"-c lock_timeout={BUSY_MILLISECONDS} -c statement_timeout=30000 -c idle_in_transaction_session_timeout=60000 -c timezone=UTC"
)


class _Storable(StrDumperUnknown):
    """A zero byte, which an address can hold and no text of this database, finds nothing instead of being a fault."""

    def dump(self, obj: str) -> Any:
        return super().dump(obj.replace("\0", "\ufffd") if "\0" in obj else obj)


def postgres_engine(url: str) -> Engine:
    engine = create_engine(
        url, pool_size=10, max_overflow=30, pool_pre_ping=True, hide_parameters=True, connect_args={"options": _OPTIONS}
    )
    event.listen(engine, "connect", _prepare_connection)
    return engine


def _prepare_connection(connection: Any, _record: object) -> None:
    connection.adapters.register_dumper(str, _Storable)
