"""What a requester does: submit, confirm, open, reply, withdraw. Each function is one transaction's work."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import uuid4

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, func, select

from dashboard import audit
from dashboard.clock import local_day
from dashboard.data_requests import links
from dashboard.data_requests.codes import code_for, code_hmac, new_reference, normal_reference
from dashboard.data_requests.deadlines import Explanation, explain
from dashboard.data_requests.events import EventKind
from dashboard.data_requests.intake import CheckedRequest, NewRequest, check, normal_email
from dashboard.data_requests.lifecycle import Status, Verb
from dashboard.data_requests.model import Case, CaseGrant, CaseRight, Channel, MailedLink, Visibility
from dashboard.data_requests.moves import add_event, add_message, load_case, move
from dashboard.data_requests.narrative import reasons_in_words, right_in_words
from dashboard.errors import NotFoundError
from dashboard.i18n import texts
from dashboard.insight.rollup import count_request
from dashboard.mail import messages
from dashboard.mail.messages import Post
from dashboard.permissions import VISITOR, Actor, Permission, Role, require
from dashboard.settings import Settings
from dashboard.tokens import digest, same

RECEIPT_FOR = timedelta(hours=1)
LINKS_AN_HOUR = 3


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the confirmation shows; the code is nowhere else."""

    reference: str
    code: str
    received_on: date
    explanation: Explanation


@dataclass(frozen=True, slots=True)
class Opening:
    """Whether a code opened its case, and else how long to wait before the next try."""

    opened: bool
    wait_seconds: int = 0


def submit(session: Session, actor: Actor, typed: NewRequest, *, key: str, settings: Settings, now: datetime) -> Receipt:
    """Open a case for what was typed. The same key again gives the same case: a double click is one request.

    Received on the Amsterdam day of `now`, even when the address is confirmed later. Raises InvalidInputError.
    """
    require(actor, Permission.SUBMIT_REQUEST)
    asked = check(typed)
    if known := _by_key(session, key):
        return _receipt(known, key, settings)
    case = _new_case(asked, key, settings, now)
    try:
        with session.begin_nested():
            session.add(case)
            session.flush()
    except IntegrityError:
        # The same form, sent twice at once: the other one won.
        if known := _by_key(session, key):
            return _receipt(known, key, settings)
        raise
    _record_submission(session, actor, case, asked, now)
    receipt = _receipt(case, key, settings)
    t = texts(asked.language)
    messages.verification(
        Post(session, settings, now),
        case,
        token=links.new_link(session, case, now=now),
        rights=[right_in_words(t, right) for right in asked.rights],
        reasons=reasons_in_words(t, receipt.explanation),
    )
    return receipt


def receipt(session: Session, actor: Actor, key: str, *, settings: Settings, now: datetime) -> Receipt | None:
    """The receipt of a form sent within the last hour, for a page that runs again; None when there is none."""
    require(actor, Permission.SUBMIT_REQUEST)
    case = _by_key(session, key)
    return _receipt(case, key, settings) if case and now - case.submitted_at < RECEIPT_FOR else None


def open_by_link(session: Session, actor: Actor, token: str, *, visitor: str, now: datetime) -> None:
    """Spend a mailed link: it proves the address (an unverified case becomes received) and lets this browser in.

    Raises LinkExpiredError.
    """
    require(actor, Permission.OPEN_OWN_CASE)
    case_id = links.use_link(session, token, now=now)
    case = session.get_one(Case, case_id)
    if case.status is Status.UNVERIFIED:
        move(session, actor, case, Verb.VERIFY, now=now, verified_at=now)
    links.grant(session, visitor, case_id, now=now)
    audit.record(session, actor, "case.open_by_link", ("case", case_id), now=now)


def open_by_code(  # noqa: PLR0913  two secrets, two places they came from, and when
    session: Session,
    actor: Actor,
    reference: str,
    code: str,
    *,
    visitor: str,
    address: str,
    settings: Settings,
    now: datetime,
) -> Opening:
    """Try a reference with a code. Unknown reference and wrong code cost the same work and give the same answer."""
    require(actor, Permission.OPEN_OWN_CASE)
    wanted = normal_reference(reference) or "-"
    allowed = links.tries(session, wanted, address, now=now)
    if allowed.wait_seconds:
        return Opening(opened=False, wait_seconds=allowed.wait_seconds)
    case = session.exec(select(Case).where(Case.reference == wanted)).one_or_none()
    given = code_hmac(code, settings.pepper.get_secret_value())
    if not same(given, case.code_hmac if case else digest(wanted)) or case is None:
        wait = links.note_failure(session, allowed.key, now=now)
        audit.record(session, actor, "case.open_by_code", ("reference", wanted), now=now, outcome="denied")
        return Opening(opened=False, wait_seconds=wait)
    links.forget_failures(session, allowed.key)
    links.grant(session, visitor, case.id, now=now)
    audit.record(session, actor, "case.open_by_code", ("case", case.id), now=now)
    return Opening(opened=True)


def send_fresh_link(session: Session, actor: Actor, reference: str, email: str, *, settings: Settings, now: datetime) -> None:
    """Mail a new link when reference and address belong together; the caller hears the same either way."""
    require(actor, Permission.OPEN_OWN_CASE)
    case = session.exec(select(Case).where(Case.reference == (normal_reference(reference) or "-"))).one_or_none()
    if case is None or not normal_email(email) or case.email.lower() != normal_email(email).lower():
        return
    recent = select(func.count()).where(MailedLink.case_id == case.id, col(MailedLink.created_at) > now - timedelta(hours=1))
    if session.exec(recent).one() >= LINKS_AN_HOUR:
        return
    messages.fresh_link(Post(session, settings, now), case, token=links.new_link(session, case, now=now))
    add_event(session, actor, case, EventKind.CODE_RESENT, now=now)
    audit.record(session, actor, "case.send_fresh_link", ("case", case.id), now=now)


def resolve_requester(session: Session, visitor: str | None, *, now: datetime) -> Actor:
    """Who holds this browser's cookie: the requester of the case it opened, or a visitor."""
    held = links.granted_case(session, visitor, now=now)
    return Actor(Role.REQUESTER, id=f"case:{held.case_id}"[:80], case_id=held.case_id) if held else VISITOR


def touch_grant(session: Session, actor: Actor, visitor: str, *, now: datetime) -> None:
    """Note that the requester is still there."""
    require(actor, Permission.ACT_ON_OWN_CASE)
    held = session.get(CaseGrant, digest(visitor))
    if held and held.case_id == actor.case_id:
        held.last_seen_at = now


def leave(session: Session, actor: Actor, visitor: str) -> None:
    """Close the case in this browser: the code is needed again."""
    require(actor, Permission.OPEN_OWN_CASE)
    held = session.get(CaseGrant, digest(visitor))
    if held:
        session.delete(held)


def reply(session: Session, actor: Actor, body: str, *, now: datetime) -> None:
    """The requester writes; a question that waited is answered by it."""
    case = _own_case(session, actor)
    message_id = add_message(session, actor, case, body, Visibility.REQUESTER, now=now)
    move(session, actor, case, Verb.REPLY, now=now, fields={"message_id": message_id})


def withdraw(session: Session, actor: Actor, *, settings: Settings, now: datetime) -> None:
    """The requester stops the request; a message confirms it."""
    case = _own_case(session, actor)
    move(session, actor, case, Verb.WITHDRAW, now=now, closed_at=now)
    messages.withdrawn(Post(session, settings, now), case)


def _own_case(session: Session, actor: Actor) -> Case:
    require(actor, Permission.ACT_ON_OWN_CASE)
    if actor.case_id is None:
        raise NotFoundError
    return load_case(session, actor, actor.case_id)


def _by_key(session: Session, key: str) -> Case | None:
    return session.exec(select(Case).where(Case.submission == digest(key))).one_or_none()


def _new_case(asked: CheckedRequest, key: str, settings: Settings, now: datetime) -> Case:
    pepper = settings.pepper.get_secret_value()
    received_on = local_day(now)
    return Case(
        id=str(uuid4()),
        reference=new_reference(),
        code_hmac=code_hmac(code_for(key, pepper), pepper),
        submission=digest(key),
        status=Status.UNVERIFIED,
        role=asked.role,
        subject=asked.subject,
        channel=Channel.FORM,
        language=asked.language,
        name=asked.name,
        email=asked.email,
        school_name=asked.school_name,
        explanation=asked.explanation,
        submitted_at=now,
        received_on=received_on,
        due_on=explain(received_on, extra_holidays=settings.bridge_days).due_on,
    )


def _record_submission(session: Session, actor: Actor, case: Case, asked: CheckedRequest, now: datetime) -> None:
    session.add_all(CaseRight(case_id=case.id, right=right) for right in asked.rights)
    facts = {
        "rights": [right.value for right in asked.rights],
        "role": asked.role.value,
        "subject": asked.subject.value,
        "channel": case.channel.value,
        "received_on": case.received_on.isoformat(),
        "due_on": case.due_on.isoformat(),
    }
    add_event(session, actor, case, EventKind.SUBMITTED, now=now, fields=facts)
    count_request(session, case.received_on, asked.rights)
    audit.record(session, actor, "case.submit", ("case", case.id), now=now)


def _receipt(case: Case, key: str, settings: Settings) -> Receipt:
    code = code_for(key, settings.pepper.get_secret_value())
    return Receipt(case.reference, code, case.received_on, explain(case.received_on, extra_holidays=settings.bridge_days))
