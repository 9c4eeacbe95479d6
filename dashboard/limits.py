"""How often one may do something: for a mailbox, a network address, a browser, and in all. Counted in the database, so that every
process knows, by a keyed digest of who it is about, and never more than allowed in any stretch of the window's length.
"""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, TypeAlias

from sqlalchemy import bindparam
from sqlmodel import Field, col, delete, select

from dashboard.act import Allowed, asks
from dashboard.db import Base, UtcDateTime, insert_by, one_at_a_time
from dashboard.errors import TooMuchError
from dashboard.permissions import Permission

# A window is counted in so many parts; the oldest one counts whole until all of it is over.
PARTS = 12
BEGINNING = datetime(2020, 1, 1, tzinfo=UTC)
LONGEST = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Limit:
    """`apart`: in so many rows, where everybody counts in the same one and would wait for each other; so many may be too many
    then, who come at the same moment.
    """

    name: str
    most: int
    window: timedelta
    apart: int = 1

    @property
    def part(self) -> timedelta:
        return self.window / PARTS


class LimitCount(Base, table=True):
    """How often something was done in a part of a window."""

    __tablename__ = "limit_count"

    key: str = Field(primary_key=True, max_length=64)
    since: datetime = Field(primary_key=True, sa_type=UtcDateTime)
    times: int


Wanted: TypeAlias = tuple[Limit, str]


def take(act: Allowed, *wanted: Wanted) -> None:
    """Once more of each limit, for whom it counts. Raises TooMuchError, and counts nothing, when one would be too often."""
    seconds = _waits(act, wanted)
    if max(seconds):
        raise TooMuchError(max(seconds))
    _add(act, [_row(act, *each, act.now) for each in wanted])


def wait(act: Allowed, limit: Limit, subject: str) -> int:
    """How many seconds until it may be done once more; 0 when it may be done now."""
    return _waits(act, [(limit, subject)])[0]


def count(act: Allowed, limit: Limit, subject: str, *, at: datetime | None = None) -> None:
    """It was done once more, or will be `at` a moment to come."""
    _add(act, [_row(act, limit, subject, at or act.now)])


@asks(Permission.RUN_JOBS)
def forget_old(act: Allowed) -> int:
    """What no window reaches any more."""
    return int(act.session.exec(delete(LimitCount).where(col(LimitCount.since) < act.now - 2 * LONGEST)).rowcount)


def _waits(act: Allowed, wanted: Sequence[Wanted]) -> list[int]:
    """For each, in one statement for all: it is asked at every request."""
    keys = [[_key(act, limit, subject, number) for number in range(limit.apart)] for limit, subject in wanted]
    for mine in keys:
        if len(mine) == 1:
            # Who does the same at the same moment is seen by the next.
            one_at_a_time(act.session, int(mine[0][:15], 16))
    longest = max(limit.window + limit.part for limit, _ in wanted)
    given = {"keys": [key for mine in keys for key in mine], "after": act.now - longest}
    counted: dict[str, list[tuple[datetime, int]]] = {}
    for key, since, times in act.session.connection().execute(_counted(), given):
        counted.setdefault(key, []).append((since, times))
    return [
        _wait(act, limit, sorted(each for key in mine for each in counted.get(key, ())))
        for (limit, _), mine in zip(wanted, keys, strict=True)
    ]


def _wait(act: Allowed, limit: Limit, counted: Sequence[tuple[datetime, int]]) -> int:
    within = [(since, times) for since, times in counted if since > act.now - limit.window - limit.part]
    left = sum(times for _, times in within) + 1 - limit.most * act.settings.limit_times
    if left <= 0:
        return 0
    for since, times in within:
        left -= times
        if left <= 0:
            return max(1, -int(-(since + limit.part + limit.window - act.now).total_seconds() // 1))
    return int(limit.window.total_seconds())


@cache
def _counted() -> Any:
    mine = col(LimitCount.key).in_(bindparam("keys", expanding=True))
    return select(LimitCount.key, LimitCount.since, LimitCount.times).where(
        mine, col(LimitCount.since) > bindparam("after", type_=UtcDateTime())
    )


def _row(act: Allowed, limit: Limit, subject: str, moment: datetime) -> dict[str, Any]:
    key = _key(act, limit, subject, secrets.randbelow(limit.apart))
    return {"key": key, "since": moment - (moment - BEGINNING) % limit.part, "times": 1}


def _add(act: Allowed, rows: list[dict[str, Any]]) -> None:
    """In one order, so that two who count at once never wait for each other in a circle."""
    rows.sort(key=lambda row: str(row["key"]))
    act.session.connection().execute(_adding(act.session.get_bind().dialect.name), rows)


@cache
def _adding(dialect: str) -> Any:
    table: Any = LimitCount.__table__  # type: ignore[attr-defined]  # made by SQLModel's metaclass
    statement = insert_by(dialect)(table)
    return statement.on_conflict_do_update(index_elements=["key", "since"], set_={"times": table.c.times + 1})


def _key(act: Allowed, limit: Limit, subject: str, number: int) -> str:
    pepper = act.settings.pepper.get_secret_value().encode()
    key = hashlib.sha256(pepper).digest()
    return hashlib.blake2b(f"{limit.name}|{subject}|{number}".encode(), key=key, digest_size=32).hexdigest()
