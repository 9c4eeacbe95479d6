"""Signing in and out, and resolving who is here. A session record decides, not a cookie's content."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_
from sqlmodel import col, delete, select, update

from dashboard import audit, limits
from dashboard.accounts import own_sessions, queries
from dashboard.accounts.claims import Facts, organisation_of, read_claims
from dashboard.accounts.model import LoginSession, Person
from dashboard.accounts.sealed import sealed
from dashboard.act import Allowed, asks
from dashboard.audit import Action
from dashboard.errors import NotFoundError, SignInRefusedError
from dashboard.limits import Limit
from dashboard.permissions import STAFF_ROLES, VISITOR, Actor, Permission, Refusal, Role
from dashboard.settings import Provider, ProviderKind, Settings
from dashboard.tokens import digest, new_token

# A session's last use is written at most this often: a page that reruns ten times a second costs one write.
TOUCH_AFTER = timedelta(seconds=30)
LONGEST_EMAIL = 254
# How long after signing in what is grave may be done.
FRESH_FOR = timedelta(hours=1)
# Refused sign-ins that are noted.
DENIED = Limit("refused sign-in", 120, timedelta(minutes=1))


@asks(Permission.READ_PUBLIC)
def sign_in(
    act: Allowed,
    provider: Provider,
    claims: Mapping[str, Any],
    asked_with: Mapping[str, Any] | None = None,
    *,
    browser: str = "",
) -> str:
    """Open a session for verified claims and return the cookie's value. `asked_with`: what the provider can be asked with later;
    `browser`: the cookie that tells this browser from others.

    Raises SignInRefusedError without issuer or subject.
    """
    facts = facts_of(act, provider, claims)
    issuer = claims.get("iss")
    if not isinstance(issuer, str) or not issuer or not facts.subject.strip("@"):
        raise SignInRefusedError("no issuer or subject")
    person = _person(act, issuer, facts)
    note_staff(act, person, facts, claims)
    own_sessions.note_browser(act, person, browser)
    if act.actor.session:
        _revoke(act, act.actor.session)
    cookie = new_token()
    act.session.add(
        LoginSession(
            cookie_digest=digest(cookie),
            person_id=person.id,
            provider=provider.name,
            facts=facts.to_json(),
            created_at=act.now,
            last_seen_at=act.now,
            sid=facts.sid,
            renewal=sealed(act.settings, digest(cookie), asked_with or {}),
            asked_at=act.now,
        )
    )
    signed_in = Actor(role=VISITOR.role, id=person.id)
    audit.record(Allowed(act.by(signed_in)), Action.SIGN_IN, person.id, provider=provider.name)
    return cookie


@asks(Permission.READ_PUBLIC)
def refuse_sign_in(act: Allowed, provider: str, fault: str) -> None:
    """Record that a provider's answer wasn't accepted, and which kind of fault it had."""
    # A flood of them fills no table: the first of each minute say enough.
    if not limits.wait(act, DENIED, ""):
        limits.count(act, DENIED, "")
        audit.deny(act, Action.SIGN_IN, f"{provider}:{fault}"[:80], about="provider")


@asks(Permission.READ_PUBLIC)
def sign_out(act: Allowed) -> None:
    """End the actor's session; nothing happens to a visitor without one."""
    if act.actor.session:
        _revoke(act, act.actor.session)
        audit.record(act, Action.SIGN_OUT, act.actor.id)


@asks(Permission.READ_PUBLIC)
def resolve(act: Allowed, cookie: str | None) -> Actor:
    """Who holds this cookie now; a visitor when it is unknown, revoked, idle for too long or too old."""
    if not cookie:
        return VISITOR
    held = act.session.get(LoginSession, digest(cookie))
    if held is None or held.revoked_at or act.now >= _ends_at(held, act.settings):
        return VISITOR
    return _actor(act, held, Facts.from_json(held.facts))


@asks(Permission.READ_OWN_ANNEXES)
def choose_school(act: Allowed, key: str) -> None:
    """Look at another of one's own schools. Raises NotFoundError for any other."""
    if key not in {scope.key for scope in act.actor.choices}:
        raise NotFoundError(key)
    act.session.exec(update(LoginSession).where(col(LoginSession.cookie_digest) == act.actor.session).values(chosen=key))


@asks(Permission.READ_PUBLIC)
def end_by_provider(act: Allowed, provider: Provider, issuer: str, *, subject: str, sid: str, told_at: datetime) -> int:
    """The provider says that somebody signed out there: by its name for the session, or for the person. Returns how many
    sessions ended here: those that began before it was told.
    """
    people = select(Person.id).where(Person.issuer == issuer)
    people = people if sid else people.where(Person.subject == subject)
    which = [
        col(LoginSession.provider) == provider.name,
        col(LoginSession.revoked_at).is_(None),
        col(LoginSession.created_at) <= told_at,
        col(LoginSession.person_id).in_(people),
    ]
    which += [col(LoginSession.sid) == sid] if sid else []
    ended = act.session.exec(update(LoginSession).where(*which).values(revoked_at=act.now, renewal=None)).rowcount
    audit.record(act, Action.SESSIONS_ENDED, provider.name, sessions=ended)
    return ended


@asks(Permission.READ_PUBLIC)
def needs_touch(act: Allowed, cookie: str | None) -> bool:
    """Whether the session's last use is due to be written."""
    held = act.session.get(LoginSession, digest(cookie)) if cookie else None
    return held is not None and held.revoked_at is None and act.now - held.last_seen_at >= TOUCH_AFTER


@asks(Permission.READ_PUBLIC)
def touch(act: Allowed) -> None:
    """Note that the actor's session was used."""
    act.session.exec(
        update(LoginSession)
        .where(col(LoginSession.cookie_digest) == act.actor.session, col(LoginSession.revoked_at).is_(None))
        .values(last_seen_at=act.now)
    )


@asks(Permission.RUN_JOBS)
def forget_old_sessions(act: Allowed) -> int:
    """Delete sessions that ended over a day ago; returns how many."""
    idle = act.now - timedelta(minutes=act.settings.session_idle_minutes)
    # What a provider could be asked with goes with the session; the row stays a day longer.
    lapsed = and_(col(LoginSession.last_seen_at) < idle, col(LoginSession.renewal).is_not(None))
    act.session.exec(update(LoginSession).where(lapsed).values(renewal=None))
    limit = act.now - timedelta(hours=act.settings.session_absolute_hours, days=1)
    return act.session.exec(delete(LoginSession).where(col(LoginSession.created_at) < limit)).rowcount


def _ends_at(held: LoginSession, settings: Settings) -> datetime:
    return min(
        held.last_seen_at + timedelta(minutes=settings.session_idle_minutes),
        held.created_at + timedelta(hours=settings.session_absolute_hours),
    )


def _actor(act: Allowed, held: LoginSession, facts: Facts) -> Actor:
    fresh = act.now - held.created_at <= FRESH_FOR
    if facts.provider is ProviderKind.PUBLISHER:
        role = _staff_role(facts, act.settings)
        refusal = None if role else Refusal.NO_STAFF_ROLE
        return Actor(role or Role.VISITOR, held.person_id, facts.name, refusal=refusal, session=held.cookie_digest, fresh=fresh)
    known = [] if facts.refusal else queries.standings(act, facts)
    if not known:
        refusal = facts.refusal or Refusal.UNKNOWN_SCHOOL
        return Actor(Role.VISITOR, held.person_id, facts.name, refusal=refusal, session=held.cookie_digest)
    mine = next((each for each in known if each.scope.key == held.chosen), known[0])
    return Actor(
        role=Role.SCHOOL if mine.is_staff else Role.SCHOOL_READER,
        id=held.person_id,
        name=facts.name,
        scope=mine.scope,
        choices=tuple(each.scope for each in known) if len(known) > 1 else (),
        session=held.cookie_digest,
        fresh=fresh,
    )


def _mark_claim(act: Allowed, kind: ProviderKind, claims: Mapping[str, Any]) -> str:
    """Which claim tells the staff of this organisation from its pupils, by its mapping."""
    found = organisation_of(kind, claims)
    mapping = queries.mapping_by(act, kind, *found) if found else None
    return mapping.staff_claim if mapping else ""


def _staff_role(facts: Facts, settings: Settings) -> Role | None:
    """The first of the login's values that the configured rule knows, in the rule's order. Unknown means no access."""
    named = (role for value, role in settings.staff_roles.items() if value in facts.roles)
    return next((Role(role) for role in named if role in STAFF_ROLES), None)


def _person(act: Allowed, issuer: str, facts: Facts) -> Person:
    found = act.session.exec(select(Person).where(Person.issuer == issuer, Person.subject == facts.subject)).one_or_none()
    if found:
        found.name = facts.name
        return found
    person = Person(issuer=issuer, subject=facts.subject, name=facts.name, created_at=act.now)
    act.session.add(person)
    act.session.flush()
    return person


def facts_of(act: Allowed, provider: Provider, claims: Mapping[str, Any]) -> Facts:
    """What we keep of somebody's claims."""
    mark = _mark_claim(act, provider.kind, claims)
    return read_claims(provider.kind, claims, staff_claim=act.settings.staff_role_claim, mark_claim=mark)


def note_staff(act: Allowed, person: Person, facts: Facts, claims: Mapping[str, Any]) -> None:
    """What the desk must know of its own people: the role they came in with, and an address the provider vouches for."""
    if facts.provider is not ProviderKind.PUBLISHER:
        return
    role, email = _staff_role(facts, act.settings), claims.get("email")
    person.staff_role = role.value if role else ""
    person.email = email[:LONGEST_EMAIL] if role and isinstance(email, str) and claims.get("email_verified") is True else ""


def _revoke(act: Allowed, cookie_digest: str) -> None:
    act.session.exec(
        update(LoginSession)
        .where(col(LoginSession.cookie_digest) == cookie_digest, col(LoginSession.revoked_at).is_(None))
        .values(revoked_at=act.now, renewal=None)
    )


@asks(Permission.READ_PUBLIC)
def provider_of(act: Allowed) -> str:
    """The provider that the actor's session came from; empty for a visitor."""
    held = act.session.get(LoginSession, act.actor.session) if act.actor.session else None
    return held.provider if held else ""
