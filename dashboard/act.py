"""Who acts, when, in which transaction, with which portal: carried as one thing. And which capability each verb asks for.

What pages, routes, jobs and commands may call is marked `@asks(...)`: it takes an `Act`, and its body gets it as `Allowed`. A
part of a verb takes an `Allowed`, which only the body of a verb has: the types hold that an edge calls no part by itself.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import wraps
from typing import Concatenate, NewType, ParamSpec, TypeVar
from zlib import crc32

from sqlmodel import Session

from dashboard.clock import local_day
from dashboard.db import READING
from dashboard.errors import FreshSignInError, NotAllowedError, NotFoundError, StaleError
from dashboard.files import FileStore
from dashboard.permissions import Actor, Permission
from dashboard.settings import Settings

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Act:
    """One action or question: made at the edge, handed down as it is."""

    session: Session
    actor: Actor
    now: datetime
    settings: Settings
    files: FileStore

    @property
    def today(self) -> date:
        """The legal day: the date in Europe/Amsterdam."""
        return local_day(self.now)

    def by(self, actor: Actor) -> "Act":
        """The same, done by somebody else: what a repeat says is said by the older request's own requester."""
        return replace(self, actor=actor)

    def find(self, kind: type[R], key: str) -> R:
        """The record with this key. Raises NotFoundError."""
        found = self.session.get(kind, key)
        if found is None:
            raise NotFoundError(key)
        return found

    def require_fresh(self) -> None:
        """Raise FreshSignInError unless the actor signed in a short while ago."""
        if not self.actor.fresh:
            raise FreshSignInError

    def require(self, *any_of: Permission) -> None:
        """Raise NotAllowedError unless the actor has one of these capabilities."""
        if not any(self.actor.may(permission) for permission in any_of):
            raise NotAllowedError(any_of[0])


# An act of which a capability was checked.
Allowed = NewType("Allowed", Act)


@dataclass(frozen=True, slots=True)
class Seen:
    """What somebody was looking at when they acted: a record and its version. A record that never changes has only the one."""

    id: str
    version: int = 0

    @classmethod
    def of(cls, record: str, *shown: object) -> "Seen":
        """A record that counts no versions: what was shown of it stands for one."""
        return cls(record, crc32(repr([str(each) for each in shown]).encode()))

    def compare(self, version: int) -> None:
        """Raise StaleError unless the record is still at this version."""
        if version != self.version:
            raise StaleError(self.id)


def once(act: Act, what: object, ask: Callable[[], R]) -> R:
    """The answer to a part that several questions of one look need: asked once, since nothing changes in a look. Where something
    is written it is asked each time.
    """
    if READING not in act.session.info:
        return ask()
    known: dict[object, R] = act.session.info.setdefault("once", {})
    if what not in known:
        known[what] = ask()
    return known[what]


# By module and name: the capabilities of which one is needed.
ASKED: dict[str, tuple[Permission, ...]] = {}


def asks(
    *any_of: Permission,
) -> Callable[[Callable[Concatenate[Allowed, P], R]], Callable[Concatenate[Act, P], R]]:
    """Mark a verb or question of the core with the capability it needs; it is checked before anything else happens."""

    def mark(verb: Callable[Concatenate[Allowed, P], R]) -> Callable[Concatenate[Act, P], R]:
        @wraps(verb)
        def asked(act: Act, /, *args: P.args, **kwargs: P.kwargs) -> R:
            act.require(*any_of)
            return verb(Allowed(act), *args, **kwargs)

        ASKED[f"{verb.__module__}.{verb.__qualname__}"] = any_of
        return asked

    return mark


def is_asked(verb: Callable[Concatenate[Act, P], R]) -> Callable[Concatenate[Act, P], R]:
    """The verb itself, for the edges: they call nothing that doesn't say which capability it needs."""
    if f"{verb.__module__}.{verb.__qualname__}" not in ASKED:
        raise ValueError(f"{verb.__qualname__} is marked with no capability")
    return verb
