"""Asking, and getting into one's own case. Each function is one transaction's work; what follows is in `following.py`."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, func, select

from dashboard import audit
from dashboard.addresses import normalized_or_empty
from dashboard.clock import local_day
from dashboard.data_requests import drafts, links, repeats
from dashboard.data_requests.access_model import CaseGrant, MailedLink
from dashboard.data_requests.case_files import Shelf, keep
from dashboard.data_requests.codes import code_for, code_hmac, normal_reference
from dashboard.data_requests.deadlines import Explanation, explain
from dashboard.data_requests.events import EventKind
from dashboard.data_requests.intake import CheckedRequest, NewRequest, check
from dashboard.data_requests.lifecycle import Status, Verb
from dashboard.data_requests.links import Opening
from dashboard.data_requests.model import Case, Channel, FilePurpose
from dashboard.data_requests.moves import add_event, load_case, move
from dashboard.data_requests.narrative import reasons_in_words, right_in_words
from dashboard.data_requests.opening import Arrival, new_case, record_opening
from dashboard.errors import NotFoundError
from dashboard.i18n import texts
from dashboard.mail import messages
from dashboard.mail.messages import Post
from dashboard.permissions import VISITOR, Actor, Permission, Role, require
from dashboard.policy.queries import bridge_days
from dashboard.settings import Settings
from dashboard.tokens import digest, same

RECEIPT_FOR = timedelta(hours=1)
LINKS_AN_HOUR = 3


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the confirmation shows; the code is nowhere else. `also` is the reference of the second case, where the request
    is about our records and the school's: one code opens both.
    """

    reference: str
    code: str
    received_on: date
    explanation: Explanation
    also: str = ""


def submit(
    session: Session,
    actor: Actor,
    typed: NewRequest,
    *,
    key: str,
    shelf: Shelf,
    now: datetime,
    visitor: str | None = None,
) -> Receipt:
    """Open a case for what was typed, or two where we and the school each answer for a part.

    The same key again gives the same case: a double click is one request. Received on the Amsterdam day of `now`, even when
    the address is confirmed later. Raises InvalidInputError.
    """
    require(actor, Permission.SUBMIT_REQUEST)
    settings = shelf.settings
    asked = check(typed, today=local_day(now))
    if known := _by_key(session, key):
        return _receipt(session, known, key, settings)
    try:
        with session.begin_nested():
            cases = _open(session, asked, key, settings, now)
    except IntegrityError:
        # The same form, sent twice at once: the other one won.
        if known := _by_key(session, key):
            return _receipt(session, known, key, settings)
        raise
    for case, part in zip(cases, asked.parts, strict=True):
        record_opening(session, actor, case, part, asked, now)
        _keep_uploads(session, actor, case, typed, shelf, now)
    drafts.forget(session, actor, visitor)
    receipt = _receipt(session, cases[0], key, settings)
    t = texts(asked.language)
    messages.verification(
        Post(session, settings, now),
        cases[0],
        token=links.new_link(session, cases[0], now=now),
        rights=[right_in_words(t, right) for right in asked.rights],
        reasons=reasons_in_words(t, receipt.explanation),
        also=receipt.also,
    )
    return receipt


def receipt(session: Session, actor: Actor, key: str, *, settings: Settings, now: datetime) -> Receipt | None:
    """The receipt of a form sent within the last hour, for a page that runs again; None when there is none."""
    require(actor, Permission.SUBMIT_REQUEST)
    case = _by_key(session, key)
    return _receipt(session, case, key, settings) if case and now - case.submitted_at < RECEIPT_FOR else None


def open_by_link(session: Session, actor: Actor, token: str, *, visitor: str, settings: Settings, now: datetime) -> None:
    """Spend a mailed link: it proves the address (an unverified case becomes received) and lets this browser in.

    Where the same person had already asked the same, the new case joins the older one. Raises LinkExpiredError.
    """
    require(actor, Permission.OPEN_OWN_CASE)
    link = links.use_link(session, token, now=now)
    case = session.get_one(Case, link.case_id)
    if link.new_email:
        repeats.change_address(session, actor, case, link.new_email, settings=settings, now=now)
    for each in (case, session.get(Case, case.sibling_id) if case.sibling_id else None):
        if each and each.status is Status.UNVERIFIED and each.email == case.email:
            move(session, actor, each, Verb.VERIFY, now=now, verified_at=now)
            repeats.join_older(session, actor, each, settings=settings, now=now)
    shown = case.merged_into or case.id
    links.grant(session, visitor, shown, now=now)
    audit.record(session, actor, "case.open_by_link", ("case", shown), now=now)


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
    if case is None or not normalized_or_empty(email) or case.email.lower() != normalized_or_empty(email).lower():
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


def open_sibling(session: Session, actor: Actor, visitor: str, *, now: datetime) -> None:
    """Go to the other case of the same submission, in the browser that has one of them open."""
    case = _own_case(session, actor)
    if case.sibling_id is None:
        raise NotFoundError
    links.grant(session, visitor, case.sibling_id, now=now)
    audit.record(session, actor, "case.open_sibling", ("case", case.sibling_id), now=now)


def _own_case(session: Session, actor: Actor) -> Case:
    require(actor, Permission.ACT_ON_OWN_CASE)
    if actor.case_id is None:
        raise NotFoundError
    return load_case(session, actor, actor.case_id)


def _by_key(session: Session, key: str) -> Case | None:
    return session.exec(select(Case).where(Case.submission == digest(key))).one_or_none()


def _open(session: Session, asked: CheckedRequest, key: str, settings: Settings, now: datetime) -> list[Case]:
    arrival = Arrival(Channel.FORM, local_day(now), now)
    cases = [new_case(session, asked, part, key, arrival, settings) for part in asked.parts]
    if len(cases) > 1:
        cases[0].sibling_id, cases[1].sibling_id = cases[1].id, cases[0].id
    session.add_all(cases)
    session.flush()
    return cases


def _keep_uploads(session: Session, actor: Actor, case: Case, typed: NewRequest, shelf: Shelf, now: datetime) -> None:
    for upload in typed.uploads:
        keep(session, actor, case, upload, FilePurpose.ATTACHMENT, shelf=shelf, now=now)
    if typed.authorisation:
        keep(session, actor, case, typed.authorisation, FilePurpose.AUTHORISATION, shelf=shelf, now=now)


def _receipt(session: Session, case: Case, key: str, settings: Settings) -> Receipt:
    sibling = session.get(Case, case.sibling_id) if case.sibling_id else None
    return Receipt(
        case.reference,
        code_for(key, settings.pepper.get_secret_value()),
        case.received_on,
        explain(case.received_on, extra_holidays=bridge_days(session, settings)),
        sibling.reference if sibling else "",
    )
