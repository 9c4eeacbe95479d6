"""What a requester does with an open or answered request: reply, withdraw, ask again, move to another address, rate."""

from datetime import datetime, timedelta

from sqlmodel import Session, col, func, select

from dashboard.addresses import normalized_or_empty
from dashboard.data_requests.case.access_model import MailedLink, SchoolKey
from dashboard.data_requests.case.desk_model import CaseFeedback
from dashboard.data_requests.case.events import EventKind
from dashboard.data_requests.case.lifecycle import Status, Verb
from dashboard.data_requests.case.model import Case, CaseRight, FilePurpose, Visibility
from dashboard.data_requests.case.moves import add_event, add_message, load_case, move
from dashboard.data_requests.case.needs import open_doubt
from dashboard.data_requests.outgoing.case_files import Shelf, Upload, keep
from dashboard.data_requests.requester import links
from dashboard.data_requests.requester.intake import MOST_UPLOADS
from dashboard.errors import InvalidInputError, NotFoundError, NotPossibleError
from dashboard.mail import messages
from dashboard.mail.messages import Post
from dashboard.permissions import Actor, Permission, require
from dashboard.settings import Settings

LOWEST_MARK, HIGHEST_MARK = 1, 5
LINKS_AN_HOUR = 3


def reply(
    session: Session,
    actor: Actor,
    body: str,
    *,
    now: datetime,
    uploads: tuple[Upload, ...] = (),
    identity: Upload | None = None,
    shelf: Shelf | None = None,
) -> None:
    """The requester writes; a question that waited is answered by it. Proof of identity is taken only while we asked for it."""
    case = _own_case(session, actor)
    message_id = add_message(session, actor, case, body, Visibility.REQUESTER, now=now)
    if len(uploads) > MOST_UPLOADS:
        raise InvalidInputError({"uploads": "invalid.uploads_many"})
    if identity and open_doubt(session, case) is None:
        raise NotPossibleError("need.doubt_open")
    wanted = [(upload, FilePurpose.ATTACHMENT) for upload in uploads] + ([(identity, FilePurpose.IDENTITY)] if identity else [])
    for upload, purpose in wanted if shelf else ():
        row = keep(session, actor, case, upload, purpose, shelf=shelf, now=now)  # type: ignore[arg-type]  # narrowed above
        row.message_id = message_id
    move(session, actor, case, Verb.REPLY, now=now, fields={"message_id": message_id})


def withdraw(session: Session, actor: Actor, *, settings: Settings, now: datetime) -> None:
    """The requester stops the request; a message confirms it, and the school hears it where it was handed over."""
    case = _own_case(session, actor)
    school = session.get(SchoolKey, case.id)
    move(session, actor, case, Verb.WITHDRAW, now=now, closed_at=now)
    post = Post(session, settings, now)
    messages.withdrawn(post, case)
    if school:
        messages.withdrawn_at_school(post, case, school=school)


def reopen(session: Session, actor: Actor, body: str, *, settings: Settings, now: datetime) -> None:
    """Not satisfied: the case is looked at again. The decisions stand until they are taken anew; the first date stands too."""
    case = _own_case(session, actor)
    message_id = add_message(session, actor, case, body, Visibility.REQUESTER, now=now)
    move(session, actor, case, Verb.REOPEN, now=now, fields={"message_id": message_id}, closed_at=None)
    for row in session.exec(select(CaseRight).where(CaseRight.case_id == case.id)).all():
        # Whoever decides again needs a colleague's look again.
        row.approved_by = None
    messages.reopened(Post(session, settings, now), case)


def ask_new_address(session: Session, actor: Actor, email: str, *, settings: Settings, now: datetime) -> None:
    """Mail a link to a new address; using it proves the address and puts it in the old one's place."""
    case = _own_case(session, actor)
    wanted = normalized_or_empty(email)
    if not wanted:
        raise InvalidInputError({"email": "invalid.email"})
    recent = select(func.count()).where(MailedLink.case_id == case.id, col(MailedLink.created_at) > now - timedelta(hours=1))
    if session.exec(recent).one() >= LINKS_AN_HOUR:
        raise NotPossibleError("error.too_many_links")
    token = links.new_link(session, case, now=now, new_email=wanted)
    messages.new_address(Post(session, settings, now), case, token=token, to=wanted)


def rate(session: Session, actor: Actor, *, easy: int, clear: int, now: datetime) -> None:
    """Two marks at the end; a second time replaces the first."""
    case = _own_case(session, actor)
    if case.status not in {Status.CLOSED, Status.CLOSED_BY_SCHOOL}:
        raise NotPossibleError("error.wrong_state")
    if not all(LOWEST_MARK <= mark <= HIGHEST_MARK for mark in (easy, clear)):
        raise InvalidInputError({"marks": "invalid.marks"})
    session.merge(CaseFeedback(case_id=case.id, easy=easy, clear=clear, at=now))
    add_event(session, actor, case, EventKind.RATED, now=now, fields={"easy": easy, "clear": clear})


def _own_case(session: Session, actor: Actor) -> Case:
    require(actor, Permission.ACT_ON_OWN_CASE)
    if actor.case_id is None:
        raise NotFoundError
    return load_case(session, actor, actor.case_id)
