"""Ways into a case without an account: mailed links, the grant of a browser, and tries of a code."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, update

from dashboard.data_requests.case.access_model import CaseGrant, CodeTries, MailedLink
from dashboard.data_requests.case.model import Case
from dashboard.errors import LinkExpiredError
from dashboard.tokens import digest, new_token

VERIFY_FOR = timedelta(hours=24)
NOTICE_FOR = timedelta(days=14)
GRANT_IDLE = timedelta(minutes=30)
FREE_TRIES = 5
FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=24)
FORGET_TRIES_AFTER = timedelta(hours=24)


def new_link(session: Session, case: Case, *, now: datetime, lasts: timedelta = VERIFY_FOR, new_email: str | None = None) -> str:
    """A fresh secret for a mail; `new_email` when using it is to change the case's address."""
    token = new_token()
    session.add(
        MailedLink(token_digest=digest(token), case_id=case.id, created_at=now, expires_at=now + lasts, new_email=new_email)
    )
    return token


def use_link(session: Session, token: str, *, now: datetime) -> MailedLink:
    """Spend a mailed secret and return it. Raises LinkExpiredError when unknown, spent or too old."""
    link = session.get(MailedLink, digest(token))
    if link is None:
        raise LinkExpiredError
    spent = session.exec(
        update(MailedLink)
        .where(
            col(MailedLink.token_digest) == link.token_digest,
            col(MailedLink.used_at).is_(None),
            col(MailedLink.expires_at) > now,
        )
        .values(used_at=now)
    )
    if spent.rowcount != 1:
        raise LinkExpiredError
    return link


def grant(session: Session, visitor: str, case_id: str, *, now: datetime) -> None:
    """Let this browser (its cookie) into the case, instead of any other it had open."""
    session.merge(CaseGrant(visitor=digest(visitor), case_id=case_id, created_at=now, last_seen_at=now))


def granted_case(session: Session, visitor: str | None, *, now: datetime) -> CaseGrant | None:
    """The grant that this browser holds, unless it was idle for too long."""
    held = session.get(CaseGrant, digest(visitor)) if visitor else None
    return held if held and now - held.last_seen_at < GRANT_IDLE else None


@dataclass(frozen=True, slots=True)
class Opening:
    """Whether a code opened its case, and else how long to wait before the next try."""

    opened: bool
    wait_seconds: int = 0


@dataclass(frozen=True, slots=True)
class Tries:
    """How a code may be tried: None, or seconds to wait."""

    key: str
    wait_seconds: int


def tries(session: Session, reference: str, address: str, *, now: datetime) -> Tries:
    """The wait before a code for this reference from this address is looked at. An unknown reference waits just the same."""
    key = digest(f"{address}|{reference}")
    held = session.get(CodeTries, key)
    wait = (held.blocked_until - now).total_seconds() if held and held.blocked_until else 0
    return Tries(key, max(0, int(-(-wait // 1))))


def note_failure(session: Session, key: str, *, now: datetime) -> int:
    """Count a wrong code; from the fifth on, each one doubles the wait. Returns the seconds to wait now."""
    held = session.get(CodeTries, key) or CodeTries(key=key, failures=0, last_at=now)
    if now - held.last_at > FORGET_TRIES_AFTER:
        held.failures = 0
    held.failures += 1
    held.last_at = now
    wait = timedelta(0)
    if held.failures >= FREE_TRIES:
        wait = min(FIRST_WAIT * 2 ** min(held.failures - FREE_TRIES, 20), LONGEST_WAIT)
    held.blocked_until = now + wait if wait else None
    session.add(held)
    return int(wait.total_seconds())


def forget_failures(session: Session, key: str) -> None:
    held = session.get(CodeTries, key)
    if held:
        session.delete(held)
