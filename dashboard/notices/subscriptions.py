"""Mail about annexes: asked for by a person for their school, confirmed from the address, ended with one click."""

import hashlib
import hmac
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from uuid import uuid4

from sqlalchemy import ColumnElement, Engine, and_, or_
from sqlmodel import Session, col, delete, select, update

from dashboard import audit
from dashboard.accounts.model import Person
from dashboard.addresses import normalized_or_empty
from dashboard.annexes.changes import ChangeRow, changes_for
from dashboard.annexes.headlines import headline, summary
from dashboard.annexes.holdings import held_by, school_scope
from dashboard.clock import AMSTERDAM, monday_of
from dashboard.db import reading, transaction
from dashboard.errors import InvalidInputError, LinkExpiredError, NotFoundError
from dashboard.i18n import Language, texts
from dashboard.mail import school_messages as messages
from dashboard.mail.messages import Post
from dashboard.notices.model import Frequency, Subscription
from dashboard.permissions import Actor, Permission, SchoolScope, require
from dashboard.settings import Settings
from dashboard.tokens import digest, new_token, same

LINK_LASTS = timedelta(hours=24)
DIGEST_AT = time(7, 0)
KEPT = timedelta(days=30)
# A mail that lists more than this helps nobody; the page has the rest.
MOST_ITEMS = 40


@dataclass(frozen=True, slots=True)
class SubscriptionRow:
    email: str
    frequency: Frequency
    language: Language
    confirmed: bool


def subscribe(
    session: Session, actor: Actor, email: str, frequency: str, *, language: Language, settings: Settings, now: datetime
) -> None:
    """Ask for mail. The address gets a link first; a change of only the frequency counts at once. Raises InvalidInputError."""
    require(actor, Permission.MANAGE_OWN_SCHOOL)
    scope, address = school_scope(actor), normalized_or_empty(email)
    problems = {} if address else {"email": "invalid.email"}
    if frequency not in set(Frequency):
        problems["frequency"] = "invalid.frequency"
    if problems:
        raise InvalidInputError(problems)
    row = _mine(session, actor)
    if row and row.confirmed_at and row.ended_at is None and row.email == address:
        row.frequency, row.language = Frequency(frequency), language
        session.add(row)
        return
    token = new_token()
    row = row or _new(actor, scope, now)
    row.email, row.frequency, row.language = address, Frequency(frequency), language
    row.token_digest, row.token_expires_at = digest(token), now + LINK_LASTS
    row.asked_at, row.confirmed_at, row.ended_at, row.told_until = now, None, None, now
    session.add(row)
    session.flush()
    messages.subscription_asked(Post(session, settings, now), to=address, name=actor.name, language=language, token=token)
    audit.record(session, actor, "subscription.asked", ("subscription", row.id), now=now)


def confirm(session: Session, actor: Actor, token: str, *, now: datetime) -> None:
    """The button behind the mailed link: from now on there is mail. Raises LinkExpiredError."""
    require(actor, Permission.READ_PUBLIC)
    row = session.exec(select(Subscription).where(Subscription.token_digest == digest(token))).first() if token else None
    if row is None or row.token_expires_at is None or now >= row.token_expires_at or row.ended_at:
        raise LinkExpiredError
    row.confirmed_at, row.told_until, row.token_digest, row.token_expires_at = now, now, "", None
    session.add(row)
    audit.record(session, actor, "subscription.confirmed", ("subscription", row.id), now=now)


def unsubscribe(session: Session, actor: Actor, token: str, *, settings: Settings, now: datetime) -> None:
    """The link in every mail: it ends the mail and can do nothing else. Doing it twice is fine. Raises LinkExpiredError."""
    require(actor, Permission.READ_PUBLIC)
    row_id, _, given = token.partition(".")
    if not given or not same(_signed(row_id, settings), given):
        raise LinkExpiredError
    session.exec(
        update(Subscription)
        .where(col(Subscription.id) == row_id, col(Subscription.ended_at).is_(None))
        .values(ended_at=now, token_digest="")
    )
    audit.record(session, actor, "subscription.ended", ("subscription", row_id), now=now)


def end_mine(session: Session, actor: Actor, *, now: datetime) -> None:
    """End one's own mail, from the portal."""
    require(actor, Permission.MANAGE_OWN_SCHOOL)
    row = _mine(session, actor)
    if row is None:
        raise NotFoundError
    row.ended_at = now
    session.add(row)
    audit.record(session, actor, "subscription.ended", ("subscription", row.id), now=now)


def mine(session: Session, actor: Actor) -> SubscriptionRow | None:
    """One's own subscription for this school, when there is one."""
    require(actor, Permission.MANAGE_OWN_SCHOOL)
    row = _mine(session, actor)
    if row is None or row.ended_at:
        return None
    return SubscriptionRow(row.email, Frequency(row.frequency), Language(row.language), row.confirmed_at is not None)


def unsubscribe_url(subscription_id: str, settings: Settings) -> str:
    """One address for each subscription: it is in every mail, and works as long as there are mails."""
    return f"{settings.base_url}/unsubscribe/{subscription_id}.{_signed(subscription_id, settings)}"


def send_due(engine: Engine, actor: Actor, *, settings: Settings, clock: Callable[[], datetime]) -> int:
    """Mail everybody who is due what changed since they were told last; returns how many mails. One transaction each."""
    require(actor, Permission.RUN_JOBS)
    now = clock()
    with reading(engine) as session:
        due = session.exec(select(Subscription.id).where(_due(now)).order_by(col(Subscription.told_until))).all()
    return sum(_send(engine, subscription_id, settings, now) for subscription_id in due)


def forget_old(session: Session, actor: Actor, *, now: datetime) -> int:
    """Delete what ended, or was never confirmed, a month ago: an address isn't kept for nothing."""
    require(actor, Permission.RUN_JOBS)
    limit = now - KEPT
    never = and_(col(Subscription.confirmed_at).is_(None), col(Subscription.asked_at) < limit)
    return session.exec(delete(Subscription).where(or_(col(Subscription.ended_at) < limit, never))).rowcount


def _send(engine: Engine, subscription_id: str, settings: Settings, now: datetime) -> int:
    with transaction(engine) as session:
        row = session.get_one(Subscription, subscription_id)
        held = held_by(session, SchoolScope(row.board_number, row.brin, row.location))
        rows = changes_for(session, held, since=row.told_until, until=now)
        if not rows and row.frequency is Frequency.AT_ONCE:
            # Nothing to keep: the next time asks from the same moment.
            return 0
        taken = session.exec(
            update(Subscription)
            .where(col(Subscription.id) == row.id, col(Subscription.told_until) == row.told_until, _due(now))
            .values(told_until=now)
        ).rowcount
        if not taken or not rows:
            return 0
        _write(session, row, rows, held.reached.name, settings, now)
        return 1


def _write(
    session: Session, row: Subscription, rows: Sequence[ChangeRow], school: str, settings: Settings, now: datetime
) -> None:
    t = texts(Language(row.language))
    messages.annex_news(
        Post(session, settings, now),
        to=row.email,
        name=session.get_one(Person, row.person_id).name,
        language=Language(row.language),
        school=school,
        items=[messages.Item(headline(each, t), summary(each, t)) for each in rows[-MOST_ITEMS:]],
        weekly=row.frequency is Frequency.WEEKLY,
        unsubscribe_url=unsubscribe_url(row.id, settings),
    )


def _due(now: datetime) -> ColumnElement[bool]:
    """Confirmed and not ended; a weekly one once after seven on Monday morning, Amsterdam time."""
    local = now.astimezone(AMSTERDAM)
    monday = datetime.combine(monday_of(local.date()), DIGEST_AT, tzinfo=AMSTERDAM)
    if local < monday:
        monday -= timedelta(days=7)
    return and_(
        col(Subscription.confirmed_at).is_not(None),
        col(Subscription.ended_at).is_(None),
        or_(
            and_(col(Subscription.frequency) == Frequency.AT_ONCE, col(Subscription.told_until) < now),
            and_(col(Subscription.frequency) == Frequency.WEEKLY, col(Subscription.told_until) < monday),
        ),
    )


def _mine(session: Session, actor: Actor) -> Subscription | None:
    return session.exec(
        select(Subscription).where(Subscription.person_id == actor.id, Subscription.scope == school_scope(actor).key)
    ).one_or_none()


def _new(actor: Actor, scope: SchoolScope, now: datetime) -> Subscription:
    return Subscription(
        id=str(uuid4()),
        person_id=actor.id,
        scope=scope.key,
        board_number=scope.board,
        brin=scope.brin,
        location=scope.location,
        email="",
        language=Language.NL,
        frequency=Frequency.AT_ONCE,
        asked_at=now,
        told_until=now,
    )


def _signed(subscription_id: str, settings: Settings) -> str:
    key = settings.pepper.get_secret_value().encode()
    return hmac.new(key, f"unsubscribe:{subscription_id}".encode(), hashlib.sha256).hexdigest()
