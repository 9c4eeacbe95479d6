"""T31: a disk that is full. Each refused request says that it wasn't received, none is acknowledged falsely, and it recovers."""

from contextlib import suppress
from pathlib import Path

from sqlalchemy import event
from sqlalchemy.exc import DBAPIError
from sqlmodel import func, select

from dashboard.clock import utc_now
from dashboard.data_requests.case.model import Case
from dashboard.data_requests.requester import asking
from dashboard.db import is_full
from dashboard.permissions import SYSTEM, VISITOR
from dashboard.tokens import new_key, new_token
from tests.people import request
from tests.trust.losing import opened, prepared
from tests.trust.seen import Seen, times

TRIES = 300


def no_room_left(folder: Path, scale: float) -> list[Seen]:
    """The database may grow by a few pages more: what SQLite then says is what it says of a full disk."""
    portal = opened(prepared(folder))
    told, refused, other = [], 0, 0
    with portal.engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar() or 0

    def narrow(raw: object, _record: object) -> None:
        raw.execute(f"PRAGMA max_page_count={pages + 40}")  # type: ignore[attr-defined]

    portal.engine.dispose()
    event.listen(portal.engine, "connect", narrow)
    for number in range(times(TRIES, scale) + 40):
        try:
            with portal.act(VISITOR, utc_now()) as act:
                told.append(
                    asking.submit(act, request(email=f"{number}@full.example"), key=new_key(), visitor=new_token()).reference
                )
        except DBAPIError as fault:
            refused += is_full(fault)
            other += not is_full(fault)
    event.remove(portal.engine, "connect", narrow)
    portal.engine.dispose()
    with portal.look(SYSTEM) as act:
        there = set(act.session.exec(select(Case.reference)).all())
    with suppress(DBAPIError), portal.act(VISITOR, utc_now()) as act:
        told.append(asking.submit(act, request(email="daarna@full.example"), key=new_key(), visitor=new_token()).reference)
    with portal.look(SYSTEM) as act:
        after = act.session.exec(select(func.count()).select_from(Case)).one()
        whole = act.session.connection().exec_driver_sql("PRAGMA integrity_check").scalar()
    portal.engine.dispose()
    falsely = len(set(told[:-1]) - there)
    return [
        Seen(
            "0 acknowledged falsely, refused as full, recovers without a restart",
            f"{len(told)} acknowledged, {refused} refused as full, {other} otherwise, {falsely} falsely, "
            f"then {after - len(there)} more, {whole}",
            bool(told) and refused > 0 and not other and not falsely and after == len(there) + 1 and whole == "ok",
        )
    ]
