"""Whether the secrets with which things were made are still the same: a mark of each is kept, from which it can't be known."""

import hashlib
import hmac

from sqlmodel import Field

from dashboard.act import Allowed, asks
from dashboard.db import Base
from dashboard.permissions import Permission
from dashboard.settings import Settings

# Those without which something that is stored, or was given out, opens no more. The others may change.
KEPT = ("PEPPER", "FILE_SECRET")


class SecretMark(Base, table=True):
    __tablename__ = "secret_mark"

    name: str = Field(primary_key=True, max_length=40)
    mark: str = Field(max_length=64)


@asks(Permission.RUN_JOBS)
def keep(act: Allowed) -> None:
    """Note the secrets of now, as far as none was noted before."""
    for name in KEPT:
        if act.session.get(SecretMark, name) is None:
            act.session.add(SecretMark(name=name, mark=_mark(act.settings, name)))


@asks(Permission.RUN_JOBS)
def changed(act: Allowed) -> list[str]:
    """The variables that hold another secret than when they were first used."""
    kept = {name: row.mark for name in KEPT if (row := act.session.get(SecretMark, name))}
    return [f"BIJSLUITER_{name}" for name, mark in kept.items() if not hmac.compare_digest(mark, _mark(act.settings, name))]


def _mark(settings: Settings, name: str) -> str:
    secret = settings.secrets[f"BIJSLUITER_{name}"].get_secret_value()
    return hmac.new(secret.encode(), b"bijsluiter mark", hashlib.sha256).hexdigest()
