"""Getting into one's own case without an account: by a mailed link, by its code, and leaving again."""

from datetime import datetime, timedelta

from sqlmodel import Session, col, func, select

from dashboard import audit
from dashboard.addresses import normalized_or_empty
from dashboard.data_requests.case.access_model import CaseGrant, MailedLink
from dashboard.data_requests.case.codes import code_hmac, normal_reference
from dashboard.data_requests.case.events import EventKind
from dashboard.data_requests.case.lifecycle import Status, Verb
from dashboard.data_requests.case.model import Case
from dashboard.data_requests.case.moves import add_event, load_case, move
from dashboard.data_requests.requester import links, repeats
from dashboard.data_requests.requester.links import Opening
from dashboard.errors import NotFoundError
from dashboard.mail import messages
from dashboard.mail.messages import Post
from dashboard.permissions import VISITOR, Actor, Permission, Role, require
from dashboard.settings import Settings
from dashboard.tokens import digest, same

LINKS_AN_HOUR = 3


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
