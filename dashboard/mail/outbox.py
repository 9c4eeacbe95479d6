"""Queue and deliver. Each message is claimed by one worker, tried again on a passing failure, and ends sent or dead."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

import structlog
from sqlalchemy import Engine
from sqlmodel import Session, col, func, select, update

from dashboard.db import reading, transaction
from dashboard.i18n import Language
from dashboard.mail.model import MailState, OutgoingMail
from dashboard.mail.smtp import DeliveryFailed
from dashboard.permissions import Actor, Permission, require

log = structlog.get_logger(__name__)

# A worker that dies with a claimed message leaves it until the lease ends; then another takes it.
LEASE = timedelta(minutes=2)
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(minutes=10)
GIVE_UP_AFTER = timedelta(days=3)
SENT_BODY = ""
LISTED = 50


@dataclass(frozen=True, slots=True)
class Letter:
    """A message for somebody without an e-mail address."""

    id: str
    case_id: str
    subject: str
    address: str
    body: str
    at: datetime


def enqueue(  # noqa: PLR0913  a message has this many parts
    session: Session,
    *,
    kind: str,
    recipient: str,
    language: Language,
    subject: str,
    body: str,
    now: datetime,
    case_id: str | None = None,
    state: MailState = MailState.QUEUED,
    unsubscribe_url: str = "",
) -> None:
    """Put a message in the box, in the caller's transaction."""
    session.add(
        OutgoingMail(
            id=str(uuid4()),
            kind=kind,
            case_id=case_id,
            recipient=recipient,
            language=language,
            subject=subject,
            body=body,
            state=state,
            created_at=now,
            next_try_at=now,
            unsubscribe_url=unsubscribe_url,
        )
    )


def deliver_due(engine: Engine, actor: Actor, send: Callable[[OutgoingMail], None], *, clock: Callable[[], datetime]) -> int:
    """Send every message that is due; returns how many went out."""
    require(actor, Permission.RUN_JOBS)
    sent = 0
    while mail := _claim(engine, clock()):
        try:
            send(mail)
        except DeliveryFailed as failure:
            _failed(engine, mail, failure, clock())
        else:
            _done(engine, mail, clock())
            sent += 1
    return sent


def oldest_waiting(session: Session) -> datetime | None:
    """Since when the longest waiting message waits: for readiness."""
    return session.exec(select(func.min(OutgoingMail.created_at)).where(OutgoingMail.state == MailState.QUEUED)).one()


def to_post(session: Session, actor: Actor) -> list[Letter]:
    """Letters that wait to be printed and posted, the oldest first."""
    require(actor, Permission.HANDLE_CASE)
    rows = session.exec(
        select(OutgoingMail).where(OutgoingMail.state == MailState.TO_POST).order_by(col(OutgoingMail.created_at)).limit(LISTED)
    ).all()
    return [Letter(row.id, row.case_id or "", row.subject, row.recipient, row.body, row.created_at) for row in rows]


def posted(session: Session, actor: Actor, mail_id: str, *, now: datetime) -> None:
    """Somebody put it in the post. A second click changes nothing."""
    require(actor, Permission.HANDLE_CASE)
    session.exec(
        update(OutgoingMail)
        .where(col(OutgoingMail.id) == mail_id, col(OutgoingMail.state) == MailState.TO_POST)
        .values(state=MailState.SENT, sent_at=now, body=SENT_BODY)
    )


def _claim(engine: Engine, now: datetime) -> OutgoingMail | None:
    """Take the next due message: whoever moves its next try into the future has it."""
    with reading(engine) as session:
        due = session.exec(
            select(OutgoingMail)
            .where(OutgoingMail.state == MailState.QUEUED, OutgoingMail.next_try_at <= now)
            .order_by(col(OutgoingMail.next_try_at))
            .limit(1)
        ).first()
    if due is None:
        return None
    with transaction(engine) as session:
        taken = session.exec(
            update(OutgoingMail)
            .where(
                col(OutgoingMail.id) == due.id,
                col(OutgoingMail.state) == MailState.QUEUED,
                col(OutgoingMail.next_try_at) == due.next_try_at,
            )
            .values(next_try_at=now + LEASE, attempts=col(OutgoingMail.attempts) + 1)
        ).rowcount
    # Lost to another worker: look again, there may be more.
    return due if taken else _claim(engine, now)


def _done(engine: Engine, mail: OutgoingMail, now: datetime) -> None:
    _end(engine, mail.id, state=MailState.SENT, sent_at=now, body=SENT_BODY, last_failure="")
    log.info("mail sent", mail_id=mail.id, kind=mail.kind)


def _failed(engine: Engine, mail: OutgoingMail, failure: DeliveryFailed, now: datetime) -> None:
    if failure.permanent or now - mail.created_at >= GIVE_UP_AFTER:
        _end(engine, mail.id, state=MailState.DEAD, last_failure=failure.reason)
        log.error("mail given up", mail_id=mail.id, kind=mail.kind, reason=failure.reason)
        return
    wait = min(FIRST_WAIT * 2 ** min(mail.attempts, 10), LONGEST_WAIT)
    _end(engine, mail.id, next_try_at=now + wait, last_failure=failure.reason)
    log.warning("mail delayed", mail_id=mail.id, kind=mail.kind, reason=failure.reason, attempts=mail.attempts + 1)


def _end(engine: Engine, mail_id: str, **values: object) -> None:
    with transaction(engine) as session:
        session.exec(update(OutgoingMail).where(col(OutgoingMail.id) == mail_id).values(**values))
