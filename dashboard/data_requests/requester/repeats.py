"""What a proven address brings about: a repeated request joins the open one, a new address takes the old one's place."""

from datetime import datetime

from sqlmodel import Session, col, delete, select, update

from dashboard import audit
from dashboard.data_requests.case.access_model import MailedLink
from dashboard.data_requests.case.desk_model import SearchWord
from dashboard.data_requests.case.events import EventKind
from dashboard.data_requests.case.lifecycle import OPEN, Status, Verb
from dashboard.data_requests.case.model import Case, CaseFile, CaseRight, Visibility
from dashboard.data_requests.case.moves import add_event, add_message, move
from dashboard.data_requests.requester.opening import searched
from dashboard.mail import messages
from dashboard.mail.messages import Post
from dashboard.permissions import Actor, Permission, Role, require
from dashboard.settings import Settings


def join_older(session: Session, actor: Actor, case: Case, *, settings: Settings, now: datetime) -> None:
    """A repeat while a case is open is a reminder of that case, whose date stands; nothing asked is lost.

    Only for a case whose address was just proven, and only when the older one asks at least the same rights.
    """
    require(actor, Permission.OPEN_OWN_CASE)
    older = _older(session, case)
    if older is None:
        return
    requester = Actor(Role.REQUESTER, id=f"case:{older.id}"[:80], case_id=older.id)
    body = case.explanation or case.reference
    message_id = add_message(session, requester, older, body, Visibility.REQUESTER, now=now)
    move(session, requester, older, Verb.REMIND, now=now, fields={"message_id": message_id})
    session.exec(update(CaseFile).where(col(CaseFile.case_id) == case.id).values(case_id=older.id, message_id=message_id))
    move(
        session,
        actor,
        case,
        Verb.JOIN,
        now=now,
        fields={"into": older.reference},
        merged_into=older.id,
        closed_at=now,
        sibling_id=None,
    )
    messages.joined(Post(session, settings, now), case, older=older)


def change_address(session: Session, actor: Actor, case: Case, email: str, *, settings: Settings, now: datetime) -> None:
    """The new address was proven by its link: it takes the old one's place, and the old one hears so."""
    require(actor, Permission.OPEN_OWN_CASE)
    messages.address_changed(Post(session, settings, now), case)
    other = session.get(Case, case.sibling_id) if case.sibling_id else None
    # Both halves of one submission have one requester.
    for each in (case, other) if other else (case,):
        each.email = email
        session.add(each)
        session.flush()
        index_words(session, each)
        # What still lies in the old mailbox opens nothing any more.
        unused = update(MailedLink).where(col(MailedLink.case_id) == each.id, col(MailedLink.used_at).is_(None))
        session.exec(unused.values(expires_at=now))
        add_event(session, actor, each, EventKind.ADDRESS_CHANGED, now=now)
        audit.record(session, actor, "case.change_address", ("case", each.id), now=now)


def index_words(session: Session, case: Case) -> None:
    """Write anew the words a case is found by."""
    session.exec(delete(SearchWord).where(col(SearchWord.case_id) == case.id))
    session.add_all(SearchWord(word=word, case_id=case.id) for word in searched(case))


def _older(session: Session, case: Case) -> Case | None:
    """The open, verified case of the same person that already asks all of this."""
    asked = set(session.exec(select(CaseRight.right).where(CaseRight.case_id == case.id)).all())
    candidates = session.exec(
        select(Case)
        .where(
            Case.email == case.email,
            Case.id != case.id,
            Case.subject == case.subject,
            Case.role == case.role,
            Case.subject_name == case.subject_name,
            col(Case.status).in_(OPEN - {Status.UNVERIFIED, Status.SCHOOL_DECIDED}),
        )
        .order_by(col(Case.received_on), col(Case.id))
    ).all()
    for older in candidates:
        rights = set(session.exec(select(CaseRight.right).where(CaseRight.case_id == older.id)).all())
        if asked <= rights:
            return older
    return None
