"""What a proven address brings about: a repeated request joins the open one, a new address takes the old one's place."""

from sqlmodel import col, delete, select, update

from dashboard import audit
from dashboard.act import Allowed, asks
from dashboard.audit import Action
from dashboard.data_requests.case.access_model import MailedLink
from dashboard.data_requests.case.asked import searched
from dashboard.data_requests.case.desk_model import SearchWord
from dashboard.data_requests.case.events import EventKind
from dashboard.data_requests.case.lifecycle import OPEN, Status, Verb
from dashboard.data_requests.case.model import Case, CaseFile, CaseRight
from dashboard.data_requests.case.moves import add_event, add_message, move
from dashboard.data_requests.case.terms import Visibility
from dashboard.data_requests.outgoing import messages
from dashboard.permissions import Actor, Permission, Role


@asks(Permission.ENTER_OWN_CASE)
def join_older(act: Allowed, case: Case) -> None:
    """A repeat while a case is open is a reminder of that case, whose date stands; nothing asked is lost.

    Only for a case whose address was just proven, and only when the older one asks at least the same rights.
    """
    older = _older(act, case)
    if older is None:
        return
    requester = Actor(Role.REQUESTER, id=f"case:{older.id}"[:80], case_id=older.id)
    body = case.explanation or case.reference
    theirs = Allowed(act.by(requester))
    message_id = add_message(theirs, older, body, Visibility.REQUESTER)
    move(theirs, older, Verb.REMIND, fields={"message_id": message_id})
    act.session.exec(update(CaseFile).where(col(CaseFile.case_id) == case.id).values(case_id=older.id, message_id=message_id))
    move(act, case, Verb.JOIN, fields={"into": older.reference}, merged_into=older.id, closed_at=act.now, sibling_id=None)
    messages.joined(act, case, older=older)


@asks(Permission.ENTER_OWN_CASE)
def change_address(act: Allowed, case: Case, email: str) -> None:
    """The new address was proven by its link: it takes the old one's place, and the old one hears so."""
    messages.address_changed(act, case)
    other = act.session.get(Case, case.sibling_id) if case.sibling_id else None
    # Both halves of one submission have one requester.
    for each in (case, other) if other else (case,):
        each.email = email
        act.session.add(each)
        act.session.flush()
        index_words(act, each)
        # What still lies in the old mailbox opens nothing any more.
        unused = update(MailedLink).where(col(MailedLink.case_id) == each.id, col(MailedLink.used_at).is_(None))
        act.session.exec(unused.values(expires_at=act.now))
        add_event(act, each, EventKind.ADDRESS_CHANGED)
        audit.record(act, Action.CASE_CHANGE_ADDRESS, each.id)


def index_words(act: Allowed, case: Case) -> None:
    """Write anew the words a case is found by."""
    act.session.exec(delete(SearchWord).where(col(SearchWord.case_id) == case.id))
    act.session.add_all(SearchWord(word=word, case_id=case.id) for word in searched(case))


def _older(act: Allowed, case: Case) -> Case | None:
    """The open, verified case of the same person that already asks all of this."""
    asked = set(act.session.exec(select(CaseRight.right).where(CaseRight.case_id == case.id)).all())
    candidates = act.session.exec(
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
        rights = set(act.session.exec(select(CaseRight.right).where(CaseRight.case_id == older.id)).all())
        if asked <= rights:
            return older
    return None
