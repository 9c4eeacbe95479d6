"""One case, for whoever may see it; the desk's list is in `desk/queue.py`."""

from collections.abc import Iterable, Sequence
from datetime import date

from sqlmodel import col, select

from dashboard.accounts.queries import governance_of, names_of
from dashboard.accounts.terms import Governance
from dashboard.act import Allowed, asks
from dashboard.clock import local_day
from dashboard.data_requests.case.access_model import SchoolKey
from dashboard.data_requests.case.alike import asked_before, perhaps_the_same, reference_of
from dashboard.data_requests.case.codes import normal_reference
from dashboard.data_requests.case.desk_model import (
    CaseFeedback,
    CaseLink,
    CaseMention,
    CaseRecipient,
    CaseTick,
    IdentityDoubt,
)
from dashboard.data_requests.case.events import INTERNAL, EventKind
from dashboard.data_requests.case.lifecycle import ANSWERED, OPEN, TURN, Status
from dashboard.data_requests.case.model import Case, CaseEvent, CaseFile, CaseMessage
from dashboard.data_requests.case.moves import load_case
from dashboard.data_requests.case.needs import open_doubt, rights_of, untold, waits_for_approval
from dashboard.data_requests.case.rows import (
    AnswerRow,
    CaseView,
    Dates,
    DoubtRow,
    EventRow,
    FileRow,
    LinkRow,
    MessageRow,
    RecipientRow,
    RightRow,
    StaffPart,
    TickRow,
)
from dashboard.data_requests.case.terms import FilePurpose, Visibility
from dashboard.data_requests.law.deadlines import (
    court_until,
    explain,
    internal_target,
    paused_due,
    working_days_after,
)
from dashboard.data_requests.law.rights import Outcome, Right, Subject
from dashboard.errors import NotFoundError
from dashboard.mail.outbox import trouble_of
from dashboard.permissions import Permission, Role
from dashboard.policy.queries import bridge_days, days_of
from dashboard.policy.rules import Term
from dashboard.rows import row_of

_REQUESTERS = frozenset({Role.REQUESTER.value, Role.VISITOR.value})
_GIVEN = frozenset({Status.CLOSED, Status.CLOSED_BY_SCHOOL})


@asks(Permission.READ_CASE)
def case_id_of(act: Allowed, reference: str) -> str:
    """The id behind a reference in a staff URL. Raises NotFoundError."""
    found = act.session.exec(select(Case.id).where(Case.reference == (normal_reference(reference) or "-"))).one_or_none()
    if found is None:
        raise NotFoundError(reference)
    return found


@asks(Permission.READ_CASE, Permission.ACT_ON_OWN_CASE, Permission.READ_HANDED_CASE)
def case_view(act: Allowed, case_id: str) -> CaseView:
    """One case: all of it for staff, the requester's part for the requester and, once it was handed over, for the school that
    decides. Others get NotFoundError.
    """
    case = load_case(act, case_id)
    staff = act.actor.is_staff
    events = act.session.exec(select(CaseEvent).where(CaseEvent.case_id == case.id).order_by(col(CaseEvent.number).desc())).all()
    messages = act.session.exec(select(CaseMessage).where(CaseMessage.case_id == case.id).order_by(col(CaseMessage.at))).all()
    rights = rights_of(act, case)
    people = [case.handler_id or "", *(e.actor_id for e in events), *(m.author_id for m in messages)]
    people += [person or "" for row in rights for person in (row.decided_by, row.approved_by)]
    names = names_of(act, people) if staff else {}
    files = _files(act, case)
    return row_of(
        CaseView,
        case,
        turn=TURN[case.status],
        dates=dates_of(act, case),
        handler=names.get(case.handler_id or "", ""),
        rights=tuple(
            RightRow.of(row, waits=staff and waits_for_approval(act, case, row))
            if staff or case.status in ANSWERED
            else RightRow.asked(row)
            for row in rights
        ),
        events=tuple(_event_row(event, names) for event in events if staff or event.kind not in INTERNAL),
        messages=tuple(
            _message_row(message, names, files) for message in messages if staff or message.visibility is Visibility.REQUESTER
        ),
        files=tuple(file for file in files if file.message_id is None),
        answered_before=tuple(_answered_before(case, events)),
        sibling=reference_of(act, case.sibling_id),
        merged_into=reference_of(act, case.merged_into),
        mentions_me=staff and act.session.get(CaseMention, (act.actor.id, case.id)) is not None,
        asks_identity=open_doubt(act, case) is not None,
        governance=governance_by(act, case),
        rated=act.session.get(CaseFeedback, case.id) is not None,
        staff=_staff_part(act, case) if staff else None,
    )


def governance_by(act: Allowed, case: Case) -> Governance | None:
    """How whoever decides about it stands in law, for the ways on after a refusal; None where we decide."""
    if case.subject is Subject.OWN_RECORDS:
        return None
    return governance_of(act, brin=case.handed_brin, board=case.handed_board)


def dates_of(act: Allowed, case: Case) -> Dates:
    """Every date with its reasons; a pause that still runs counts up to today; what is closed keeps the rules of then."""
    bridge = bridge_days(act, case.closed_at)
    running = (act.today - case.paused_since).days if case.paused_since else 0
    paused = case.paused_days + max(0, running)
    return Dates(
        received_on=case.received_on,
        first=explain(case.received_on, extra_holidays=bridge),
        due=explain(case.received_on, extended=case.extended, extra_holidays=bridge),
        extended=case.extended,
        with_pause=paused_due(case.received_on, paused, extended=case.extended, extra_holidays=bridge)
        if paused or case.paused_since
        else None,
        paused_since=case.paused_since,
        paused_days=paused,
        court_until=court_until(local_day(case.answered_at)) if case.answered_at else None,
        target=internal_target(case.received_on, days_of(act, Term.INTERNAL_TARGET)),
        hand_over_by=working_days_after(case.received_on, days_of(act, Term.HAND_OVER), bridge)
        if case.subject is Subject.LEARNING_MATERIAL
        else None,
        review_by=_review_by(act, case),
    )


def _answered_before(case: Case, events: Sequence[CaseEvent]) -> Iterable[AnswerRow]:
    """Every answer but the one that stands now, the newest first."""
    answers = [event for event in events if event.kind is EventKind.CLOSED]
    for event in answers[1:] if case.status is Status.CLOSED else answers:
        decided = ((Right(right), Outcome(outcome)) for right, outcome in event.fields["outcomes"].items() if outcome)
        yield AnswerRow(event.at, tuple(decided), court_until(local_day(event.at)))


def _review_by(act: Allowed, case: Case) -> date | None:
    found = select(CaseEvent.at).where(CaseEvent.case_id == case.id, CaseEvent.kind == EventKind.REOPENED)
    last = act.session.exec(found.order_by(col(CaseEvent.number).desc()).limit(1)).first()
    return internal_target(local_day(last), days_of(act, Term.INTERNAL_TARGET)) if last and case.status in OPEN else None


def _files(act: Allowed, case: Case) -> list[FileRow]:
    rows = act.session.exec(select(CaseFile).where(CaseFile.case_id == case.id)).all()
    # Those of one form came at the same moment; their names are sealed, so that no database can put them in order.
    rows = sorted(rows, key=lambda row: (row.at, row.name, row.id))
    return [row_of(FileRow, row, gone=row.deleted_at is not None) for row in rows if may_open(act, case, row)]


def may_open(act: Allowed, case: Case, file: CaseFile) -> bool:
    """Whether a reader of the case may open this file of it: staff and the school that decides every one; the requester what
    they sent, but not what proved who they are, and an answer once it was given.
    """
    if act.actor.role is not Role.REQUESTER:
        return True
    if file.purpose is FilePurpose.ANSWER:
        # Of a case that was reopened the first answer stays theirs.
        ours = case.subject is Subject.OWN_RECORDS and case.answered_at is not None and file.at <= case.answered_at
        return ours or case.status in _GIVEN
    return file.purpose is FilePurpose.ATTACHMENT


def _event_row(event: CaseEvent, names: dict[str, str]) -> EventRow:
    return row_of(
        EventRow,
        event,
        by=names.get(event.actor_id, ""),
        by_requester=event.actor_role in _REQUESTERS,
        by_school=event.actor_role == Role.SCHOOL.value,
    )


def _message_row(message: CaseMessage, names: dict[str, str], files: Sequence[FileRow]) -> MessageRow:
    internal = message.visibility is Visibility.INTERNAL
    own = tuple(file for file in files if file.message_id == message.id)
    return row_of(MessageRow, message, by=names.get(message.author_id, ""), internal=internal, files=own)


def _staff_part(act: Allowed, case: Case) -> StaffPart:
    doubts = act.session.exec(select(IdentityDoubt).where(IdentityDoubt.case_id == case.id).order_by(col(IdentityDoubt.at))).all()
    ticks = act.session.exec(select(CaseTick).where(CaseTick.case_id == case.id)).all()
    told = act.session.exec(select(CaseRecipient).where(CaseRecipient.case_id == case.id)).all()
    linked = act.session.exec(
        select(Case.reference, CaseLink.kind, Case.status).where(CaseLink.case_id == case.id, CaseLink.other_id == Case.id)
    ).all()
    names = names_of(act, [*(each.by_id for each in doubts), *(each.by_id for each in ticks)])
    contact, trouble = act.session.get(SchoolKey, case.id), trouble_of(act, case.id)
    return StaffPart(
        undelivered=trouble.undelivered,
        to_post=trouble.to_post,
        doubts=tuple(
            DoubtRow(each.about, each.reason, each.at, names.get(each.by_id, ""), each.settled_at is not None, each.confirmed)
            for each in doubts
        ),
        ticks=tuple(TickRow(each.step, each.at, names.get(each.by_id, "")) for each in ticks),
        recipients=tuple(RecipientRow(each.recipient, each.told, each.reason, each.at) for each in told),
        untold=tuple(untold(act, case)),
        links=(*_links(linked), *perhaps_the_same(act, case, [reference for reference, _, _ in linked])),
        school_contact=f"{contact.contact_name}, {contact.contact_email}" if contact else "",
        earlier=tuple(asked_before(act, case)),
    )


def _links(rows: Iterable[tuple[str, str, str]]) -> Iterable[LinkRow]:
    return (LinkRow(reference, str(kind), Status(status)) for reference, kind, status in rows)
