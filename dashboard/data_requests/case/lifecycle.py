"""The case as one pure table of (from, verb, to, who may, what it needs).

It drives the service, the buttons on the pages, the tests (every pair) and the diagram in CONTRIBUTING.
"""

from collections.abc import Iterable, Iterator
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
    SCHOOL_ASKED = "school_asked"
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
    TAKE_BACK = "take_back", EventKind.TAKEN_BACK
    SCHOOL_DECIDE = "school_decide", EventKind.SCHOOL_DECIDED
    CLOSE_BY_SCHOOL = "close_by_school", EventKind.CLOSED_BY_SCHOOL
    EXECUTE = "execute", EventKind.EXECUTED
    RECOGNISE = "recognise", EventKind.RECOGNISED
    ANNOUNCE_FEE = "announce_fee", EventKind.FEE_ANNOUNCED
    END_WAIT = "end_wait", EventKind.WAIT_ENDED
    NOTE_COMPLAINT = "note_complaint", EventKind.COMPLAINED

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
    IDENTITY_SETTLED = "identity_settled"  # no doubt is open and no proof of identity is still kept
    IDENTITY_NOT_WRONG = "identity_not_wrong"  # else nothing is given out or changed (art. 11(2), 12(2))
    IDENTITY_KNOWN = "identity_known"  # of who wrote or called, before anything is given out or changed
    HAS_ANSWER = "has_answer"  # art. 15(3): a copy, not only a letter
    MACHINE_READABLE_ANSWER = "machine_readable_answer"  # art. 20
    NOT_EXTENDED = "not_extended"
    IN_TIME_TO_EXTEND = "in_time_to_extend"
    IN_TIME_TO_PAUSE = "in_time_to_pause"  # a pause can't begin after the date
    NEVER_ANSWERED = "never_answered"  # an answer that was given can't be followed by an extension
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


def _moves(
    sources: Iterable[Status], verb: Verb, permission: Permission, *needs: Need, to: Status | None = None
) -> Iterator[Move]:
    """A verb from each of these states; without `to` it changes nothing of the state."""
    return (Move(source, verb, to or source, permission, frozenset(needs)) for source in sources)


_OWN = Permission.ACT_ON_OWN_CASE
_OPEN_OWN = Permission.ENTER_OWN_CASE
_DESK = Permission.HANDLE_CASE
_SCHOOL = Permission.DECIDE_HANDED_CASE
_JOB = Permission.RUN_JOBS
_S = Status
_V = Verb
_NEW, _BUSY, _WAITING = (_S.RECEIVED,), (_S.IN_PROGRESS,), (_S.WAITING_FOR_REQUESTER,)
_HANDED, _ASKED, _DECIDED = (_S.HANDED_TO_SCHOOL,), (_S.SCHOOL_ASKED,), (_S.SCHOOL_DECIDED,)
_AT_SCHOOL = (*_HANDED, *_ASKED)
_AT_DESK = (*_NEW, *_BUSY, *_WAITING)
_TO_CLOSE = (
    *(Need.ALL_DECIDED, Need.APPROVED, Need.RECIPIENTS_TOLD, Need.HAS_ANSWER, Need.MACHINE_READABLE_ANSWER),
    *(Need.IDENTITY_SETTLED, Need.IDENTITY_NOT_WRONG, Need.IDENTITY_KNOWN),
)
_TO_EXTEND = (Need.NOT_EXTENDED, Need.IN_TIME_TO_EXTEND, Need.NEVER_ANSWERED)

MOVES: tuple[Move, ...] = (
    # By the mailed link, which proves the address and names the case by itself.
    *_moves((_S.UNVERIFIED,), _V.VERIFY, _OPEN_OWN, to=_S.RECEIVED),
    *_moves((_S.UNVERIFIED,), _V.EXPIRE, _JOB, to=_S.EXPIRED),
    *_moves((_S.UNVERIFIED, *_AT_DESK, *_AT_SCHOOL), _V.WITHDRAW, _OWN, to=_S.WITHDRAWN),
    # The same person, with the address proven, had already asked this: the new one joins the older case.
    *_moves(_NEW, _V.JOIN, _OPEN_OWN, to=_S.MERGED),
    *_moves((*_NEW, *_BUSY), _V.REPLY, _OWN),
    *_moves(_WAITING, _V.REPLY, _OWN, to=_S.IN_PROGRESS),
    *_moves(_AT_SCHOOL, _V.REPLY, _OWN, to=_S.HANDED_TO_SCHOOL),
    # No answer came, and a reminder was sent in time.
    *_moves(_WAITING, _V.END_WAIT, _JOB, to=_S.IN_PROGRESS),
    *_moves(_ASKED, _V.END_WAIT, _JOB, to=_S.HANDED_TO_SCHOOL),
    *_moves((*_AT_DESK, *_AT_SCHOOL), _V.REMIND, _OPEN_OWN),
    *_moves(_NEW, _V.ACKNOWLEDGE, _DESK),
    *_moves(_AT_DESK, _V.TAKE, _DESK, to=_S.IN_PROGRESS),
    *_moves((*_NEW, *_BUSY), _V.ASSIGN, _DESK, to=_S.IN_PROGRESS),
    *_moves(_WAITING, _V.ASSIGN, _DESK),
    *_moves(_BUSY, _V.ASK, _DESK, to=_S.WAITING_FOR_REQUESTER),
    *_moves(_BUSY, _V.PAUSE, _DESK, Need.CONTROLLER, Need.IN_TIME_TO_PAUSE, to=_S.WAITING_FOR_REQUESTER),
    *_moves(_BUSY, _V.DOUBT_IDENTITY, _DESK, Need.CONTROLLER, to=_S.WAITING_FOR_REQUESTER),
    *_moves(_BUSY, _V.CHECK_IDENTITY, _DESK, Need.DOUBT_OPEN),
    *_moves(_BUSY, _V.RECOGNISE, _DESK),
    # Asked too much, shown to be so: a fee, or let it go (art. 12(5)(a)).
    *_moves(_BUSY, _V.ANNOUNCE_FEE, _DESK, Need.CONTROLLER, to=_S.WAITING_FOR_REQUESTER),
    *_moves(_BUSY, _V.INFORM, _DESK),
    *_moves((*_AT_DESK, *_AT_SCHOOL, *_DECIDED, _S.CLOSED), _V.NOTE, _DESK),
    # About how we dealt with it; it may come when all is over.
    *_moves((*_AT_DESK, *_AT_SCHOOL, *_DECIDED, _S.CLOSED, _S.CLOSED_BY_SCHOOL), _V.NOTE_COMPLAINT, _DESK),
    *_moves(_BUSY, _V.TICK, _DESK),
    *(
        move
        for verb in (_V.DECIDE, _V.APPROVE, _V.TELL_RECIPIENT, _V.ATTACH)
        for move in _moves(_BUSY, verb, _DESK, Need.CONTROLLER)
    ),
    *_moves((*_BUSY, *_WAITING), _V.EXTEND, _DESK, Need.CONTROLLER, *_TO_EXTEND),
    *_moves(_BUSY, _V.CLOSE, _DESK, Need.CONTROLLER, *_TO_CLOSE, to=_S.CLOSED),
    *_moves(_AT_DESK, _V.MERGE, _DESK, to=_S.MERGED),
    *_moves((*_NEW, *_BUSY), _V.HAND_OVER, _DESK, Need.PROCESSOR, to=_S.HANDED_TO_SCHOOL),
    # It went to the wrong one.
    *_moves(_AT_SCHOOL, _V.TAKE_BACK, _DESK, to=_S.IN_PROGRESS),
    *_moves(_HANDED, _V.ASK, _SCHOOL, to=_S.SCHOOL_ASKED),
    *_moves(_HANDED, _V.DOUBT_IDENTITY, _SCHOOL, to=_S.SCHOOL_ASKED),
    *_moves(_HANDED, _V.CHECK_IDENTITY, _SCHOOL, Need.DOUBT_OPEN),
    *_moves(_AT_SCHOOL, _V.EXTEND, _SCHOOL, *_TO_EXTEND),
    *_moves(_HANDED, _V.ATTACH, _SCHOOL),
    *_moves(_HANDED, _V.SCHOOL_DECIDE, _SCHOOL, Need.IDENTITY_SETTLED, Need.IDENTITY_NOT_WRONG, to=_S.SCHOOL_DECIDED),
    # The school answered outside the portal.
    *_moves((*_AT_SCHOOL, *_DECIDED), _V.CLOSE_BY_SCHOOL, _DESK, to=_S.CLOSED_BY_SCHOOL),
    # The school decides, the publisher executes (art. 28(3)(e)) and hands out what the school grants.
    *_moves(_DECIDED, _V.ATTACH, _DESK),
    *_moves(_DECIDED, _V.EXECUTE, _DESK, Need.HAS_ANSWER, Need.MACHINE_READABLE_ANSWER, to=_S.CLOSED_BY_SCHOOL),
    *_moves((_S.CLOSED,), _V.REOPEN, _OWN, Need.WITHIN_SIX_WEEKS, to=_S.IN_PROGRESS),
)

_BY_PAIR = {(move.source, move.verb): move for move in MOVES}

ENDED = frozenset({Status.CLOSED, Status.WITHDRAWN, Status.EXPIRED, Status.MERGED, Status.CLOSED_BY_SCHOOL})
OPEN = frozenset(Status) - ENDED
# The requester must answer; the clock may stand still.
WAITING = frozenset({Status.WAITING_FOR_REQUESTER, Status.SCHOOL_ASKED})
# There is an answer, or a decision.
ANSWERED = frozenset({Status.CLOSED, Status.SCHOOL_DECIDED, Status.CLOSED_BY_SCHOOL})
# It lies at a school, which decides.
AT_SCHOOL = frozenset(_AT_SCHOOL)
# States that only somebody with a proven address reaches; the database holds it too.
ONLY_VERIFIED = frozenset(Status) - {Status.UNVERIFIED, Status.WITHDRAWN, Status.EXPIRED, Status.MERGED}

TURN: dict[Status, Turn] = {
    **dict.fromkeys(ENDED, Turn.NOBODY),
    Status.UNVERIFIED: Turn.REQUESTER,
    Status.RECEIVED: Turn.US,
    Status.IN_PROGRESS: Turn.US,
    Status.WAITING_FOR_REQUESTER: Turn.REQUESTER,
    Status.HANDED_TO_SCHOOL: Turn.SCHOOL,
    Status.SCHOOL_ASKED: Turn.REQUESTER,
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
