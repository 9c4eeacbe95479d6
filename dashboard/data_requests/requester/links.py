"""Ways into a case without an account: mailed links, the grant of a browser, and tries of a code."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlmodel import col, delete, select, update

from dashboard import limits, vault
from dashboard.act import Allowed, asks
from dashboard.addresses import mailbox
from dashboard.data_requests.case.access_model import CaseGrant, CodeTries, MailedLink
from dashboard.data_requests.case.codes import code_hmac, code_of_mail
from dashboard.data_requests.case.model import Case
from dashboard.db import insert_of, put, store
from dashboard.errors import LinkExpiredError
from dashboard.limits import Limit
from dashboard.permissions import Permission
from dashboard.tokens import digest, new_token

VERIFY_FOR = timedelta(hours=24)
NOTICE_FOR = timedelta(days=14)
TICKET_FOR = timedelta(minutes=1)
GRANT_IDLE = timedelta(minutes=30)
GRANT_LONGEST = timedelta(hours=8)
FREE_TRIES = 5
# Wrong codes from one address, and from all of them.
WRONG_FROM_AN_ADDRESS = Limit("wrong code from an address", 10, timedelta(minutes=5))
WRONG_IN_ALL = Limit("wrong code", 1_000, timedelta(minutes=5), apart=16)
FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=24)
FORGET_TRIES_AFTER = timedelta(hours=24)


def new_link(act: Allowed, case: Case, *, lasts: timedelta = VERIFY_FOR, new_email: str | None = None) -> str:
    """A fresh secret for a mail; `new_email` when using it is to change the case's address."""
    token, pepper = new_token(), act.settings.pepper.get_secret_value()
    code = code_hmac(code_of_mail(token, pepper), pepper)
    known_as = vault.of(act.session).marks(mailbox(case.email))[0]
    store(act.session, _link(act, token, case.id, lasts, new_email=new_email, code_hmac=code, known_as=known_as))
    return token


def ticket(act: Allowed, case_id: str, spent: MailedLink | None) -> str:
    """The secret with which a browser that typed a code gets its cookie, at once. The code of a mail is worth that mail."""
    token = new_token()
    new_email = spent.new_email if spent else None
    store(act.session, _link(act, token, case_id, TICKET_FOR, new_email=new_email, proves_address=spent is not None))
    return token


def _link(act: Allowed, token: str, case_id: str, lasts: timedelta, **others: Any) -> MailedLink:
    return MailedLink(token_digest=digest(token), case_id=case_id, created_at=act.now, expires_at=act.now + lasts, **others)


def notice_link(act: Allowed, case: Case) -> str:
    """The secret for a mail that tells something."""
    return new_link(act, case, lasts=NOTICE_FOR)


def use_link(act: Allowed, token: str) -> MailedLink:
    """Spend a mailed secret and return it. Raises LinkExpiredError when unknown, spent or too old."""
    return _spend(act, act.session.get(MailedLink, digest(token)))


def use_code(act: Allowed, case_id: str, given: Sequence[str]) -> MailedLink | None:
    """Spend the link that this short code went out with; None when there is no such code for this case, or no more."""
    found = select(MailedLink).where(MailedLink.case_id == case_id, col(MailedLink.code_hmac).in_(given))
    link = act.session.exec(found).first()
    try:
        return _spend(act, link)
    except LinkExpiredError:
        return None


def _spend(act: Allowed, link: MailedLink | None) -> MailedLink:
    if link is None or not _still_theirs(act, link):
        raise LinkExpiredError
    spent = act.session.exec(
        update(MailedLink)
        .where(
            col(MailedLink.token_digest) == link.token_digest,
            col(MailedLink.used_at).is_(None),
            col(MailedLink.expires_at) > act.now,
        )
        .values(used_at=act.now)
    )
    if spent.rowcount != 1:
        raise LinkExpiredError
    return link


def _still_theirs(act: Allowed, link: MailedLink) -> bool:
    """Not once the case has another address than when the mail was written: the old mailbox opens nothing any more."""
    case = act.session.exec(select(Case).where(Case.id == link.case_id).with_for_update(key_share=True)).one()
    return not link.known_as or link.known_as in vault.of(act.session).marks(mailbox(case.email))


def grant(act: Allowed, opening: str, case_id: str) -> None:
    """Let the browser with the cookie of this opening into the case."""
    put(act.session, CaseGrant(visitor=digest(opening), case_id=case_id, created_at=act.now, last_seen_at=act.now))


def granted_case(act: Allowed, opening: str | None) -> CaseGrant | None:
    """The grant that this browser holds, unless it was idle for too long or began too long ago."""
    held = act.session.get(CaseGrant, digest(opening)) if opening else None
    if held is None or act.now - held.last_seen_at >= GRANT_IDLE or act.now - held.created_at >= GRANT_LONGEST:
        return None
    return held


@dataclass(frozen=True, slots=True)
class Entry:
    """Whether a code was right, with the secret that opens the case in a browser; else how long to wait before the next try."""

    opened: bool
    wait_seconds: int = 0
    ticket: str = ""


@dataclass(frozen=True, slots=True)
class Tries:
    """How a code may be tried: None, or seconds to wait."""

    key: str
    address: str
    wait_seconds: int


def tries(act: Allowed, reference: str, address: str) -> Tries:
    """The wait before a code for this reference from this address is looked at. An unknown reference waits just the same."""
    key = digest(f"{address}|{reference}")
    there = insert_of(act.session)(CodeTries).values(key=key, failures=0, last_at=act.now)
    act.session.execute(there.on_conflict_do_nothing())
    # Tries at once wait for each other: none is looked at before the one before it is counted.
    held = act.session.exec(select(CodeTries).where(CodeTries.key == key).with_for_update()).one()
    own = (held.blocked_until - act.now).total_seconds() if held.blocked_until else 0
    # Also when they are about another request each time.
    others = (limits.wait(act, WRONG_FROM_AN_ADDRESS, address), limits.wait(act, WRONG_IN_ALL, ""))
    return Tries(key, address, max(0, int(-(-own // 1)), *others))


def note_failure(act: Allowed, tried: Tries) -> int:
    """Count a wrong code; from the fifth on, each one doubles the wait. Returns the seconds to wait now."""
    limits.count(act, WRONG_FROM_AN_ADDRESS, tried.address)
    limits.count(act, WRONG_IN_ALL, "")
    held = act.session.get_one(CodeTries, tried.key)
    if act.now - held.last_at > FORGET_TRIES_AFTER:
        held.failures = 0
    held.failures += 1
    held.last_at = act.now
    wait = timedelta(0)
    if held.failures >= FREE_TRIES:
        wait = min(FIRST_WAIT * 2 ** min(held.failures - FREE_TRIES, 20), LONGEST_WAIT)
    held.blocked_until = act.now + wait if wait else None
    return int(wait.total_seconds())


@asks(Permission.RUN_JOBS)
def forget_old(act: Allowed) -> int:
    """Wrong codes that count no more, and browsers that may look no more."""
    tries = delete(CodeTries).where(col(CodeTries.last_at) < act.now - max(FORGET_TRIES_AFTER, LONGEST_WAIT))
    grants = delete(CaseGrant).where(col(CaseGrant.created_at) < act.now - GRANT_LONGEST)
    return sum(act.session.exec(each).rowcount for each in (tries, grants))


def forget_failures(act: Allowed, key: str) -> None:
    held = act.session.get(CodeTries, key)
    if held:
        act.session.delete(held)
