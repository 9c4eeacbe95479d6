"""What a proven address brings about: a repeated request joins the open one, a new address takes the old one's place."""

from sqlmodel import col, delete, update

from dashboard import audit, vault
from dashboard.act import Allowed, asks
from dashboard.audit import Action
from dashboard.data_requests.case.access_model import CaseGrant, MailedLink
from dashboard.data_requests.case.alike import same_address
from dashboard.data_requests.case.asked import is_same_requester, may_be_same_product, searched
from dashboard.data_requests.case.counts import place_of, shift
from dashboard.data_requests.case.desk_model import SearchWord
from dashboard.data_requests.case.events import EventKind
from dashboard.data_requests.case.lifecycle import OPEN, Status, Verb
from dashboard.data_requests.case.model import Case, CaseFile
from dashboard.data_requests.case.moves import add_event, add_message, move
from dashboard.data_requests.case.needs import rights_of
from dashboard.data_requests.case.terms import Visibility
from dashboard.data_requests.law.deadlines import statutory_due
from dashboard.data_requests.outgoing import messages
from dashboard.errors import NotPossibleError, StaleError
from dashboard.permissions import Actor, Permission, Role
from dashboard.policy.queries import bridge_days


@asks(Permission.ENTER_OWN_CASE)
def join_older(act: Allowed, case: Case) -> None:
    """A repeat while a case is open is a reminder of that case, whose date stands; nothing asked is lost.

    Only for a case whose address was just proven, and only when everything that makes it the same request is the same.
    """
    older = _older(act, case)
    if older is None:
        return
    requester = Actor(Role.REQUESTER, id=f"case:{older.id}"[:80], case_id=older.id)
    body = case.explanation or case.reference
    theirs = Allowed(act.by(requester))
    message_id = add_message(theirs, older, body, Visibility.REQUESTER)
    move(theirs, older, Verb.REMIND, fields={"message_id": message_id})
    act.session.exec(update(CaseFile).where(col(CaseFile.case_id) == case.id).values(message_id=message_id))
    absorb(act, case, older)
    move(act, case, Verb.JOIN, fields={"into": older.reference}, merged_into=older.id, closed_at=act.now, sibling_id=None)
    messages.joined(act, case, older=older)


@asks(Permission.ENTER_OWN_CASE)
def change_address(act: Allowed, case: Case, email: str) -> None:
    """The new address was proven by its link: it takes the old one's place, and the old one hears so."""
    other = act.session.get(Case, case.sibling_id) if case.sibling_id else None
    # Both halves of one submission have one requester; nothing is written into one that was purged.
    theirs = [each for each in (case, other) if each and not each.purged_at]
    if case in theirs:
        messages.address_changed(act, case)
    for each in theirs:
        each.email = email
        act.session.add(each)
        act.session.flush()
        index_words(act, each)
        # What still lies in the old mailbox opens nothing any more, nor does a browser that it had let in.
        act.session.exec(delete(CaseGrant).where(col(CaseGrant.case_id) == each.id))
        unused = update(MailedLink).where(col(MailedLink.case_id) == each.id, col(MailedLink.used_at).is_(None))
        act.session.exec(unused.values(expires_at=act.now))
        add_event(act, each, EventKind.ADDRESS_CHANGED)
        audit.record(act, Action.CASE_CHANGE_ADDRESS, each.id)


def index_words(act: Allowed, case: Case) -> None:
    """Write anew the words a case is found by."""
    act.session.exec(delete(SearchWord).where(col(SearchWord.case_id) == case.id))
    hidden = {vault.of(act.session).word(word) for word in searched(case)}
    act.session.add_all(SearchWord(word=word, case_id=case.id) for word in sorted(hidden))


def absorb(act: Allowed, case: Case, into: Case) -> None:
    """All that a repeat asks and says becomes part of the case that stays: rights, files, the earliest day."""
    rights = {row.right: row for row in rights_of(act, into)}
    for row in rights_of(act, case):
        if row.right not in rights:
            act.session.add(row.as_asked(into.id))
        elif row.correction != rights[row.right].correction:
            raise NotPossibleError("error.merge_other_correction")
    act.session.exec(update(CaseFile).where(col(CaseFile.case_id) == case.id).values(case_id=into.id))
    # The other half of the submission has no other half any more.
    act.session.exec(update(Case).where(col(Case.sibling_id) == case.id).values(sibling_id=None))
    before, due_before, first = place_of(into), into.due_on, min(case.received_on, into.received_on)
    due = statutory_due(first, extended=into.extended, extra_holidays=bridge_days(act))
    values = {"received_on": first, "due_on": min(due, into.due_on), "rights_bits": into.rights_bits | case.rights_bits}
    values["product"] = into.product or case.product
    changed = act.session.exec(
        update(Case)
        .where(col(Case.id) == into.id, col(Case.version) == into.version)
        .values(version=into.version + 1, **values)
        .execution_options(synchronize_session=False)
    )
    if changed.rowcount != 1:
        raise StaleError(into.id)
    act.session.refresh(into)
    shift(act, before, place_of(into))
    if into.due_on != due_before:
        fields = {"from_due": due_before.isoformat(), "to_due": into.due_on.isoformat()}
        add_event(act, into, EventKind.DUE_MOVED, fields=fields)


def _older(act: Allowed, case: Case) -> Case | None:
    """The open, verified case of the same person that already asks all of this, corrections of the same thing included."""
    asked = {row.right: row.correction for row in rights_of(act, case)}
    for older in same_address(act, case):
        if older.status in _JOINS and is_same_requester(case, older) and may_be_same_product(case, older):
            known = {row.right: row.correction for row in rights_of(act, older)}
            if asked.items() <= known.items():
                return older
    return None


_JOINS = OPEN - {Status.UNVERIFIED, Status.SCHOOL_DECIDED}
