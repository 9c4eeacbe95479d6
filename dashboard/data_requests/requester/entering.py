"""Getting into one's own case without an account: by a mailed link, by its code, and leaving again."""

from datetime import timedelta

from sqlmodel import col, func, select

from dashboard import audit
from dashboard.act import Allowed, Seen, asks
from dashboard.addresses import mailbox, normalized_or_empty
from dashboard.audit import Action
from dashboard.data_requests.case.access_model import CaseGrant, MailedLink
from dashboard.data_requests.case.codes import code_hmac, normal_reference
from dashboard.data_requests.case.events import EventKind
from dashboard.data_requests.case.lifecycle import Status, Verb
from dashboard.data_requests.case.model import Case
from dashboard.data_requests.case.moves import add_event, load, move
from dashboard.data_requests.outgoing import messages
from dashboard.data_requests.requester import drafts, links, repeats
from dashboard.data_requests.requester.links import Entry
from dashboard.errors import InvalidInputError, NotFoundError
from dashboard.mail import pacing
from dashboard.permissions import VISITOR, Actor, Permission, Role
from dashboard.tokens import digest, same

LINKS_AN_HOUR = 3
TOUCH_EVERY = timedelta(minutes=1)


@asks(Permission.ENTER_OWN_CASE)
def enter_by_link(act: Allowed, token: str, *, opening: str) -> None:
    """Spend a mailed link: it proves the address (an unverified case becomes received) and lets this browser in.

    `opening`: a new cookie each time, so that a copy of an older one opens nothing. Where the same person had already asked
    the same, the new case joins the older one. Raises LinkExpiredError.
    """
    link = links.use_link(act, token)
    case = _kept(act, act.session.get_one(Case, link.case_id))
    if not link.proves_address:
        links.grant(act, opening, case.id)
        return
    if link.new_email:
        repeats.change_address(act, case, link.new_email)
    for each in (case, act.session.get(Case, case.sibling_id) if case.sibling_id else None):
        if each and each.status is Status.UNVERIFIED and each.email == case.email:
            move(act, each, Verb.VERIFY, verified_at=act.now)
            repeats.join_older(act, each)
    shown = _kept(act, case)
    links.grant(act, opening, shown.id)
    audit.record(act, Action.CASE_OPEN_BY_LINK, shown.id)


def _kept(act: Allowed, case: Case) -> Case:
    """The case itself, or the one that it was put with."""
    while case.merged_into:
        case = act.session.get_one(Case, case.merged_into)
    return case


@asks(Permission.ENTER_OWN_CASE)
def try_code(act: Allowed, reference: str, code: str, *, address: str) -> Entry:
    """Try a reference with its code, or with the short one of a mail: gives the ticket for `enter_by_link`.

    Unknown reference and wrong code cost the same work and give the same answer.
    """
    wanted = normal_reference(reference) or "-"
    allowed = links.tries(act, wanted, address)
    if allowed.wait_seconds:
        return Entry(opened=False, wait_seconds=allowed.wait_seconds)
    case = act.session.exec(select(Case).where(Case.reference == wanted)).one_or_none()
    given = [code_hmac(code, pepper) for pepper in act.settings.peppers]
    kept = case.code_hmac if case else digest(wanted)
    is_code = any(same(each, kept) for each in given)
    mailed = links.use_code(act, case.id if case else "-", given)
    if case is None or not (is_code or mailed):
        wait = links.note_failure(act, allowed)
        audit.deny(act, Action.CASE_OPEN_BY_CODE, wanted, about="reference")
        return Entry(opened=False, wait_seconds=wait)
    links.forget_failures(act, allowed.key)
    audit.record(act, Action.CASE_OPEN_BY_CODE, case.id)
    return Entry(opened=True, ticket=links.ticket(act, case.id, mailed))


@asks(Permission.ENTER_OWN_CASE)
def send_fresh_link(act: Allowed, reference: str, email: str) -> None:
    """Mail a new link when reference and address belong together; the caller hears the same either way.

    Raises InvalidInputError for what can be no reference or no address.
    """
    wanted, address = normal_reference(reference), normalized_or_empty(email)
    if not wanted or not address:
        raise InvalidInputError({"reference": "track.lost.empty"})
    case = act.session.exec(select(Case).where(Case.reference == wanted)).one_or_none()
    if case is None or mailbox(case.email) != mailbox(address):
        return
    an_hour_ago = act.now - timedelta(hours=1)
    recent = select(func.count()).where(
        MailedLink.case_id == case.id, col(MailedLink.created_at) > an_hour_ago, MailedLink.code_hmac != ""
    )
    if act.session.exec(recent).one() >= LINKS_AN_HOUR:
        return
    later = pacing.waits(act, case.email)
    messages.fresh_link(act, case, token=links.new_link(act, case, lasts=links.VERIFY_FOR + later), later=later)
    add_event(act, case, EventKind.CODE_RESENT)
    audit.record(act, Action.CASE_SEND_FRESH_LINK, case.id)


@asks(Permission.READ_PUBLIC)
def resolve_requester(act: Allowed, opening: str | None) -> Actor:
    """Who holds this browser's cookie: the requester of the case it opened, or a visitor."""
    held = links.granted_case(act, opening)
    return Actor(Role.REQUESTER, id=f"case:{held.case_id}"[:80], case_id=held.case_id) if held else VISITOR


@asks(Permission.ENTER_OWN_CASE)
def needs_touch(act: Allowed, opening: str) -> bool:
    """Whether it is a minute ago that this browser was noted to be there."""
    held = links.granted_case(act, opening)
    return held is not None and act.now - held.last_seen_at >= TOUCH_EVERY


@asks(Permission.ACT_ON_OWN_CASE)
def touch_grant(act: Allowed, opening: str) -> None:
    """Note that the requester is still there."""
    held = act.session.get(CaseGrant, digest(opening))
    if held and held.case_id == act.actor.case_id:
        held.last_seen_at = act.now


@asks(Permission.ENTER_OWN_CASE)
def leave(act: Allowed, opening: str, visitor: str | None = None) -> None:
    """Close the case in this browser: the code is needed again. With `visitor`, what it typed and its receipt go too."""
    held = act.session.get(CaseGrant, digest(opening))
    if held:
        act.session.delete(held)
    if visitor:
        drafts.forget(act, visitor)
        drafts.forget(act, drafts.receipt_of(visitor))


@asks(Permission.ACT_ON_OWN_CASE)
def enter_sibling(act: Allowed, seen: Seen, opening: str) -> None:
    """Go to the other case of the same submission, in the browser that has one of them open, and for no longer."""
    case, held = load(act, seen), links.granted_case(act, opening)
    other = act.session.get(Case, case.sibling_id) if case.sibling_id else None
    if other is None or other.purged_at or held is None:
        raise NotFoundError
    held.case_id = other.id
    audit.record(act, Action.CASE_OPEN_SIBLING, other.id)
