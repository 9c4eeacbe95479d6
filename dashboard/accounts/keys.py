"""Keys for schools' own systems: made and revoked by the school, shown once, kept as a digest, with the school's own reach."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import uuid4

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select, update

from dashboard import audit
from dashboard.accounts.model import ApiKey, KeyUse
from dashboard.accounts.queries import names_of
from dashboard.clock import local_day
from dashboard.errors import InvalidInputError, NotAllowedError, NotFoundError
from dashboard.permissions import Actor, Permission, Role, SchoolScope, require
from dashboard.tokens import digest, new_token

PREFIX = {KeyUse.API: "bsl_api_", KeyUse.FEED: "bsl_feed_"}
SHOWN_SIGNS = 12
LONGEST_LABEL = 80
MOST_KEYS = 20
LONGEST_KEY = 100


@dataclass(frozen=True, slots=True)
class KeyRow:
    id: str
    use: KeyUse
    label: str
    begins_with: str
    made_at: datetime
    made_by: str
    last_used_on: date | None
    revoked_at: datetime | None


def make_key(session: Session, actor: Actor, use: KeyUse, label: str, *, now: datetime) -> str:
    """A new key for the actor's school, to be shown this once. Raises InvalidInputError."""
    require(actor, Permission.MANAGE_OWN_SCHOOL)
    scope = _scope(actor)
    said = " ".join(label.split())
    if not 0 < len(said) <= LONGEST_LABEL:
        raise InvalidInputError({"label": "invalid.key_label"})
    if len(session.exec(select(ApiKey.id).where(_of(scope), col(ApiKey.revoked_at).is_(None))).all()) >= MOST_KEYS:
        raise InvalidInputError({"label": "invalid.key_many"})
    secret = PREFIX[use] + new_token()
    made = ApiKey(
        id=str(uuid4()),
        use=use,
        label=said,
        digest=digest(secret),
        begins_with=secret[:SHOWN_SIGNS],
        board_number=scope.board,
        brin=None if scope.location else scope.brin,
        location=scope.location,
        made_at=now,
        made_by=actor.id,
    )
    session.add(made)
    audit.record(session, actor, "key.made", ("api_key", made.id), now=now, detail={"use": use.value, "scope": scope.key})
    return secret


def revoke_key(session: Session, actor: Actor, key_id: str, *, now: datetime) -> None:
    """End a key of the actor's school; it opens nothing from now on. Raises NotFoundError for another school's."""
    require(actor, Permission.MANAGE_OWN_SCHOOL)
    ended = session.exec(
        update(ApiKey)
        .where(col(ApiKey.id) == key_id, _of(_scope(actor)), col(ApiKey.revoked_at).is_(None))
        .values(revoked_at=now)
    ).rowcount
    if not ended:
        raise NotFoundError(key_id)
    audit.record(session, actor, "key.revoked", ("api_key", key_id), now=now)


def keys(session: Session, actor: Actor) -> list[KeyRow]:
    """The keys of the actor's school, the newest first, revoked ones last."""
    require(actor, Permission.MANAGE_OWN_SCHOOL)
    rows = session.exec(
        select(ApiKey).where(_of(_scope(actor))).order_by(col(ApiKey.revoked_at).is_not(None), col(ApiKey.made_at).desc())
    ).all()
    names = names_of(session, [row.made_by for row in rows])
    return [
        KeyRow(r.id, r.use, r.label, r.begins_with, r.made_at, names.get(r.made_by, ""), r.last_used_on, r.revoked_at)
        for r in rows
    ]


def resolve_key(session: Session, secret: str, use: KeyUse) -> Actor | None:
    """Whose system this is; None for a key that is unknown, revoked, or for something else."""
    if not secret.startswith(PREFIX[use]) or len(secret) > LONGEST_KEY:
        return None
    key = session.exec(
        select(ApiKey).where(ApiKey.digest == digest(secret), ApiKey.use == use, col(ApiKey.revoked_at).is_(None))
    ).one_or_none()
    if key is None:
        return None
    brin = key.location[:4] if key.location else key.brin
    return Actor(Role.SCHOOL_SYSTEM, key.id, key.label, scope=SchoolScope(key.board_number, brin, key.location))


def needs_note(session: Session, actor: Actor, *, now: datetime) -> bool:
    """Whether today's first use of the key is still to be written."""
    key = session.get(ApiKey, actor.id)
    return key is not None and key.last_used_on != local_day(now)


def note_use(session: Session, actor: Actor, *, now: datetime) -> None:
    """That the key was used today: people see which keys are still in use."""
    require(actor, Permission.READ_OWN_ANNEXES)
    session.exec(update(ApiKey).where(col(ApiKey.id) == actor.id).values(last_used_on=local_day(now)))


def _scope(actor: Actor) -> SchoolScope:
    if actor.scope is None:
        raise NotAllowedError
    return actor.scope


def _of(scope: SchoolScope) -> ColumnElement[bool]:
    """The keys of exactly this scope: a school doesn't see its board's, nor a board its schools'."""
    if scope.board:
        return col(ApiKey.board_number) == scope.board
    return col(ApiKey.location) == scope.location if scope.location else col(ApiKey.brin) == scope.brin
