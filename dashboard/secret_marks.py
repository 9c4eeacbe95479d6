"""Whether the secrets with which things were made are still given: a mark of each is kept, from which it can't be known."""

import hashlib
import hmac
from datetime import datetime

from sqlmodel import Field, col, or_, select

from dashboard.act import Allowed, asks
from dashboard.db import Base, UtcDateTime, one_at_a_time
from dashboard.permissions import Permission
from dashboard.settings import Settings

# Those without which something that is stored, or was given out, opens no more. The others may change.
KEPT = ("PEPPER", "FILE_SECRET")
# Any number, as long as it is ours alone.
LOCK = 20_261_127


class SecretMark(Base, table=True):
    """One that something was made with: its variable, and for a later one a few signs behind it."""

    __tablename__ = "secret_mark"

    name: str = Field(primary_key=True, max_length=40)
    mark: str = Field(max_length=64)
    since: datetime | None = Field(default=None, sa_type=UtcDateTime)


@asks(Permission.RUN_JOBS)
def keep(act: Allowed) -> None:
    """Note the secrets of now: the first ones, and one that takes the place of another that is still given."""
    # Several processes start at once.
    one_at_a_time(act.session, LOCK)
    for name in KEPT:
        given, kept = _given(act.settings, name), {row.mark for row in _kept(act, name)}
        if not kept:
            act.session.add(SecretMark(name=name, mark=given[0], since=act.now))
        elif given[0] not in kept and kept & set(given):
            act.session.add(SecretMark(name=f"{name} {given[0][:8]}", mark=given[0], since=act.now))


@asks(Permission.RUN_JOBS)
def changed(act: Allowed) -> list[str]:
    """The variables that don't hold a secret any more with which something was made."""
    return [f"BIJSLUITER_{name}" for name in KEPT if {row.mark for row in _kept(act, name)} - set(_given(act.settings, name))]


@asks(Permission.RUN_JOBS)
def since_when(act: Allowed, name: str) -> datetime | None:
    """When the secret of now was first used, where there were others before it; else None."""
    rows, now = _kept(act, name), _given(act.settings, name)[0]
    return next((row.since for row in rows if row.mark == now), None) if len(rows) > 1 else None


@asks(Permission.RUN_JOBS)
def settle(act: Allowed, name: str) -> None:
    """Nothing is left that was made with the ones before: they needn't be given any more."""
    for row in _kept(act, name):
        act.session.delete(row)
    act.session.flush()
    act.session.add(SecretMark(name=name, mark=_given(act.settings, name)[0], since=act.now))


def _kept(act: Allowed, name: str) -> list[SecretMark]:
    mine = or_(SecretMark.name == name, col(SecretMark.name).startswith(f"{name} ", autoescape=True))
    return list(act.session.exec(select(SecretMark).where(mine)))


def _given(settings: Settings, name: str) -> list[str]:
    """Marks of those that are given, the one of now first."""
    given = settings.peppers if name == "PEPPER" else settings.file_secrets
    return [hmac.new(each.encode(), b"bijsluiter mark", hashlib.sha256).hexdigest() for each in given]
