"""Asking the provider again about somebody who is signed in: whether they still are who they were, with which roles.

Only where the provider gives something to ask with: a refresh token, or an access token that it tells about (RFC 7662). What is
asked with is sealed, and goes when the session ends.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_
from sqlmodel import col, select, update

from dashboard import audit
from dashboard.accounts.claims import Facts
from dashboard.accounts.model import LoginSession, Person
from dashboard.accounts.sealed import sealed, unsealed
from dashboard.accounts.service import facts_of, note_staff
from dashboard.act import Allowed, asks
from dashboard.audit import Action
from dashboard.errors import SignInRefusedError
from dashboard.permissions import Permission
from dashboard.settings import Provider

# Asked every minute whose turn it is, so that nobody keeps for longer than a quarter what they no longer have.
ASK_AFTER = timedelta(minutes=14)


@dataclass(frozen=True, slots=True)
class Renewal:
    """A session whose turn it is: by the digest of its cookie, of whom, and what the provider is asked with."""

    session: str
    provider: str
    issuer: str
    subject: str
    secrets: dict[str, Any]


@asks(Permission.RUN_JOBS)
def due(act: Allowed) -> list[str]:
    """By the digest of the cookie; the publisher's own people first, for they see most."""
    query = select(LoginSession.cookie_digest).join(Person, col(Person.id) == col(LoginSession.person_id)).where(_is_due(act))
    return list(act.session.exec(query.order_by(col(Person.staff_role) == "", col(LoginSession.asked_at))).all())


@asks(Permission.RUN_JOBS)
def provider_of(act: Allowed, session: str) -> str:
    """By its name; empty for a session that is gone."""
    row = act.session.get(LoginSession, session)
    return row.provider if row else ""


@asks(Permission.RUN_JOBS)
def claim(act: Allowed, session: str) -> Renewal | None:
    """Take it for this process; None when another took it, or it ended."""
    taken = act.session.exec(
        update(LoginSession).where(col(LoginSession.cookie_digest) == session, _is_due(act)).values(asked_at=act.now)
    ).rowcount
    if not taken:
        return None
    row = act.session.get_one(LoginSession, session, populate_existing=True)
    person = act.session.get_one(Person, row.person_id)
    secrets = unsealed(act.settings, session, row.renewal)
    if not secrets:
        row.renewal = None
        return None
    return Renewal(session, row.provider, person.issuer, person.subject, secrets)


@asks(Permission.RUN_JOBS)
def keep(act: Allowed, session: str, secrets: Mapping[str, Any]) -> None:
    """What to ask with next time: at once, for the one before may be used up. Nothing for a session that ended meanwhile."""
    act.session.exec(
        update(LoginSession)
        .where(col(LoginSession.cookie_digest) == session, col(LoginSession.revoked_at).is_(None))
        .values(renewal=sealed(act.settings, session, secrets))
    )


@asks(Permission.RUN_JOBS)
def renew(act: Allowed, renewal: Renewal, provider: Provider, claims: Mapping[str, Any]) -> None:
    """Take over what the provider says now. Where it gives other rights the session ends: who comes back has a new one, and what
    was kept of the old one opens nothing. Raises SignInRefusedError when it is about somebody else.
    """
    facts = facts_of(act, provider, claims)
    if (claims.get("iss"), facts.subject) != (renewal.issuer, renewal.subject):
        raise SignInRefusedError("somebody else")
    held = act.session.get(LoginSession, renewal.session)
    if held is None or held.revoked_at:
        return
    other_rights = _rights(Facts.from_json(held.facts)) != _rights(facts)
    held.facts = facts.to_json()
    note_staff(act, act.session.get_one(Person, held.person_id), facts, claims)
    if other_rights:
        act.session.flush()
        end(act, renewal)


@asks(Permission.RUN_JOBS)
def end(act: Allowed, renewal: Renewal) -> None:
    """The provider knows them no longer: the session ends here too."""
    ended = act.session.exec(
        update(LoginSession)
        .where(col(LoginSession.cookie_digest) == renewal.session, col(LoginSession.revoked_at).is_(None))
        .values(revoked_at=act.now, renewal=None)
    ).rowcount
    if ended:
        audit.record(act, Action.SESSIONS_ENDED, renewal.provider, sessions=ended)


def _rights(facts: Facts) -> tuple[object, ...]:
    """What somebody may follows from these, whatever they are called now."""
    return (facts.key, facts.value, facts.organisations, sorted(facts.roles), sorted(facts.marks), facts.refusal)


def _is_due(act: Allowed) -> ColumnElement[bool]:
    return and_(
        col(LoginSession.renewal).is_not(None),
        col(LoginSession.revoked_at).is_(None),
        col(LoginSession.asked_at) <= act.now - ASK_AFTER,
        col(LoginSession.last_seen_at) > act.now - timedelta(minutes=act.settings.session_idle_minutes),
        col(LoginSession.created_at) > act.now - timedelta(hours=act.settings.session_absolute_hours),
    )
