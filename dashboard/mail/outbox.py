"""Queue and deliver. Each message is claimed by one worker, tried again on a passing failure, and ends sent or dead."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias

import structlog
from sqlmodel import and_, col, delete, func, or_, select, update

from dashboard import audit
from dashboard.act import Allowed, asks
from dashboard.audit import Action
from dashboard.db import store
from dashboard.i18n import Language
from dashboard.mail.model import MailState, OutgoingMail
from dashboard.mail.smtp import DeliveryFailed
from dashboard.permissions import Permission
from dashboard.rows import row_of

log = structlog.get_logger(__name__)

# What the worker hands on; its parts are the box's own.
Message: TypeAlias = OutgoingMail

# A worker that dies with a claimed message leaves it until the lease ends; then another takes it.
LEASE = timedelta(minutes=2)
# Nobody is told to wait for less.
AT_ONCE = timedelta(minutes=5)
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(minutes=10)
GIVE_UP_AFTER = timedelta(days=3)
EMPTIED = ""
# What isn't about a request (invitations, news, codes) says after this only that it went.
KEPT_WITHOUT_CASE = timedelta(days=30)
# A failure of this one message: the server answered about its recipient, or the message itself is at fault. Others may go.
FAULT = "fault"
_ITS_OWN = ("smtp 4%", f"{FAULT}%")
# But this says that the server takes nothing from anybody now (RFC 5321, 3.8).
_CLOSING = "smtp 421"
LISTED = 50


@dataclass(frozen=True, slots=True)
class Envelope:
    """To whom, in which language, and what it is about; without an e-mail address it is printed and posted."""

    to: str
    language: Language = Language.NL
    name: str = ""
    case_id: str | None = None
    by_post: bool = False
    # Not before so long from now.
    later: timedelta = timedelta(0)
    # Where one click ends the mails that somebody subscribed to.
    unsubscribe_url: str = ""


@dataclass(frozen=True, slots=True)
class Trouble:
    """How many messages were given up, and how many wait to be printed and posted."""

    undelivered: int
    to_post: int


@dataclass(frozen=True, slots=True)
class PostedLetter:
    """A message for somebody without an e-mail address."""

    id: str
    case_id: str
    subject: str
    address: str
    body: str
    at: datetime


def enqueue(act: Allowed, kind: str, envelope: Envelope, *, subject: str, body: str) -> None:
    """Put a message in the box, in the act's transaction."""
    store(
        act.session,
        OutgoingMail(
            kind=kind,
            case_id=envelope.case_id,
            recipient=envelope.to,
            language=envelope.language,
            subject=subject,
            body=body,
            state=MailState.TO_POST if envelope.by_post else MailState.QUEUED,
            created_at=act.now,
            next_try_at=act.now + envelope.later,
            unsubscribe_url=envelope.unsubscribe_url,
        ),
    )


@asks(Permission.RUN_JOBS)
def due(act: Allowed) -> OutgoingMail | None:
    """The message that waits longest for its next try; a look that holds nobody up."""
    return act.session.exec(
        select(OutgoingMail)
        .where(OutgoingMail.state == MailState.QUEUED, OutgoingMail.next_try_at <= act.now)
        .order_by(col(OutgoingMail.next_try_at))
        .limit(1)
    ).first()


def held_until(act: Allowed, case_id: str, kind: str) -> datetime | None:
    """Until when a mail about this request waits that isn't to go out yet; nothing for one that goes at once or went."""
    waits = OutgoingMail.case_id == case_id, OutgoingMail.kind == kind, OutgoingMail.state == MailState.QUEUED
    after = col(OutgoingMail.next_try_at) > act.now + AT_ONCE
    return act.session.exec(select(func.max(OutgoingMail.next_try_at)).where(*waits, after, OutgoingMail.attempts == 0)).one()


@asks(Permission.RUN_JOBS)
def claim(act: Allowed, mail: OutgoingMail) -> bool:
    """Take a message that was found due: whoever moves its next try into the future has it, for as long as the lease lasts."""
    taken = act.session.exec(
        update(OutgoingMail)
        .where(
            col(OutgoingMail.id) == mail.id,
            col(OutgoingMail.state) == MailState.QUEUED,
            col(OutgoingMail.next_try_at) == mail.next_try_at,
        )
        .values(next_try_at=act.now + LEASE, attempts=col(OutgoingMail.attempts) + 1)
    )
    return bool(taken.rowcount)


@asks(Permission.RUN_JOBS)
def sent(act: Allowed, mail: OutgoingMail) -> None:
    """It went out; what it said, a secret link perhaps, isn't kept."""
    # Also when another worker, after a lapsed lease, gave it up: it did go.
    _end(act, mail, (MailState.QUEUED, MailState.DEAD), state=MailState.SENT, sent_at=act.now, body=EMPTIED, last_failure="")
    log.info("mail sent", mail_id=mail.id, kind=mail.kind)


@asks(Permission.RUN_JOBS)
def failed(act: Allowed, mail: OutgoingMail, failure: DeliveryFailed) -> None:
    """It didn't go out: later again, or never when that is useless or took too long already.

    Whoever lost its lease to another worker changes nothing.
    """
    mine = act.session.exec(
        select(OutgoingMail.id).where(
            OutgoingMail.id == mail.id, OutgoingMail.state == MailState.QUEUED, OutgoingMail.attempts == mail.attempts + 1
        )
    ).first()
    if not mine:
        return
    if failure.permanent or act.now - mail.created_at >= GIVE_UP_AFTER:
        _end(act, mail, (MailState.QUEUED,), state=MailState.DEAD, body=EMPTIED, last_failure=failure.reason)
        log.error("mail given up", mail_id=mail.id, kind=mail.kind, reason=failure.reason)
        return
    wait = min(FIRST_WAIT * 2 ** min(mail.attempts, 10), LONGEST_WAIT)
    _end(act, mail, (MailState.QUEUED,), next_try_at=act.now + wait, last_failure=failure.reason)
    log.warning("mail delayed", mail_id=mail.id, kind=mail.kind, reason=failure.reason, attempts=mail.attempts + 1)


@asks(Permission.RUN_JOBS)
def none_goes(act: Allowed, late: timedelta) -> bool:
    """Whether mails have stopped going out, for so long: for readiness. One that fails by itself says nothing of the rest."""
    before = act.now - late
    queued = select(func.count()).where(OutgoingMail.state == MailState.QUEUED)
    untried = act.session.exec(queued.where(OutgoingMail.next_try_at <= before)).one()
    if untried:
        return True
    own = and_(or_(*(col(OutgoingMail.last_failure).like(each) for each in _ITS_OWN)), col(OutgoingMail.last_failure) != _CLOSING)
    waiting = act.session.exec(queued.where(OutgoingMail.created_at <= before, OutgoingMail.last_failure != "", ~own)).one()
    going = act.session.exec(select(func.count()).where(col(OutgoingMail.sent_at) > before)).one()
    return bool(waiting and not going)


@asks(Permission.RUN_JOBS)
def forget_old(act: Allowed) -> int:
    """Messages about no request, long after they ended; returns how many. Those about a request go with it."""
    return act.session.exec(
        delete(OutgoingMail).where(
            col(OutgoingMail.case_id).is_(None),
            col(OutgoingMail.state).in_((MailState.SENT, MailState.DEAD)),
            col(OutgoingMail.created_at) <= act.now - KEPT_WITHOUT_CASE,
        )
    ).rowcount


def trouble_of(act: Allowed, case_id: str) -> Trouble:
    """The messages about a request that don't reach its requester by themselves."""
    states = act.session.exec(
        select(OutgoingMail.state, func.count()).where(OutgoingMail.case_id == case_id).group_by(col(OutgoingMail.state))
    ).all()
    counted = {MailState(state): number for state, number in states}
    return Trouble(counted.get(MailState.DEAD, 0), counted.get(MailState.TO_POST, 0))


@asks(Permission.READ_DESK)
def dead_letters(act: Allowed) -> int:
    """Messages that were given up: the desk must call or write."""
    return act.session.exec(select(func.count()).where(OutgoingMail.state == MailState.DEAD)).one()


def forget(act: Allowed, case_id: str) -> None:
    """Everything that was written about a request goes."""
    act.session.exec(delete(OutgoingMail).where(col(OutgoingMail.case_id) == case_id))


@asks(Permission.HANDLE_CASE)
def to_post(act: Allowed) -> list[PostedLetter]:
    """Letters that wait to be printed and posted, the oldest first."""
    rows = act.session.exec(
        select(OutgoingMail).where(OutgoingMail.state == MailState.TO_POST).order_by(col(OutgoingMail.created_at)).limit(LISTED)
    ).all()
    return [row_of(PostedLetter, row, case_id=row.case_id or "", address=row.recipient, at=row.created_at) for row in rows]


@asks(Permission.HANDLE_CASE)
def posted(act: Allowed, mail_id: str) -> None:
    """Somebody put it in the post. A second click changes nothing."""
    waits = col(OutgoingMail.id) == mail_id, col(OutgoingMail.state) == MailState.TO_POST
    about = act.session.exec(select(OutgoingMail.case_id).where(*waits)).first()
    gone = update(OutgoingMail).where(*waits).values(state=MailState.SENT, sent_at=act.now, body=EMPTIED)
    if act.session.exec(gone).rowcount:
        audit.record(act, Action.CASE_POSTED, about or "", mail_id=mail_id)


def _end(act: Allowed, mail: OutgoingMail, states: tuple[MailState, ...], **values: object) -> None:
    act.session.exec(
        update(OutgoingMail).where(col(OutgoingMail.id) == mail.id, col(OutgoingMail.state).in_(states)).values(**values)
    )
