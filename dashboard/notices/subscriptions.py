"""Mail about annexes: asked for by a person for their school, confirmed from the address, ended with one click."""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from sqlalchemy import ColumnElement, and_, or_
from sqlmodel import col, delete, func, select, update

from dashboard import audit, limits
from dashboard.accounts.queries import names_of
from dashboard.accounts.spans import reached
from dashboard.act import Allowed, asks
from dashboard.addresses import normalized_or_empty
from dashboard.annexes.changes import ChangeRow, changes_for, settled
from dashboard.annexes.headlines import headline, told_in_short
from dashboard.annexes.holdings import school_scope
from dashboard.audit import Action
from dashboard.clock import AMSTERDAM, monday_of
from dashboard.errors import LinkExpiredError, NotFoundError, reject
from dashboard.i18n import Language, texts
from dashboard.limits import Limit
from dashboard.mail import pacing
from dashboard.mail.outbox import Envelope
from dashboard.notices import messages
from dashboard.notices.model import Subscription
from dashboard.notices.terms import Frequency
from dashboard.permissions import Actor, Permission, SchoolScope
from dashboard.settings import Settings
from dashboard.tokens import digest, new_token, same

LINK_LASTS = timedelta(hours=24)
DIGEST_AT = time(7, 0)
KEPT = timedelta(days=30)
# A mail that lists more than this helps nobody; the page has the rest.
MOST_ITEMS = 40
A_DAY_BY_A_PERSON = Limit("mail asked for by a person", 10, timedelta(days=1))


@dataclass(frozen=True, slots=True)
class SubscriptionRow:
    email: str
    frequency: Frequency
    language: Language
    confirmed: bool


@asks(Permission.MANAGE_OWN_SCHOOL)
def subscribe(act: Allowed, email: str, frequency: str, *, language: Language) -> None:
    """Ask for mail. The address gets a link first; a change of only the frequency counts at once. Raises InvalidInputError."""
    scope, address = school_scope(act.actor), normalized_or_empty(email)
    problems = {} if address else {"email": "invalid.email"}
    if frequency not in set(Frequency):
        problems["frequency"] = "invalid.frequency"
    reject(problems)
    row = _mine(act)
    if row and row.confirmed_at and row.ended_at is None and row.email == address:
        row.frequency, row.language = Frequency(frequency), language
        act.session.add(row)
        return
    token = new_token()
    row = row or _new(act.actor, scope, act.now)
    row.email, row.frequency, row.language = address, Frequency(frequency), language
    limits.take(act, (A_DAY_BY_A_PERSON, act.actor.id))
    later = pacing.waits(act, address)
    row.token_digest, row.token_expires_at = digest(token), act.now + later + LINK_LASTS
    row.asked_at, row.confirmed_at, row.ended_at, row.told_until = act.now, None, None, act.now
    act.session.add(row)
    act.session.flush()
    messages.subscription_asked(act, Envelope(address, language, act.actor.name, later=later), token=token)
    audit.record(act, Action.SUBSCRIPTION_ASKED, row.id)


@asks(Permission.READ_PUBLIC)
def confirm(act: Allowed, token: str) -> None:
    """The button behind the mailed link: from now on there is mail. Raises LinkExpiredError."""
    row = act.session.exec(select(Subscription).where(Subscription.token_digest == digest(token))).first() if token else None
    if row is None or row.token_expires_at is None or act.now >= row.token_expires_at or row.ended_at:
        raise LinkExpiredError
    row.confirmed_at, row.told_until, row.token_digest, row.token_expires_at = act.now, act.now, "", None
    act.session.add(row)
    audit.record(act, Action.SUBSCRIPTION_CONFIRMED, row.id)


@asks(Permission.READ_PUBLIC)
def unsubscribe(act: Allowed, token: str) -> None:
    """The link in every mail: it ends the mail and can do nothing else. Doing it twice is fine. Raises LinkExpiredError."""
    row_id, _, given = token.partition(".")
    if not given or not any(same(each, given) for each in _signed(row_id, act.settings)):
        raise LinkExpiredError
    act.session.exec(
        update(Subscription)
        .where(col(Subscription.id) == row_id, col(Subscription.ended_at).is_(None))
        .values(ended_at=act.now, token_digest="")
    )
    audit.record(act, Action.SUBSCRIPTION_ENDED, row_id)


@asks(Permission.MANAGE_OWN_SCHOOL)
def end_mine(act: Allowed) -> None:
    """End one's own mail, from the portal."""
    row = _mine(act)
    if row is None:
        raise NotFoundError
    row.ended_at = act.now
    act.session.add(row)
    audit.record(act, Action.SUBSCRIPTION_ENDED, row.id)


@asks(Permission.MANAGE_OWN_SCHOOL)
def mine(act: Allowed) -> SubscriptionRow | None:
    """One's own subscription for this school, when there is one."""
    row = _mine(act)
    if row is None or row.ended_at:
        return None
    return SubscriptionRow(row.email, Frequency(row.frequency), Language(row.language), row.confirmed_at is not None)


def unsubscribe_url(subscription_id: str, settings: Settings) -> str:
    """One address for each subscription: it is in every mail, and works as long as there are mails."""
    return f"{settings.base_url}/unsubscribe/{subscription_id}.{_signed(subscription_id, settings)[0]}"


@asks(Permission.RUN_JOBS)
def due(act: Allowed) -> list[str]:
    """The subscriptions that are to hear what changed, who waits longest first."""
    return list(
        act.session.exec(select(Subscription.id).where(_is_due(settled(act.now))).order_by(col(Subscription.told_until))).all()
    )


@asks(Permission.RUN_JOBS)
def send(act: Allowed, subscription_id: str) -> int:
    """Mail what changed since this one was told last; returns how many mails. One transaction each."""
    row = act.session.get_one(Subscription, subscription_id)
    scope, until = SchoolScope(row.board_number, row.brin, row.location), settled(act.now)
    rows = changes_for(act, scope, since=row.told_until, until=until)
    if not rows and row.frequency is Frequency.AT_ONCE:
        # Nothing to keep: the next time asks from the same moment.
        return 0
    taken = act.session.exec(
        update(Subscription)
        .where(col(Subscription.id) == row.id, col(Subscription.told_until) == row.told_until, _is_due(until))
        .values(told_until=until)
    ).rowcount
    if not taken or not rows:
        return 0
    _write(act, row, rows, reached(act, scope).name)
    return 1


@asks(Permission.READ_SCHOOLS)
def how_many(act: Allowed, brin: str) -> int:
    """How many people get mail for exactly this school or a location of it."""
    mine = col(Subscription.brin) == brin, col(Subscription.confirmed_at).is_not(None), col(Subscription.ended_at).is_(None)
    return act.session.exec(select(func.count()).select_from(Subscription).where(*mine)).one()


def end_subscriptions(act: Allowed, scope: SchoolScope) -> None:
    """End the mail of everybody of exactly this board or school."""
    ours = col(Subscription.board_number) == scope.board if scope.board else col(Subscription.brin) == scope.brin
    act.session.exec(update(Subscription).where(ours, col(Subscription.ended_at).is_(None)).values(ended_at=act.now))


@asks(Permission.RUN_JOBS)
def forget_old(act: Allowed) -> int:
    """Delete what ended, or was never confirmed, a month ago: an address isn't kept for nothing."""
    limit = act.now - KEPT
    never = and_(col(Subscription.confirmed_at).is_(None), col(Subscription.asked_at) < limit)
    return act.session.exec(delete(Subscription).where(or_(col(Subscription.ended_at) < limit, never))).rowcount


def _write(act: Allowed, row: Subscription, rows: Sequence[ChangeRow], school: str) -> None:
    t, name = texts(Language(row.language)), names_of(act, [row.person_id])[row.person_id]
    envelope = Envelope(row.email, t.language, name, unsubscribe_url=unsubscribe_url(row.id, act.settings))
    items = [messages.Item(headline(each, t), told_in_short(each, t)) for each in rows[-MOST_ITEMS:]]
    messages.annex_news(act, envelope, school=school, items=items, weekly=row.frequency is Frequency.WEEKLY)


def _is_due(until: datetime) -> ColumnElement[bool]:
    """Confirmed, not ended and not told until then; a weekly one once after seven on Monday morning, Amsterdam time."""
    local = until.astimezone(AMSTERDAM)
    monday = datetime.combine(monday_of(local.date()), DIGEST_AT, tzinfo=AMSTERDAM)
    if local < monday:
        monday -= timedelta(days=7)
    return and_(
        col(Subscription.confirmed_at).is_not(None),
        col(Subscription.ended_at).is_(None),
        or_(
            and_(col(Subscription.frequency) == Frequency.AT_ONCE, col(Subscription.told_until) < until),
            and_(col(Subscription.frequency) == Frequency.WEEKLY, col(Subscription.told_until) < monday),
        ),
    )


def _mine(act: Allowed) -> Subscription | None:
    return act.session.exec(
        select(Subscription).where(Subscription.person_id == act.actor.id, Subscription.scope == school_scope(act.actor).key)
    ).one_or_none()


def _new(actor: Actor, scope: SchoolScope, now: datetime) -> Subscription:
    return Subscription(
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


def _signed(subscription_id: str, settings: Settings) -> list[str]:
    """With the pepper of now first, and with those of before: a mail may be old."""
    said = f"unsubscribe:{subscription_id}".encode()
    return [hmac.new(pepper.encode(), said, hashlib.sha256).hexdigest() for pepper in settings.peppers]
