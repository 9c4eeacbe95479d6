"""How often one may do something: for a mailbox, a network address, a browser, and in all. Counted in the database, so that every
process knows, by a keyed digest of who it is about, and never more than allowed in any stretch of the window's length.
"""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlmodel import Field, col, delete, select

from dashboard.act import Allowed, asks
from dashboard.db import Base, UtcDateTime, insert_of, one_at_a_time
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


def take(act: Allowed, limit: Limit, subject: str) -> None:
    """Once more. Raises TooMuchError, and counts nothing, when that would be too often."""
    if seconds := wait(act, limit, subject):
        raise TooMuchError(seconds)
    count(act, limit, subject)


def wait(act: Allowed, limit: Limit, subject: str) -> int:
    """How many seconds until it may be done once more; 0 when it may be done now."""
    most, keys = limit.most * act.settings.limit_times, [_key(act, limit, subject, number) for number in range(limit.apart)]
    if limit.apart == 1:
        # Who does the same at the same moment is seen by the next.
        one_at_a_time(act.session, int(keys[0][:15], 16))
    counted = _counted(act, keys, act.now - limit.window - limit.part)
    left = sum(times for _, times in counted) + 1 - most
    for since, times in counted:
        if left <= 0:
            break
        left -= times
        until = since + limit.part + limit.window
        if left <= 0:
            return max(1, -int(-(until - act.now).total_seconds() // 1))
    return 0 if left <= 0 else int(limit.window.total_seconds())


def count(act: Allowed, limit: Limit, subject: str, *, at: datetime | None = None) -> None:
    """It was done once more, or will be `at` a moment to come."""
    number, moment = secrets.randbelow(limit.apart), at or act.now
    since = moment - (moment - BEGINNING) % limit.part
    row = {"key": _key(act, limit, subject, number), "since": since, "times": 1}
    statement = insert_of(act.session)(LimitCount).values(row)
    more = {"times": LimitCount.__table__.c.times + 1}  # type: ignore[attr-defined]  # made by SQLModel's metaclass
    act.session.execute(statement.on_conflict_do_update(index_elements=["key", "since"], set_=more))


@asks(Permission.RUN_JOBS)
def forget_old(act: Allowed) -> int:
    """What no window reaches any more."""
    return int(act.session.exec(delete(LimitCount).where(col(LimitCount.since) < act.now - 2 * LONGEST)).rowcount)


def _counted(act: Allowed, keys: Sequence[str], after: datetime) -> list[tuple[datetime, int]]:
    query = select(LimitCount.since, LimitCount.times).where(col(LimitCount.key).in_(keys), col(LimitCount.since) > after)
    return [(since, times) for since, times in act.session.exec(query.order_by(col(LimitCount.since)))]


def _key(act: Allowed, limit: Limit, subject: str, number: int) -> str:
    pepper = act.settings.pepper.get_secret_value().encode()
    key = hashlib.sha256(pepper).digest()
    return hashlib.blake2b(f"{limit.name}|{subject}|{number}".encode(), key=key, digest_size=32).hexdigest()
