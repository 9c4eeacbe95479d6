"""Keys of what lies in the database: each request and each file has one of its own, wrapped under a key that is made from a
secret of the settings. Removing the wrapped key leaves nothing that opens what it sealed, wherever a copy of that lies.
"""

import base64
import hashlib
import hmac
import secrets
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from functools import cache
from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, delete, event, insert, select
from sqlalchemy.orm import Session as OrmSession
from sqlmodel import Field, Session

from dashboard.db import Base, insert_by
from dashboard.errors import DamagedFileError
from dashboard.sealing import KEY_BYTES, key_from, seal, unseal
from dashboard.words import hidden

# How many opened keys this process remembers: a page of the desk and the cases that people look at.
REMEMBERED = 4_096
# What belongs to no request: mails about none, people who sign in.
PORTAL = "portal"
_MADE = "data keys made"


class DataKey(Base, table=True):
    """The key of a request, of a file, or of what belongs to neither."""

    __tablename__ = "data_key"

    owner: str = Field(primary_key=True, max_length=36)
    # Of the secret under which it lies wrapped.
    key_id: str = Field(max_length=16, index=True)
    wrapped: bytes


# Past the session's bookkeeping: it is asked in the middle of a flush.
_KEYS: Any = DataKey.__table__  # type: ignore[attr-defined]  # made by SQLModel's metaclass


class Vault:
    """What the secrets of one portal open. The first one is that of now: it wraps what is new; the others were it before."""

    def __init__(self, given: Sequence[str]) -> None:
        self.known = {key_id_of(each): key_from(each, "data keys") for each in given}
        self.current = key_id_of(given[0])
        self._searching = [key_from(each, "search") for each in given]
        self._opened: OrderedDict[str, bytes] = OrderedDict()
        self._lock = Lock()

    def wrap(self, owner: str, key: bytes) -> dict[str, Any]:
        """As a row of the table."""
        return {"owner": owner, "key_id": self.current, "wrapped": seal(key, self.known[self.current], owner)}

    def unwrap(self, owner: str, key_id: str, wrapped: bytes) -> bytes:
        """Raises DamagedFileError when it was wrapped under a secret that isn't given."""
        if key_id not in self.known:
            raise DamagedFileError(owner)
        return unseal(wrapped, self.known[key_id], owner)

    def words(self, word: str) -> list[str]:
        """How a word may stand in the index: under the secret of now first."""
        return [hidden(word, key) for key in self._searching]

    def word(self, word: str) -> str:
        """How a word is put in the index now."""
        return hidden(word, self._searching[0])

    def marks(self, text: str) -> list[str]:
        """What may be stored to know a text by, without the text."""
        return [hashlib.blake2b(text.encode(), key=key, digest_size=32).hexdigest() for key in self._searching]

    def remembered(self, owner: str) -> bytes | None:
        with self._lock:
            if owner in self._opened:
                self._opened.move_to_end(owner)
            return self._opened.get(owner)

    def remember(self, owner: str, key: bytes) -> None:
        with self._lock:
            self._opened[owner] = key
            while len(self._opened) > REMEMBERED:
                self._opened.popitem(last=False)

    def drop_all(self) -> None:
        """All keys are others now."""
        with self._lock:
            self._opened.clear()

    def drop(self, owners: Iterable[str]) -> None:
        with self._lock:
            for owner in owners:
                self._opened.pop(owner, None)


# By the dialect object of an engine, which the engines that are made of it for reading share.
_vaults: WeakKeyDictionary[Any, Vault] = WeakKeyDictionary()


def attach(engine: Engine, given: Sequence[str]) -> Engine:
    """Say which secrets open what lies in this database; without it nothing sealed is read or written there."""
    _vaults[engine.dialect] = Vault(given)
    return engine


def of(session: OrmSession) -> Vault:
    return of_dialect(session.get_bind().dialect)


def of_dialect(dialect: Any) -> Vault:
    """Raises RuntimeError for a database that was opened without secrets: a fault of ours."""
    if dialect not in _vaults:
        raise RuntimeError("this database was opened without the secrets that open what lies in it")
    return _vaults[dialect]


def drop_all(dialect: Any) -> None:
    if dialect in _vaults:
        _vaults[dialect].drop_all()


def key_id_of(secret: str) -> str:
    """Names a secret, and says nothing about it."""
    return hmac.digest(secret.encode(), b"bijsluiter key id", "sha256")[:8].hex()


def key_of(session: OrmSession, owner: str) -> bytes:
    """The key that opens what is theirs. Raises DamagedFileError when there is none, or none that our secrets open."""
    key = _made(session).get(owner) or of(session).remembered(owner) or _stored(session, owner)
    if key is None:
        raise DamagedFileError(owner)
    return key


def has_key(session: OrmSession, owner: str) -> bool:
    return owner in _made(session) or _stored(session, owner) is not None


def key_for(session: OrmSession, owner: str, *, new: bool = False) -> bytes:
    """The key under which something new of theirs is sealed; made where there is none. What is remembered doesn't count: it may
    be removed by now, and what were sealed under it would be lost. `new`: the owner itself is stored only now, and has none.
    """
    made = _made(session)
    key = made.get(owner) or (None if new else _stored(session, owner))
    if key is None:
        key = secrets.token_bytes(KEY_BYTES)
        row = of(session).wrap(owner, key)
        if not session.connection().execute(_adding(session.get_bind().dialect.name), row).rowcount:
            # Somebody else made it at the same moment.
            key = _stored(session, owner)
            if key is None:
                raise DamagedFileError(owner)
    made[owner] = key
    return key


def new_keys(session: Session, owners: Sequence[str]) -> dict[str, bytes]:
    """Keys for many that are new, in one statement."""
    keys = {owner: secrets.token_bytes(KEY_BYTES) for owner in owners}
    vault = of(session)
    session.connection().execute(insert(_KEYS), [vault.wrap(owner, key) for owner, key in keys.items()])
    return keys


def forget(session: OrmSession, *owners: str) -> None:
    """From now on nothing opens what was theirs."""
    session.connection().execute(delete(_KEYS).where(_KEYS.c.owner.in_(owners)))
    for owner in owners:
        _made(session).pop(owner, None)
    of(session).drop(owners)


@cache
def _adding(dialect: str) -> Any:
    return insert_by(dialect)(_KEYS).on_conflict_do_nothing().execution_options(preserve_rowcount=True)


def _stored(session: OrmSession, owner: str) -> bytes | None:
    found = session.connection().execute(select(_KEYS.c.key_id, _KEYS.c.wrapped).where(_KEYS.c.owner == owner)).first()
    if found is None:
        return None
    vault = of(session)
    key = vault.unwrap(owner, found[0], found[1])
    vault.remember(owner, key)
    return key


def _made(session: OrmSession) -> dict[str, bytes]:
    """The keys that this transaction made or saw: they count for nobody else before it ends well."""
    made: dict[str, bytes] = session.info.setdefault(_MADE, {})
    return made


@event.listens_for(OrmSession, "after_soft_rollback")
def _undone(session: OrmSession, _transaction: Any) -> None:
    """Also of a part of it: the rows of keys that were made meanwhile are gone."""
    session.info.pop(_MADE, None)


def as_text(content: bytes) -> str:
    return base64.b64encode(content).decode()


def from_text(text: str) -> bytes:
    return base64.b64decode(text, validate=True)
