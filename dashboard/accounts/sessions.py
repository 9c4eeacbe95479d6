"""Whose sessions and keys are open, and ending them: of a colleague who left, or a school's system that lost its key."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice

from sqlalchemy import ColumnElement, and_, or_
from sqlmodel import col, func, select, update

from dashboard import audit
from dashboard.accounts.model import ApiKey, LoginSession, Person
from dashboard.accounts.terms import KeyUse
from dashboard.act import Allowed, Seen, asks
from dashboard.audit import Action
from dashboard.errors import NotFoundError
from dashboard.permissions import Permission
from dashboard.rows import row_of
from dashboard.typed import line_of

LISTED = 50


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Somebody with a session that didn't end, and how many they have. `id`: of the person."""

    id: str
    name: str
    # Of the publisher's staff only.
    staff_role: str
    provider: str
    sessions: int
    last_seen_at: datetime

    @property
    def seen(self) -> Seen:
        return Seen(self.id)


@dataclass(frozen=True, slots=True)
class OpenKey:
    id: str
    use: KeyUse
    label: str
    begins_with: str
    # The board, school or location that it is of.
    scope: str
    made_at: datetime
    last_used_on: date | None

    @property
    def seen(self) -> Seen:
        return Seen(self.id)


@asks(Permission.MANAGE_SCHOOLS)
def signed_in(act: Allowed, name: str = "") -> list[SignedIn]:
    """Who is signed in, the publisher's staff first; with `name` only people whose name has these words."""
    wanted = [word.casefold() for word in line_of(name).split()]
    count, last = func.count(), func.max(LoginSession.last_seen_at)
    rows = act.session.exec(
        select(Person, func.min(LoginSession.provider), count, last)
        .join(LoginSession, col(LoginSession.person_id) == col(Person.id))
        .where(that_run(act))
        .group_by(*Person.__table__.columns)  # type: ignore[attr-defined]  # made by SQLModel's metaclass
        .order_by(col(Person.staff_role) == "", last.desc(), col(Person.id))
        # Names lie sealed: with words all are looked through, here.
        .limit(None if wanted else LISTED)
    )
    found = (row for row in rows if all(word in row[0].name.casefold() for word in wanted))
    return [
        row_of(SignedIn, person, provider=provider, sessions=number, last_seen_at=at)
        for person, provider, number, at in islice(found, LISTED)
    ]


@asks(Permission.MANAGE_SCHOOLS)
def end_sessions(act: Allowed, seen: Seen) -> int:
    """Sign somebody out everywhere, at once; returns of how many sessions. Raises NotFoundError for who isn't there.

    Whether they may come back is for who lets them in: the identity provider with its roles, or a mapping.
    """
    person = act.find(Person, seen.id)
    mine = col(LoginSession.person_id) == person.id
    running = act.session.exec(select(func.count()).select_from(LoginSession).where(mine, that_run(act))).one()
    act.session.exec(
        update(LoginSession).where(mine, col(LoginSession.revoked_at).is_(None)).values(revoked_at=act.now, renewal=None)
    )
    audit.record(act, Action.SESSIONS_ENDED, person.id, sessions=running)
    return running


@asks(Permission.MANAGE_SCHOOLS)
def open_keys(act: Allowed, scope: str = "") -> list[OpenKey]:
    """The keys of all schools that open something, the newest first; with `scope` those of one board, school or location."""
    key = line_of(scope).upper()
    of = [or_(*(column == key for column in _SCOPES))] if key else []
    rows = act.session.exec(
        select(ApiKey).where(col(ApiKey.revoked_at).is_(None), *of).order_by(col(ApiKey.made_at).desc()).limit(LISTED)
    ).all()
    return [row_of(OpenKey, row, scope=row.board_number or row.brin or row.location or "") for row in rows]


@asks(Permission.MANAGE_SCHOOLS)
def end_key(act: Allowed, seen: Seen) -> None:
    """A key of any school opens nothing from now on. Raises NotFoundError for one that is unknown or ended."""
    ended = act.session.exec(
        update(ApiKey).where(col(ApiKey.id) == seen.id, col(ApiKey.revoked_at).is_(None)).values(revoked_at=act.now)
    ).rowcount
    if not ended:
        raise NotFoundError(seen.id)
    audit.record(act, Action.KEY_REVOKED, seen.id)


_SCOPES = (col(ApiKey.board_number), col(ApiKey.brin), col(ApiKey.location))


def that_run(act: Allowed) -> ColumnElement[bool]:
    """Sessions that didn't end."""
    return and_(
        col(LoginSession.revoked_at).is_(None),
        col(LoginSession.last_seen_at) > act.now - timedelta(minutes=act.settings.session_idle_minutes),
        col(LoginSession.created_at) > act.now - timedelta(hours=act.settings.session_absolute_hours),
    )
