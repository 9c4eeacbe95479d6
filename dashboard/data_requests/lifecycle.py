"""The case as one pure table of (from, verb, to, who may, what it needs).

It drives the service, the buttons on the pages, the tests (every pair) and the diagram in CONTRIBUTING.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from dashboard.permissions import Permission


class Status(StrEnum):
    UNVERIFIED = "unverified"
    RECEIVED = "received"
    IN_PROGRESS = "in_progress"
    WAITING_FOR_REQUESTER = "waiting_for_requester"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    HANDED_TO_SCHOOL = "handed_to_school"
    CLOSED_BY_SCHOOL = "closed_by_school"


class Verb(StrEnum):
    VERIFY = "verify"
    EXPIRE = "expire"
    WITHDRAW = "withdraw"
    TAKE = "take"
    ASK = "ask"
    REPLY = "reply"
    INFORM = "inform"
    NOTE = "note"
    DECIDE = "decide"
    ATTACH = "attach"
    CLOSE = "close"
    HAND_OVER = "hand_over"
    CLOSE_BY_SCHOOL = "close_by_school"


class Need(StrEnum):
    """What must be true besides the status."""

    CONTROLLER = "controller"  # we decide: not about learning material
    PROCESSOR = "processor"  # the school decides
    ALL_DECIDED = "all_decided"
    MACHINE_READABLE_ANSWER = "machine_readable_answer"


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
_DESK = Permission.HANDLE_CASE
_JOB = Permission.RUN_JOBS
_S = Status
_WE_DECIDE = frozenset({Need.CONTROLLER})
_TO_CLOSE = frozenset({Need.CONTROLLER, Need.ALL_DECIDED, Need.MACHINE_READABLE_ANSWER})
_SCHOOL_DECIDES = frozenset({Need.PROCESSOR})

MOVES: tuple[Move, ...] = (
    # By the mailed link, which proves the address and names the case by itself.
    Move(_S.UNVERIFIED, Verb.VERIFY, _S.RECEIVED, Permission.OPEN_OWN_CASE),
    Move(_S.UNVERIFIED, Verb.EXPIRE, _S.EXPIRED, _JOB),
    Move(_S.UNVERIFIED, Verb.WITHDRAW, _S.WITHDRAWN, _OWN),
    Move(_S.RECEIVED, Verb.WITHDRAW, _S.WITHDRAWN, _OWN),
    Move(_S.RECEIVED, Verb.TAKE, _S.IN_PROGRESS, _DESK),
    Move(_S.RECEIVED, Verb.REPLY, _S.RECEIVED, _OWN),
    Move(_S.RECEIVED, Verb.NOTE, _S.RECEIVED, _DESK),
    Move(_S.RECEIVED, Verb.HAND_OVER, _S.HANDED_TO_SCHOOL, _DESK, _SCHOOL_DECIDES),
    Move(_S.IN_PROGRESS, Verb.TAKE, _S.IN_PROGRESS, _DESK),
    Move(_S.IN_PROGRESS, Verb.WITHDRAW, _S.WITHDRAWN, _OWN),
    Move(_S.IN_PROGRESS, Verb.ASK, _S.WAITING_FOR_REQUESTER, _DESK),
    Move(_S.IN_PROGRESS, Verb.INFORM, _S.IN_PROGRESS, _DESK),
    Move(_S.IN_PROGRESS, Verb.REPLY, _S.IN_PROGRESS, _OWN),
    Move(_S.IN_PROGRESS, Verb.NOTE, _S.IN_PROGRESS, _DESK),
    Move(_S.IN_PROGRESS, Verb.DECIDE, _S.IN_PROGRESS, _DESK, _WE_DECIDE),
    Move(_S.IN_PROGRESS, Verb.ATTACH, _S.IN_PROGRESS, _DESK, _WE_DECIDE),
    Move(_S.IN_PROGRESS, Verb.CLOSE, _S.CLOSED, _DESK, _TO_CLOSE),
    Move(_S.IN_PROGRESS, Verb.HAND_OVER, _S.HANDED_TO_SCHOOL, _DESK, _SCHOOL_DECIDES),
    Move(_S.WAITING_FOR_REQUESTER, Verb.WITHDRAW, _S.WITHDRAWN, _OWN),
    Move(_S.WAITING_FOR_REQUESTER, Verb.REPLY, _S.IN_PROGRESS, _OWN),
    Move(_S.WAITING_FOR_REQUESTER, Verb.TAKE, _S.IN_PROGRESS, _DESK),
    Move(_S.WAITING_FOR_REQUESTER, Verb.NOTE, _S.WAITING_FOR_REQUESTER, _DESK),
    Move(_S.HANDED_TO_SCHOOL, Verb.NOTE, _S.HANDED_TO_SCHOOL, _DESK),
    Move(_S.HANDED_TO_SCHOOL, Verb.CLOSE_BY_SCHOOL, _S.CLOSED_BY_SCHOOL, _DESK),
    # A question after the answer still reaches us; opening the case again is for a later release.
    Move(_S.CLOSED, Verb.NOTE, _S.CLOSED, _DESK),
)

_BY_PAIR = {(move.source, move.verb): move for move in MOVES}

OPEN = frozenset({Status.UNVERIFIED, Status.RECEIVED, Status.IN_PROGRESS, Status.WAITING_FOR_REQUESTER, Status.HANDED_TO_SCHOOL})
# States that only somebody with a proven address reaches; the database holds it too.
ONLY_VERIFIED = frozenset(
    {
        Status.RECEIVED,
        Status.IN_PROGRESS,
        Status.WAITING_FOR_REQUESTER,
        Status.CLOSED,
        Status.HANDED_TO_SCHOOL,
        Status.CLOSED_BY_SCHOOL,
    }
)

TURN: dict[Status, Turn] = {
    Status.UNVERIFIED: Turn.REQUESTER,
    Status.RECEIVED: Turn.US,
    Status.IN_PROGRESS: Turn.US,
    Status.WAITING_FOR_REQUESTER: Turn.REQUESTER,
    Status.CLOSED: Turn.NOBODY,
    Status.WITHDRAWN: Turn.NOBODY,
    Status.EXPIRED: Turn.NOBODY,
    Status.HANDED_TO_SCHOOL: Turn.SCHOOL,
    Status.CLOSED_BY_SCHOOL: Turn.NOBODY,
}


def find_move(source: Status, verb: Verb) -> Move | None:
    """The move of this verb from this state; None where there is none."""
    return _BY_PAIR.get((source, verb))


def verbs_from(source: Status, permission: Permission) -> Iterator[Verb]:
    """The verbs that a holder of this capability has in this state."""
    return (move.verb for move in MOVES if move.source is source and move.permission is permission)
