"""The case as one pure table of (from, verb, to, who may, what it needs).

It drives the service, the buttons on the pages, the tests (every pair) and the diagram in CONTRIBUTING.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from dashboard.data_requests.case.events import EventKind
from dashboard.permissions import Permission


class Status(StrEnum):
    UNVERIFIED = "unverified"
    RECEIVED = "received"
    IN_PROGRESS = "in_progress"
    WAITING_FOR_REQUESTER = "waiting_for_requester"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    MERGED = "merged"
    HANDED_TO_SCHOOL = "handed_to_school"
    SCHOOL_DECIDED = "school_decided"
    CLOSED_BY_SCHOOL = "closed_by_school"


class Verb(StrEnum):
    """What can be done with a case, and the event that it leaves."""

    VERIFY = "verify", EventKind.VERIFIED
    EXPIRE = "expire", EventKind.EXPIRED
    JOIN = "join", EventKind.JOINED
    WITHDRAW = "withdraw", EventKind.WITHDRAWN
    REPLY = "reply", EventKind.REPLIED
    REMIND = "remind", EventKind.REMINDED
    REOPEN = "reopen", EventKind.REOPENED
    ACKNOWLEDGE = "acknowledge", EventKind.ACKNOWLEDGED
    TAKE = "take", EventKind.TAKEN
    ASSIGN = "assign", EventKind.ASSIGNED
    ASK = "ask", EventKind.ASKED
    PAUSE = "pause", EventKind.PAUSED
    DOUBT_IDENTITY = "doubt_identity", EventKind.IDENTITY_DOUBTED
    CHECK_IDENTITY = "check_identity", EventKind.IDENTITY_CHECKED
    INFORM = "inform", EventKind.INFORMED
    NOTE = "note", EventKind.NOTED
    TICK = "tick", EventKind.TICKED
    DECIDE = "decide", EventKind.DECIDED
    APPROVE = "approve", EventKind.APPROVED
    TELL_RECIPIENT = "tell_recipient", EventKind.RECIPIENT_TOLD
    ATTACH = "attach", EventKind.ATTACHED
    EXTEND = "extend", EventKind.EXTENDED
    CLOSE = "close", EventKind.CLOSED
    MERGE = "merge", EventKind.MERGED
    HAND_OVER = "hand_over", EventKind.HANDED_OVER
    SCHOOL_DECIDE = "school_decide", EventKind.SCHOOL_DECIDED
    CLOSE_BY_SCHOOL = "close_by_school", EventKind.CLOSED_BY_SCHOOL
    EXECUTE = "execute", EventKind.EXECUTED

    event: EventKind

    def __new__(cls, value: str, event: EventKind) -> Self:
        made = str.__new__(cls, value)
        made._value_ = value
        made.event = event
        return made


class Need(StrEnum):
    """What must be true besides the status."""

    CONTROLLER = "controller"  # we decide: not about learning material
    PROCESSOR = "processor"  # the school decides
    ALL_DECIDED = "all_decided"
    APPROVED = "approved"  # a colleague looked at every refusal and erasure
    RECIPIENTS_TOLD = "recipients_told"  # art. 19
    MACHINE_READABLE_ANSWER = "machine_readable_answer"  # art. 20
    IDENTITY_SETTLED = "identity_settled"  # no doubt is open and no proof of identity is still kept
    NOT_EXTENDED = "not_extended"
    IN_TIME_TO_EXTEND = "in_time_to_extend"
    WITHIN_SIX_WEEKS = "within_six_weeks"
    DOUBT_OPEN = "doubt_open"


class Turn(StrEnum):
    """Who must act now."""

    REQUESTER = "requester"
    US = "us"
    SCHOOL = "school"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Move:
    source: Status
    verb: Verb
    target: Status
    permission: Permission
    needs: frozenset[Need] = frozenset()


_OWN = Permission.ACT_ON_OWN_CASE
_OPEN_OWN = Permission.ENTER_OWN_CASE
_DESK = Permission.HANDLE_CASE
_SCHOOL = Permission.DECIDE_HANDED_CASE
_JOB = Permission.RUN_JOBS
_S = Status
_V = Verb
_WE_DECIDE = frozenset({Need.CONTROLLER})
_TO_CLOSE = frozenset(
    {
        Need.CONTROLLER,
        Need.ALL_DECIDED,
        Need.APPROVED,
        Need.RECIPIENTS_TOLD,
        Need.MACHINE_READABLE_ANSWER,
        Need.IDENTITY_SETTLED,
    }
)
_TO_EXTEND = frozenset({Need.CONTROLLER, Need.NOT_EXTENDED, Need.IN_TIME_TO_EXTEND})
_SCHOOL_DECIDES = frozenset({Need.PROCESSOR})

MOVES: tuple[Move, ...] = (
    # By the mailed link, which proves the address and names the case by itself.
    Move(_S.UNVERIFIED, _V.VERIFY, _S.RECEIVED, _OPEN_OWN),
    Move(_S.UNVERIFIED, _V.EXPIRE, _S.EXPIRED, _JOB),
    Move(_S.UNVERIFIED, _V.WITHDRAW, _S.WITHDRAWN, _OWN),
    # The same person, with the address proven, had already asked this: the new one joins the older case.
    Move(_S.RECEIVED, _V.JOIN, _S.MERGED, _OPEN_OWN),
    Move(_S.RECEIVED, _V.WITHDRAW, _S.WITHDRAWN, _OWN),
    Move(_S.RECEIVED, _V.REPLY, _S.RECEIVED, _OWN),
    Move(_S.RECEIVED, _V.REMIND, _S.RECEIVED, _OPEN_OWN),
    Move(_S.RECEIVED, _V.ACKNOWLEDGE, _S.RECEIVED, _DESK),
    Move(_S.RECEIVED, _V.TAKE, _S.IN_PROGRESS, _DESK),
    Move(_S.RECEIVED, _V.ASSIGN, _S.IN_PROGRESS, _DESK),
    Move(_S.RECEIVED, _V.NOTE, _S.RECEIVED, _DESK),
    Move(_S.RECEIVED, _V.MERGE, _S.MERGED, _DESK),
    Move(_S.RECEIVED, _V.HAND_OVER, _S.HANDED_TO_SCHOOL, _DESK, _SCHOOL_DECIDES),
    Move(_S.IN_PROGRESS, _V.WITHDRAW, _S.WITHDRAWN, _OWN),
    Move(_S.IN_PROGRESS, _V.REPLY, _S.IN_PROGRESS, _OWN),
    Move(_S.IN_PROGRESS, _V.REMIND, _S.IN_PROGRESS, _OPEN_OWN),
    Move(_S.IN_PROGRESS, _V.TAKE, _S.IN_PROGRESS, _DESK),
    Move(_S.IN_PROGRESS, _V.ASSIGN, _S.IN_PROGRESS, _DESK),
    Move(_S.IN_PROGRESS, _V.ASK, _S.WAITING_FOR_REQUESTER, _DESK),
    Move(_S.IN_PROGRESS, _V.PAUSE, _S.WAITING_FOR_REQUESTER, _DESK, _WE_DECIDE),
    Move(_S.IN_PROGRESS, _V.DOUBT_IDENTITY, _S.WAITING_FOR_REQUESTER, _DESK, _WE_DECIDE),
    Move(_S.IN_PROGRESS, _V.CHECK_IDENTITY, _S.IN_PROGRESS, _DESK, frozenset({Need.DOUBT_OPEN})),
    Move(_S.IN_PROGRESS, _V.INFORM, _S.IN_PROGRESS, _DESK),
    Move(_S.IN_PROGRESS, _V.NOTE, _S.IN_PROGRESS, _DESK),
    Move(_S.IN_PROGRESS, _V.TICK, _S.IN_PROGRESS, _DESK),
    Move(_S.IN_PROGRESS, _V.DECIDE, _S.IN_PROGRESS, _DESK, _WE_DECIDE),
    Move(_S.IN_PROGRESS, _V.APPROVE, _S.IN_PROGRESS, _DESK, _WE_DECIDE),
    Move(_S.IN_PROGRESS, _V.TELL_RECIPIENT, _S.IN_PROGRESS, _DESK, _WE_DECIDE),
    Move(_S.IN_PROGRESS, _V.ATTACH, _S.IN_PROGRESS, _DESK, _WE_DECIDE),
    Move(_S.IN_PROGRESS, _V.EXTEND, _S.IN_PROGRESS, _DESK, _TO_EXTEND),
    Move(_S.IN_PROGRESS, _V.CLOSE, _S.CLOSED, _DESK, _TO_CLOSE),
    Move(_S.IN_PROGRESS, _V.MERGE, _S.MERGED, _DESK),
    Move(_S.IN_PROGRESS, _V.HAND_OVER, _S.HANDED_TO_SCHOOL, _DESK, _SCHOOL_DECIDES),
    Move(_S.WAITING_FOR_REQUESTER, _V.WITHDRAW, _S.WITHDRAWN, _OWN),
    Move(_S.WAITING_FOR_REQUESTER, _V.REPLY, _S.IN_PROGRESS, _OWN),
    Move(_S.WAITING_FOR_REQUESTER, _V.REMIND, _S.WAITING_FOR_REQUESTER, _OPEN_OWN),
    Move(_S.WAITING_FOR_REQUESTER, _V.TAKE, _S.IN_PROGRESS, _DESK),
    Move(_S.WAITING_FOR_REQUESTER, _V.ASSIGN, _S.WAITING_FOR_REQUESTER, _DESK),
    Move(_S.WAITING_FOR_REQUESTER, _V.NOTE, _S.WAITING_FOR_REQUESTER, _DESK),
    Move(_S.WAITING_FOR_REQUESTER, _V.EXTEND, _S.WAITING_FOR_REQUESTER, _DESK, _TO_EXTEND),
    Move(_S.WAITING_FOR_REQUESTER, _V.MERGE, _S.MERGED, _DESK),
    Move(_S.HANDED_TO_SCHOOL, _V.WITHDRAW, _S.WITHDRAWN, _OWN),
    Move(_S.HANDED_TO_SCHOOL, _V.REMIND, _S.HANDED_TO_SCHOOL, _OPEN_OWN),
    Move(_S.HANDED_TO_SCHOOL, _V.NOTE, _S.HANDED_TO_SCHOOL, _DESK),
    Move(_S.HANDED_TO_SCHOOL, _V.SCHOOL_DECIDE, _S.SCHOOL_DECIDED, _SCHOOL),
    # The school answered outside the portal.
    Move(_S.HANDED_TO_SCHOOL, _V.CLOSE_BY_SCHOOL, _S.CLOSED_BY_SCHOOL, _DESK),
    Move(_S.SCHOOL_DECIDED, _V.NOTE, _S.SCHOOL_DECIDED, _DESK),
    # The school decides, the publisher executes (art. 28(3)(e)).
    Move(_S.SCHOOL_DECIDED, _V.EXECUTE, _S.CLOSED_BY_SCHOOL, _DESK),
    Move(_S.CLOSED, _V.NOTE, _S.CLOSED, _DESK),
    Move(_S.CLOSED, _V.REOPEN, _S.IN_PROGRESS, _OWN, frozenset({Need.WITHIN_SIX_WEEKS})),
)

_BY_PAIR = {(move.source, move.verb): move for move in MOVES}

ENDED = frozenset({Status.CLOSED, Status.WITHDRAWN, Status.EXPIRED, Status.MERGED, Status.CLOSED_BY_SCHOOL})
OPEN = frozenset(Status) - ENDED
# States that only somebody with a proven address reaches; the database holds it too.
ONLY_VERIFIED = frozenset(Status) - {Status.UNVERIFIED, Status.WITHDRAWN, Status.EXPIRED, Status.MERGED}

TURN: dict[Status, Turn] = {
    **dict.fromkeys(ENDED, Turn.NOBODY),
    Status.UNVERIFIED: Turn.REQUESTER,
    Status.RECEIVED: Turn.US,
    Status.IN_PROGRESS: Turn.US,
    Status.WAITING_FOR_REQUESTER: Turn.REQUESTER,
    Status.HANDED_TO_SCHOOL: Turn.SCHOOL,
    Status.SCHOOL_DECIDED: Turn.US,
}


def find_move(source: Status, verb: Verb) -> Move | None:
    """The move of this verb from this state; None where there is none."""
    return _BY_PAIR.get((source, verb))


def moves_from(source: Status, permission: Permission) -> Iterator[Move]:
    """The moves that a holder of this capability can make in this state."""
    return (move for move in MOVES if move.source is source and move.permission is permission)


def verbs_from(source: Status, permission: Permission) -> Iterator[Verb]:
    """The verbs that a holder of this capability has in this state."""
    return (move.verb for move in moves_from(source, permission))


def fits(move: Move, *, ours: bool) -> bool:
    """Whether this move can ever be made with a case for which we, or else the school, decide."""
    return (Need.PROCESSOR if ours else Need.CONTROLLER) not in move.needs


def diagram() -> str:
    """The moves that change the state, as the Mermaid diagram that stands in CONTRIBUTING."""
    arrows: dict[tuple[Status, Status], list[str]] = {}
    for step in MOVES:
        if step.source is not step.target:
            arrows.setdefault((step.source, step.target), []).append(step.verb.value)
    lines = [f"    {source.value} --> {target.value}: {', '.join(verbs)}" for (source, target), verbs in arrows.items()]
    return "\n".join(
        ("stateDiagram-v2", f"    [*] --> {Status.UNVERIFIED.value}", f"    [*] --> {Status.RECEIVED.value}", *lines)
    )
