"""What must be true besides the state: each need of the table, looked up."""

from collections.abc import Callable

from sqlalchemy import ColumnElement
from sqlmodel import col, func, select

from dashboard.act import Allowed
from dashboard.clock import local_day
from dashboard.data_requests.case.desk_model import CaseRecipient, IdentityDoubt
from dashboard.data_requests.case.events import EventKind
from dashboard.data_requests.case.lifecycle import Move, Need
from dashboard.data_requests.case.model import Case, CaseEvent, CaseFile, CaseRight
from dashboard.data_requests.case.terms import Channel, FilePurpose, Recognised
from dashboard.data_requests.law.deadlines import court_until
from dashboard.data_requests.law.recipients import recipients
from dashboard.data_requests.law.rights import ONE_CLICK, TELLS_RECIPIENTS, Outcome, Right, Subject, needs_second_pair_of_eyes
from dashboard.errors import NotPossibleError
from dashboard.policy.queries import current
from dashboard.policy.rules import ANSWERS_CHECKED, AnswersChecked

GIVES_OUT = frozenset({Right.ACCESS, Right.PORTABILITY})
DONE_AT_LEAST_IN_PART = frozenset({Outcome.GRANTED, Outcome.PARTLY})


def rights_of(act: Allowed, case: Case) -> list[CaseRight]:
    rows = act.session.exec(select(CaseRight).where(CaseRight.case_id == case.id)).all()
    return sorted(rows, key=lambda row: list(Right).index(row.right))


def check_needs(act: Allowed, case: Case, step: Move) -> None:
    """Raise NotPossibleError with the sentence of the first need that isn't met."""
    for need in sorted(step.needs, key=list(Need).index):
        if not is_met(act, case, need):
            raise NotPossibleError(f"need.{need.value}", action=f"case.{step.verb.value}", case_id=case.id)


def is_met(act: Allowed, case: Case, need: Need) -> bool:
    return _MET[need](act, case)


def waits_for_approval(act: Allowed, case: Case, row: CaseRight) -> bool:
    """A decision that a colleague must look at, and hasn't yet."""
    return is_checked(act, case, row) and not row.approved_by


def is_checked(act: Allowed, case: Case, row: CaseRight) -> bool:
    """Whether a colleague must look at this decision: what can't be undone isn't one person's alone."""
    if row.outcome is None or needs_second_pair_of_eyes(row.right, row.outcome, row.ground):
        return row.outcome is not None
    return row.right in GIVES_OUT and row.outcome in DONE_AT_LEAST_IN_PART and _answers_checked(act, case)


def _answers_checked(act: Allowed, case: Case) -> bool:
    """By the rule on giving out data: never, always, or where the address didn't ask by itself."""
    rule = AnswersChecked(current(act, ANSWERS_CHECKED))
    if rule is not AnswersChecked.UNPROVEN or case.channel is not Channel.FORM:
        return rule is not AnswersChecked.NEVER
    return _happened(act, case, EventKind.ADDRESS_CHANGED)


def _happened(act: Allowed, case: Case, kind: EventKind) -> bool:
    found = select(CaseEvent.id).where(CaseEvent.case_id == case.id, CaseEvent.kind == kind).limit(1)
    return act.session.exec(found).first() is not None


def untold(act: Allowed, case: Case) -> list[str]:
    """Recipients that still have to be told, or exempted with a reason (art. 19)."""
    changed = any(row.right in TELLS_RECIPIENTS and row.outcome in DONE_AT_LEAST_IN_PART for row in rights_of(act, case))
    if not changed:
        return []
    done = set(act.session.exec(select(CaseRecipient.recipient).where(CaseRecipient.case_id == case.id)).all())
    return [each.key for each in recipients() if each.key not in done]


def open_doubt(act: Allowed, case: Case) -> IdentityDoubt | None:
    return act.session.exec(
        select(IdentityDoubt).where(IdentityDoubt.case_id == case.id, col(IdentityDoubt.settled_at).is_(None)).limit(1)
    ).first()


def identity_is_wrong(act: Allowed, case: Case) -> bool:
    """The last doubt about who asks was settled, and it was somebody else: nothing is given out or changed for them."""
    settled = select(IdentityDoubt.confirmed).where(IdentityDoubt.case_id == case.id, col(IdentityDoubt.settled_at).is_not(None))
    return act.session.exec(settled.order_by(col(IdentityDoubt.settled_at).desc()).limit(1)).first() is False


def gives(right: Right, outcome: Outcome | None) -> bool:
    """Whether this gives out or changes data; a newsletter ends for whoever asks."""
    return outcome in DONE_AT_LEAST_IN_PART and right not in ONE_CLICK


def _has_answer(act: Allowed, case: Case) -> bool:
    """Access that is granted, even partly, needs a file: a copy of the data, not only a letter about it (art. 15(3))."""
    return not _done(act, case, Right.ACCESS) or _answers(act, case) > 0


def _portable(act: Allowed, case: Case) -> bool:
    """Portability that is granted, even partly, needs data that a machine reads (art. 20(1)): a PDF or an empty file won't do."""
    return not _done(act, case, Right.PORTABILITY) or _answers(act, case, col(CaseFile.holds_data).is_(True)) > 0


def _done(act: Allowed, case: Case, right: Right) -> bool:
    return any(row.right is right and row.outcome in DONE_AT_LEAST_IN_PART for row in rights_of(act, case))


def _answers(act: Allowed, case: Case, *such: ColumnElement[bool]) -> int:
    there = (CaseFile.case_id == case.id, CaseFile.purpose == FilePurpose.ANSWER, col(CaseFile.deleted_at).is_(None))
    return act.session.exec(select(func.count()).where(*there, *such)).one()


def _within_six_weeks(act: Allowed, case: Case) -> bool:
    return case.answered_at is not None and act.today <= court_until(local_day(case.answered_at))


def _in_time(act: Allowed, case: Case) -> bool:
    return act.today <= case.due_on


def _identity_is_known(act: Allowed, case: Case) -> bool:
    """Who wrote or called gets nothing before we know who it is; a form's address was proven."""
    if case.channel is Channel.FORM or case.recognised not in {None, Recognised.NOT_YET}:
        return True
    confirmed = select(IdentityDoubt.id).where(IdentityDoubt.case_id == case.id, col(IdentityDoubt.confirmed).is_(True))
    if act.session.exec(confirmed.limit(1)).first():
        return True
    return not any(gives(row.right, row.outcome) for row in rights_of(act, case))


def _may_go_out(act: Allowed, case: Case) -> bool:
    return not (identity_is_wrong(act, case) and any(gives(row.right, row.outcome) for row in rights_of(act, case)))


_MET: dict[Need, Callable[[Allowed, Case], bool]] = {
    Need.CONTROLLER: lambda _, case: case.subject is Subject.OWN_RECORDS,
    Need.PROCESSOR: lambda _, case: case.subject is Subject.LEARNING_MATERIAL,
    Need.ALL_DECIDED: lambda act, case: all(row.outcome for row in rights_of(act, case)),
    Need.APPROVED: lambda act, case: not any(waits_for_approval(act, case, row) for row in rights_of(act, case)),
    Need.RECIPIENTS_TOLD: lambda act, case: not untold(act, case),
    Need.HAS_ANSWER: _has_answer,
    Need.MACHINE_READABLE_ANSWER: _portable,
    Need.IDENTITY_SETTLED: lambda act, case: not open_doubt(act, case),
    Need.IDENTITY_NOT_WRONG: _may_go_out,
    Need.IDENTITY_KNOWN: _identity_is_known,
    Need.DOUBT_OPEN: lambda act, case: open_doubt(act, case) is not None,
    Need.NOT_EXTENDED: lambda _, case: not case.extended,
    Need.IN_TIME_TO_EXTEND: _in_time,
    Need.IN_TIME_TO_PAUSE: _in_time,
    Need.NEVER_ANSWERED: lambda act, case: not _happened(act, case, EventKind.CLOSED),
    Need.WITHIN_SIX_WEEKS: _within_six_weeks,
}
