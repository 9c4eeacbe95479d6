"""Keys for schools' own systems: made and revoked by the school, shown once, kept as a digest, with the school's own reach."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement
from sqlmodel import col, select, update

from dashboard import audit, limits
from dashboard.accounts.model import ApiKey
from dashboard.accounts.queries import names_of
from dashboard.accounts.terms import KeyUse
from dashboard.act import Allowed, Seen, asks
from dashboard.audit import Action
from dashboard.errors import InvalidInputError, NotAllowedError, NotFoundError
from dashboard.limits import Limit
from dashboard.permissions import Actor, Permission, Role, SchoolScope
from dashboard.rows import row_of
from dashboard.tokens import digest, new_token

PREFIX = {KeyUse.API: "bsl_api_", KeyUse.FEED: "bsl_feed_"}
SHOWN_SIGNS = 12
LONGEST_LABEL = 80
MOST_KEYS = 20
LONGEST_KEY = 100
CALLS = Limit("call with a key", 120, timedelta(minutes=1))
WRONG_KEYS = Limit("wrong key from an address", 30, timedelta(minutes=1))
WRONG_KEYS_IN_ALL = Limit("wrong key", 600, timedelta(minutes=1), apart=16)


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

    @property
    def seen(self) -> Seen:
        return Seen(self.id)


@asks(Permission.MANAGE_OWN_SCHOOL)
def make_key(act: Allowed, use: KeyUse, label: str) -> str:
    """A new key for the actor's school, to be shown this once. Raises InvalidInputError."""
    act.require_fresh()
    scope = _scope(act.actor)
    said = " ".join(label.split())
    if not 0 < len(said) <= LONGEST_LABEL:
        raise InvalidInputError({"label": "invalid.key_label"})
    if len(act.session.exec(select(ApiKey.id).where(_of(scope), col(ApiKey.revoked_at).is_(None))).all()) >= MOST_KEYS:
        raise InvalidInputError({"label": "invalid.key_many"})
    secret = PREFIX[use] + new_token()
    made = ApiKey(
        use=use,
        label=said,
        digest=digest(secret),
        begins_with=secret[:SHOWN_SIGNS],
        board_number=scope.board,
        brin=None if scope.location else scope.brin,
        location=scope.location,
        made_at=act.now,
        made_by=act.actor.id,
    )
    act.session.add(made)
    audit.record(act, Action.KEY_MADE, made.id, use=use.value, scope=scope.key)
    return secret


@asks(Permission.MANAGE_OWN_SCHOOL)
def revoke_key(act: Allowed, seen: Seen) -> None:
    """End a key of the actor's school; it opens nothing from now on. Raises NotFoundError for another school's."""
    ended = act.session.exec(
        update(ApiKey)
        .where(col(ApiKey.id) == seen.id, _of(_scope(act.actor)), col(ApiKey.revoked_at).is_(None))
        .values(revoked_at=act.now)
    ).rowcount
    if not ended:
        raise NotFoundError(seen.id)
    audit.record(act, Action.KEY_REVOKED, seen.id)


@asks(Permission.MANAGE_OWN_SCHOOL)
def keys(act: Allowed) -> list[KeyRow]:
    """The keys of the actor's school, the newest first, revoked ones last."""
    rows = act.session.exec(
        select(ApiKey).where(_of(_scope(act.actor))).order_by(col(ApiKey.revoked_at).is_not(None), col(ApiKey.made_at).desc())
    ).all()
    names = names_of(act, [row.made_by for row in rows])
    return [row_of(KeyRow, row, made_by=names.get(row.made_by, "")) for row in rows]


@asks(Permission.READ_PUBLIC)
def resolve_key(act: Allowed, secret: str, use: KeyUse) -> Actor | None:
    """Whose system this is; None for a key that is unknown, revoked, or for something else."""
    if not secret.startswith(PREFIX[use]) or len(secret) > LONGEST_KEY:
        return None
    key = act.session.exec(
        select(ApiKey).where(ApiKey.digest == digest(secret), ApiKey.use == use, col(ApiKey.revoked_at).is_(None))
    ).one_or_none()
    if key is None:
        return None
    brin = key.location[:4] if key.location else key.brin
    return Actor(Role.SCHOOL_SYSTEM, key.id, key.label, scope=SchoolScope(key.board_number, brin, key.location))


@asks(Permission.READ_OWN_ANNEXES)
def note_use(act: Allowed) -> None:
    """A call with the actor's key. People see which day it was last used. Raises TooMuchError."""
    limits.take(act, (CALLS, act.actor.id))
    unused = (col(ApiKey.last_used_on) != act.today) | col(ApiKey.last_used_on).is_(None)
    act.session.exec(update(ApiKey).where(col(ApiKey.id) == act.actor.id, unused).values(last_used_on=act.today))


@asks(Permission.READ_OWN_ANNEXES)
def must_wait(act: Allowed) -> int:
    """How many seconds until the actor's key may call again; 0 when it may now. A look: who calls too often holds nobody up."""
    return limits.wait(act, CALLS, act.actor.id)


@asks(Permission.READ_PUBLIC)
def count_wrong(act: Allowed, address: str) -> None:
    """A call with a key that opens nothing, from a network address. Raises TooMuchError."""
    limits.take(act, (WRONG_KEYS, address), (WRONG_KEYS_IN_ALL, ""))


def end_keys(act: Allowed, scope: SchoolScope) -> None:
    """End every key of exactly this board or school."""
    act.session.exec(update(ApiKey).where(_of(scope), col(ApiKey.revoked_at).is_(None)).values(revoked_at=act.now))


def _scope(actor: Actor) -> SchoolScope:
    if actor.scope is None:
        raise NotAllowedError
    return actor.scope


def _of(scope: SchoolScope) -> ColumnElement[bool]:
    """The keys of exactly this scope: a school doesn't see its board's, nor a board its schools'."""
    if scope.board:
        return col(ApiKey.board_number) == scope.board
    return col(ApiKey.location) == scope.location if scope.location else col(ApiKey.brin) == scope.brin
