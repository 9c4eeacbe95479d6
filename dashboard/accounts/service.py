"""Signing in and out, and resolving who is here. A session record decides, not a cookie's content."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlmodel import Session, col, delete, select, update

from dashboard import audit
from dashboard.accounts import queries
from dashboard.accounts.claims import Facts, read_claims
from dashboard.accounts.model import LoginSession, Person
from dashboard.errors import SignInRefusedError
from dashboard.permissions import STAFF_ROLES, VISITOR, Actor, Permission, Refusal, Role, require
from dashboard.settings import Provider, ProviderKind, Settings
from dashboard.tokens import digest, new_token

# A session's last use is written at most this often: a page that reruns ten times a second costs one write.
TOUCH_AFTER = timedelta(seconds=30)
LONGEST_EMAIL = 254


def sign_in(
    session: Session, actor: Actor, provider: Provider, claims: Mapping[str, Any], *, settings: Settings, now: datetime
) -> str:
    """Open a session for verified claims and return the cookie's value. Raises SignInRefusedError without issuer or subject."""
    require(actor, Permission.READ_PUBLIC)
    facts = read_claims(provider.kind, claims, staff_claim=settings.staff_role_claim)
    issuer = claims.get("iss")
    if not isinstance(issuer, str) or not issuer or not facts.subject.strip("@"):
        raise SignInRefusedError("no issuer or subject")
    person = _person(session, issuer, facts, now)
    if facts.provider is ProviderKind.PUBLISHER:
        _note_staff(person, facts, claims, settings)
    if actor.session:
        _revoke(session, actor.session, now)
    cookie = new_token()
    session.add(
        LoginSession(
            cookie_digest=digest(cookie),
            person_id=person.id,
            provider=provider.name,
            facts=facts.to_json(),
            created_at=now,
            last_seen_at=now,
        )
    )
    signed_in = Actor(role=VISITOR.role, id=person.id)
    audit.record(session, signed_in, "sign_in", ("person", person.id), now=now, detail={"provider": provider.name})
    return cookie


def sign_out(session: Session, actor: Actor, *, now: datetime) -> None:
    """End the actor's session; nothing happens to a visitor without one."""
    require(actor, Permission.READ_PUBLIC)
    if actor.session:
        _revoke(session, actor.session, now)
        audit.record(session, actor, "sign_out", ("person", actor.id), now=now)


def resolve(session: Session, cookie: str | None, *, settings: Settings, now: datetime) -> Actor:
    """Who holds this cookie now; a visitor when it is unknown, revoked, idle for too long or too old."""
    if not cookie:
        return VISITOR
    held = session.get(LoginSession, digest(cookie))
    if held is None or held.revoked_at or now >= _ends_at(held, settings):
        return VISITOR
    return _actor(session, held, Facts.from_json(held.facts), settings)


def needs_touch(session: Session, cookie: str | None, *, now: datetime) -> bool:
    """Whether the session's last use is due to be written."""
    held = session.get(LoginSession, digest(cookie)) if cookie else None
    return held is not None and held.revoked_at is None and now - held.last_seen_at >= TOUCH_AFTER


def touch(session: Session, actor: Actor, *, now: datetime) -> None:
    """Note that the actor's session was used."""
    require(actor, Permission.READ_PUBLIC)
    session.exec(
        update(LoginSession)
        .where(col(LoginSession.cookie_digest) == actor.session, col(LoginSession.revoked_at).is_(None))
        .values(last_seen_at=now)
    )


def forget_old_sessions(session: Session, actor: Actor, *, settings: Settings, now: datetime) -> int:
    """Delete sessions that ended over a day ago; returns how many."""
    require(actor, Permission.RUN_JOBS)
    limit = now - timedelta(hours=settings.session_absolute_hours, days=1)
    return session.exec(delete(LoginSession).where(col(LoginSession.created_at) < limit)).rowcount


def _ends_at(held: LoginSession, settings: Settings) -> datetime:
    return min(
        held.last_seen_at + timedelta(minutes=settings.session_idle_minutes),
        held.created_at + timedelta(hours=settings.session_absolute_hours),
    )


def _actor(session: Session, held: LoginSession, facts: Facts, settings: Settings) -> Actor:
    if facts.provider is ProviderKind.PUBLISHER:
        role = _staff_role(facts, settings)
        refusal = None if role else Refusal.NO_STAFF_ROLE
        return Actor(role or Role.VISITOR, held.person_id, facts.name, refusal=refusal, session=held.cookie_digest)
    scope = None if facts.refusal else queries.scope_of(session, facts)
    refusal = facts.refusal or (None if scope else Refusal.UNKNOWN_SCHOOL)
    role = Role.VISITOR if refusal else Role.SCHOOL
    return Actor(role, held.person_id, facts.name, scope=scope, refusal=refusal, session=held.cookie_digest)


def _staff_role(facts: Facts, settings: Settings) -> Role | None:
    """The first of the login's values that the configured rule knows, in the rule's order. Unknown means no access."""
    named = (role for value, role in settings.staff_roles.items() if value in facts.roles)
    return next((Role(role) for role in named if role in STAFF_ROLES), None)


def _person(session: Session, issuer: str, facts: Facts, now: datetime) -> Person:
    found = session.exec(select(Person).where(Person.issuer == issuer, Person.subject == facts.subject)).one_or_none()
    if found:
        found.name = facts.name
        return found
    person = Person(id=str(uuid4()), issuer=issuer, subject=facts.subject, name=facts.name, created_at=now)
    session.add(person)
    session.flush()
    return person


def _note_staff(person: Person, facts: Facts, claims: Mapping[str, Any], settings: Settings) -> None:
    """What the desk must know of its own people: the role they came in with, and an address the provider vouches for."""
    role, email = _staff_role(facts, settings), claims.get("email")
    person.staff_role = role.value if role else ""
    person.email = email[:LONGEST_EMAIL] if role and isinstance(email, str) and claims.get("email_verified") is True else ""


def _revoke(session: Session, cookie_digest: str, now: datetime) -> None:
    session.exec(
        update(LoginSession)
        .where(col(LoginSession.cookie_digest) == cookie_digest, col(LoginSession.revoked_at).is_(None))
        .values(revoked_at=now)
    )


def provider_of(session: Session, actor: Actor) -> str:
    """The provider that the actor's session came from; empty for a visitor."""
    require(actor, Permission.READ_PUBLIC)
    held = session.get(LoginSession, actor.session) if actor.session else None
    return held.provider if held else ""
