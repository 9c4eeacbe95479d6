"""Somebody's own sessions, and the browsers that our own people signed in from: who they are told of when it is another one."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement
from sqlmodel import col, delete, select, update

from dashboard import audit
from dashboard.accounts import messages
from dashboard.accounts.model import KnownBrowser, LoginSession, Person
from dashboard.accounts.sessions import that_run
from dashboard.act import Allowed, Seen, asks
from dashboard.audit import Action
from dashboard.db import put
from dashboard.errors import NotFoundError
from dashboard.mail.outbox import Envelope
from dashboard.permissions import Permission
from dashboard.tokens import digest

# A browser that wasn't seen for so long is another one.
KNOWN_FOR = timedelta(days=180)


@dataclass(frozen=True, slots=True)
class OwnSession:
    """`id`: names it among one's own, and is nothing that opens it."""

    id: str
    provider: str
    created_at: datetime
    last_seen_at: datetime
    is_this: bool


@asks(Permission.OWN_SESSIONS)
def mine(act: Allowed) -> list[OwnSession]:
    """Those that run, this one first."""
    rows = act.session.exec(select(LoginSession).where(_of_me(act), that_run(act)).order_by(col(LoginSession.created_at).desc()))
    found = [
        OwnSession(_named(row), row.provider, row.created_at, row.last_seen_at, row.cookie_digest == act.actor.session)
        for row in rows
    ]
    return sorted(found, key=lambda row: not row.is_this)


@asks(Permission.OWN_SESSIONS)
def end_one(act: Allowed, seen: Seen) -> None:
    """Another one of one's own. Raises NotFoundError."""
    rows = act.session.exec(select(LoginSession).where(_of_me(act), that_run(act))).all()
    wanted = next((row for row in rows if _named(row) == seen.id and row.cookie_digest != act.actor.session), None)
    if wanted is None:
        raise NotFoundError(seen.id)
    _end(act, col(LoginSession.cookie_digest) == wanted.cookie_digest)


@asks(Permission.OWN_SESSIONS)
def end_others(act: Allowed) -> None:
    """All but this one."""
    _end(act, col(LoginSession.cookie_digest) != act.actor.session)


@asks(Permission.RUN_JOBS)
def forget_browsers(act: Allowed) -> int:
    return act.session.exec(delete(KnownBrowser).where(col(KnownBrowser.last_at) < act.now - KNOWN_FOR)).rowcount


def note_browser(act: Allowed, person: Person, browser: str) -> None:
    """One of ours signed in from a browser, known by its cookie; who did so before from others hears of it."""
    if not person.staff_role:
        return
    named = digest(f"{person.id}|{browser}") if browser else ""
    known = set(act.session.exec(select(KnownBrowser.browser).where(KnownBrowser.person_id == person.id)).all())
    if known and named not in known and person.email:
        messages.new_browser(act, Envelope(person.email, name=person.name))
    if named:
        put(act.session, KnownBrowser(person_id=person.id, browser=named, last_at=act.now))


def _named(row: LoginSession) -> str:
    return digest(row.cookie_digest)[:16]


def _of_me(act: Allowed) -> ColumnElement[bool]:
    return col(LoginSession.person_id) == act.actor.id


def _end(act: Allowed, which: ColumnElement[bool]) -> None:
    ended = act.session.exec(
        update(LoginSession)
        .where(_of_me(act), col(LoginSession.revoked_at).is_(None), which)
        .values(revoked_at=act.now, renewal=None)
    ).rowcount
    audit.record(act, Action.SESSIONS_ENDED, act.actor.id, sessions=ended)
