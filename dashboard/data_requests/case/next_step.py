"""What the desk does next with a case: the one thing that comes first, of all that the table allows. Pure.

It only advises. What may be done, and what must be true before, is in the table (`lifecycle.py`) and its needs.
"""

from dataclasses import dataclass
from enum import StrEnum

from dashboard.data_requests.case.lifecycle import ENDED, Status
from dashboard.data_requests.case.needs import DONE_AT_LEAST_IN_PART, GIVES_OUT
from dashboard.data_requests.case.rows import CaseView, RightRow
from dashboard.data_requests.case.terms import FilePurpose
from dashboard.data_requests.law.rights import Right, Subject


class Step(StrEnum):
    TAKE = "take"
    CHECK_IDENTITY = "check_identity"
    RECOGNISE = "recognise"
    HAND_OVER = "hand_over"
    DECIDE = "decide"
    PACKAGE = "package"
    APPROVE = "approve"
    # The decider's own: a colleague's turn.
    COLLEAGUE = "colleague"
    TELL_RECIPIENTS = "recipients"
    CLOSE = "close"
    EXECUTE = "execute"
    # Nothing for us now.
    PROVE = "prove"
    REQUESTER = "requester"
    SCHOOL = "school"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class NextStep:
    step: Step
    # Which right is to be decided about, or looked at.
    right: Right | None = None


_WAITS = {
    Status.UNVERIFIED: Step.PROVE,
    Status.WAITING_FOR_REQUESTER: Step.REQUESTER,
    Status.SCHOOL_ASKED: Step.REQUESTER,
    Status.HANDED_TO_SCHOOL: Step.SCHOOL,
    Status.SCHOOL_DECIDED: Step.EXECUTE,
    Status.RECEIVED: Step.TAKE,
    **dict.fromkeys(ENDED, Step.NOTHING),
}


def next_step(case: CaseView, me: str | None) -> NextStep:
    """What comes first for this colleague."""
    if case.status in _WAITS:
        return NextStep(_WAITS[case.status])
    if case.handler_id is None:
        return NextStep(Step.TAKE)
    if case.subject is Subject.LEARNING_MATERIAL:
        return NextStep(Step.HAND_OVER)
    return _ours(case, me)


def _ours(case: CaseView, me: str | None) -> NextStep:
    """Who it is, then what we decide, then what goes with the answer, then the answer."""
    if case.asks_identity:
        return NextStep(Step.CHECK_IDENTITY)
    if not (case.is_known or any(doubt.confirmed for doubt in (case.staff.doubts if case.staff else ()))):
        return NextStep(Step.RECOGNISE)
    if open_right := next((row.right for row in case.rights if row.outcome is None), None):
        return NextStep(Step.DECIDE, open_right)
    gives = any(row.right in GIVES_OUT and row.outcome in DONE_AT_LEAST_IN_PART for row in case.rights)
    if gives and not any(file.purpose is FilePurpose.ANSWER and not file.gone for file in case.files):
        return NextStep(Step.PACKAGE)
    if waiting := [row for row in case.rights if row.waits]:
        return _look(waiting, me)
    return NextStep(Step.TELL_RECIPIENTS if case.staff and case.staff.untold else Step.CLOSE)


def _look(waiting: list[RightRow], me: str | None) -> NextStep:
    """A second pair of eyes: theirs, unless the decision is their own."""
    others = next((row.right for row in waiting if row.decided_by != me), None)
    return NextStep(Step.APPROVE, others) if others else NextStep(Step.COLLEAGUE, waiting[0].right)
