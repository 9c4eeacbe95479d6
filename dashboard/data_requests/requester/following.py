"""What a requester does with an open or answered request: reply, withdraw, ask again, move to another address, rate."""

from datetime import timedelta

from sqlmodel import col, func, select

from dashboard import audit
from dashboard.act import Allowed, Seen, asks
from dashboard.addresses import normalized_or_empty
from dashboard.audit import Action
from dashboard.data_requests.case.access_model import MailedLink, SchoolKey
from dashboard.data_requests.case.desk_model import CaseFeedback
from dashboard.data_requests.case.events import EventKind
from dashboard.data_requests.case.lifecycle import Status, Verb
from dashboard.data_requests.case.model import CaseRight
from dashboard.data_requests.case.moves import add_event, add_message, load, move
from dashboard.data_requests.case.needs import open_doubt
from dashboard.data_requests.case.queries import dates_of
from dashboard.data_requests.case.terms import FilePurpose, Visibility
from dashboard.data_requests.outgoing import messages, to_schools
from dashboard.data_requests.outgoing.case_files import keep
from dashboard.data_requests.outgoing.uploads import Upload, prepared
from dashboard.data_requests.requester import links
from dashboard.data_requests.requester.intake import MOST_UPLOADS
from dashboard.db import put
from dashboard.errors import InvalidInputError, NotPossibleError
from dashboard.mail import pacing
from dashboard.permissions import Permission

LOWEST_MARK, HIGHEST_MARK = 1, 5
LINKS_AN_HOUR = 3


@asks(Permission.ACT_ON_OWN_CASE)
def reply(act: Allowed, seen: Seen, body: str, *, uploads: tuple[Upload, ...] = (), identity: Upload | None = None) -> None:
    """The requester writes; a question that waited is answered by it. Proof of identity is taken only while we asked for it."""
    if len(uploads) > MOST_UPLOADS:
        raise InvalidInputError({"uploads": "invalid.uploads_many"})
    files = prepared(act.settings, uploads, FilePurpose.ATTACHMENT)
    files += prepared(act.settings, [identity] if identity else [], FilePurpose.IDENTITY)
    case = load(act, seen)
    message_id = add_message(act, case, body, Visibility.REQUESTER)
    if identity and open_doubt(act, case) is None:
        raise NotPossibleError("need.doubt_open")
    for file in files:
        row = keep(act, case, file)
        row.message_id = message_id
    school = act.session.get(SchoolKey, case.id)
    move(act, case, Verb.REPLY, fields={"message_id": message_id})
    if school:
        to_schools.written_at_school(act, case, school=school)


@asks(Permission.ACT_ON_OWN_CASE)
def withdraw(act: Allowed, seen: Seen) -> None:
    """The requester stops the request; a message confirms it, and the school hears it where it was handed over."""
    case = load(act, seen)
    school = act.session.get(SchoolKey, case.id)
    move(act, case, Verb.WITHDRAW, closed_at=act.now)
    if case.verified_at:
        # Nobody knows yet whose address it is: who withdraws is told on the page.
        messages.withdrawn(act, case)
    if school:
        to_schools.withdrawn_at_school(act, case, school=school)


@asks(Permission.ACT_ON_OWN_CASE)
def reopen(act: Allowed, seen: Seen, body: str) -> None:
    """Not satisfied: the case is looked at again. The decisions stand until they are taken anew; the first date stands too."""
    case = load(act, seen)
    message_id = add_message(act, case, body, Visibility.REQUESTER)
    move(act, case, Verb.REOPEN, fields={"message_id": message_id}, closed_at=None)
    for row in act.session.exec(select(CaseRight).where(CaseRight.case_id == case.id)).all():
        # Whoever decides again needs a colleague's look again.
        row.approved_by = None
    messages.reopened(act, case, review_by=dates_of(act, case).review_by)


@asks(Permission.ACT_ON_OWN_CASE)
def ask_new_address(act: Allowed, seen: Seen, email: str) -> None:
    """Mail a link to a new address; using it proves the address and puts it in the old one's place."""
    case = load(act, seen)
    wanted = normalized_or_empty(email)
    if not wanted:
        raise InvalidInputError({"email": "invalid.email"})
    recent = select(func.count()).where(
        MailedLink.case_id == case.id,
        col(MailedLink.created_at) > act.now - timedelta(hours=1),
        col(MailedLink.new_email).is_not(None),
        # What was mailed, and not the ticket of a code.
        MailedLink.code_hmac != "",
    )
    if act.session.exec(recent).one() >= LINKS_AN_HOUR:
        raise NotPossibleError("error.too_many_links")
    later = pacing.waits(act, wanted)
    token = links.new_link(act, case, lasts=links.VERIFY_FOR + later, new_email=wanted)
    messages.new_address(act, case, token=token, to=wanted, later=later)
    audit.record(act, Action.CASE_ASK_ADDRESS, case.id)


@asks(Permission.ACT_ON_OWN_CASE)
def rate(act: Allowed, seen: Seen, *, easy: int, clear: int) -> None:
    """Two marks at the end; a second time replaces the first."""
    case = load(act, seen)
    if case.status not in {Status.CLOSED, Status.CLOSED_BY_SCHOOL}:
        raise NotPossibleError("error.wrong_state")
    if not all(LOWEST_MARK <= mark <= HIGHEST_MARK for mark in (easy, clear)):
        raise InvalidInputError({"marks": "invalid.marks"})
    put(act.session, CaseFeedback(case_id=case.id, easy=easy, clear=clear, at=act.now))
    add_event(act, case, EventKind.RATED, fields={"easy": easy, "clear": clear})
    audit.record(act, Action.CASE_RATE, case.id)
