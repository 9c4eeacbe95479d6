"""What can happen to a case: each kind of event with the fields it must carry. Timeline, mails and metrics read these."""

from enum import StrEnum
from typing import Any


class EventKind(StrEnum):
    SUBMITTED = "submitted"
    REGISTERED = "registered"
    VERIFIED = "verified"
    EXPIRED = "expired"
    JOINED = "joined"
    WITHDRAWN = "withdrawn"
    REPLIED = "replied"
    REMINDED = "reminded"
    REOPENED = "reopened"
    ACKNOWLEDGED = "acknowledged"
    TAKEN = "taken"
    ASSIGNED = "assigned"
    ASKED = "asked"
    PAUSED = "paused"
    PAUSE_ENDED = "pause_ended"
    IDENTITY_DOUBTED = "identity_doubted"
    IDENTITY_CHECKED = "identity_checked"
    INFORMED = "informed"
    NOTED = "noted"
    TICKED = "ticked"
    DECIDED = "decided"
    APPROVED = "approved"
    RECIPIENT_TOLD = "recipient_told"
    ATTACHED = "attached"
    EXTENDED = "extended"
    DUE_MOVED = "due_moved"
    CLOSED = "closed"
    MERGED = "merged"
    LINKED = "linked"
    HANDED_OVER = "handed_over"
    TAKEN_BACK = "taken_back"
    OPENED_BY_SCHOOL = "opened_by_school"
    SCHOOL_REMINDED = "school_reminded"
    SCHOOL_DECIDED = "school_decided"
    CLOSED_BY_SCHOOL = "closed_by_school"
    EXECUTED = "executed"
    ANSWER_DOWNLOADED = "answer_downloaded"
    CODE_RESENT = "code_resent"
    ADDRESS_CHANGED = "address_changed"
    VERIFY_REMINDED = "verify_reminded"
    RATED = "rated"
    PURGED = "purged"
    RECOGNISED = "recognised"
    FEE_ANNOUNCED = "fee_announced"
    WAIT_REMINDED = "wait_reminded"
    WAIT_ENDED = "wait_ended"
    LATE_TOLD = "late_told"
    COMPLAINED = "complained"


_NOTHING: frozenset[str] = frozenset()
_MESSAGE = frozenset({"message_id"})
_BEGINNING = frozenset({"rights", "role", "subject", "channel", "product", "received_on", "due_on"})

FIELDS: dict[EventKind, frozenset[str]] = {
    EventKind.SUBMITTED: _BEGINNING,
    EventKind.REGISTERED: _BEGINNING,
    EventKind.VERIFIED: _NOTHING,
    EventKind.EXPIRED: _NOTHING,
    EventKind.JOINED: frozenset({"into"}),
    EventKind.WITHDRAWN: _NOTHING,
    EventKind.REPLIED: _MESSAGE,
    EventKind.REMINDED: _MESSAGE,
    EventKind.REOPENED: _MESSAGE,
    EventKind.ACKNOWLEDGED: _NOTHING,
    EventKind.TAKEN: frozenset({"previous_handler"}),
    EventKind.ASSIGNED: frozenset({"previous_handler", "handler"}),
    EventKind.ASKED: _MESSAGE,
    EventKind.PAUSED: frozenset({"message_id", "reason"}),
    EventKind.PAUSE_ENDED: frozenset({"days"}),
    EventKind.IDENTITY_DOUBTED: frozenset({"message_id", "doubt_id"}),
    EventKind.IDENTITY_CHECKED: frozenset({"confirmed"}),
    EventKind.INFORMED: _MESSAGE,
    EventKind.NOTED: _MESSAGE,
    EventKind.TICKED: frozenset({"step", "done"}),
    EventKind.DECIDED: frozenset({"right", "outcome", "ground"}),
    EventKind.APPROVED: frozenset({"right"}),
    EventKind.RECIPIENT_TOLD: frozenset({"recipient", "told"}),
    EventKind.ATTACHED: frozenset({"file_id", "sha256"}),
    EventKind.EXTENDED: frozenset({"message_id", "reason", "from_due", "to_due"}),
    EventKind.DUE_MOVED: frozenset({"from_due", "to_due"}),
    EventKind.CLOSED: frozenset({"message_id", "outcomes", "on_time"}),
    EventKind.MERGED: frozenset({"into"}),
    EventKind.LINKED: frozenset({"other", "kind"}),
    EventKind.HANDED_OVER: frozenset({"school", "key"}),
    EventKind.TAKEN_BACK: frozenset({"school", "opened"}),
    EventKind.OPENED_BY_SCHOOL: _NOTHING,
    EventKind.SCHOOL_REMINDED: _NOTHING,
    EventKind.SCHOOL_DECIDED: frozenset({"outcomes"}),
    EventKind.CLOSED_BY_SCHOOL: _NOTHING,
    EventKind.EXECUTED: _NOTHING,
    EventKind.ANSWER_DOWNLOADED: frozenset({"file_id"}),
    EventKind.CODE_RESENT: _NOTHING,
    EventKind.ADDRESS_CHANGED: _NOTHING,
    EventKind.VERIFY_REMINDED: _NOTHING,
    EventKind.RATED: frozenset({"easy", "clear"}),
    EventKind.PURGED: frozenset({"rule"}),
    EventKind.RECOGNISED: frozenset({"how"}),
    EventKind.FEE_ANNOUNCED: frozenset({"message_id", "cents"}),
    EventKind.WAIT_REMINDED: _NOTHING,
    EventKind.WAIT_ENDED: _NOTHING,
    EventKind.LATE_TOLD: _NOTHING,
    EventKind.COMPLAINED: frozenset({"message_id", "about"}),
}

# Text that people typed stands in these; the rest are enums, dates and ids.
TYPED_FIELDS = frozenset({"school", "wrong_field"})

# What the requester's timeline leaves out.
INTERNAL = frozenset(
    {
        EventKind.NOTED,
        EventKind.COMPLAINED,
        EventKind.DECIDED,
        EventKind.APPROVED,
        EventKind.ATTACHED,
        EventKind.ASSIGNED,
        EventKind.TICKED,
        EventKind.RECIPIENT_TOLD,
        EventKind.LINKED,
        EventKind.RECOGNISED,
        EventKind.SCHOOL_REMINDED,
        EventKind.RATED,
    }
)


def checked(kind: EventKind, fields: dict[str, Any]) -> dict[str, Any]:
    """The fields, when they are exactly those declared. Raises ValueError otherwise: a fault of ours."""
    if fields.keys() != FIELDS[kind]:
        raise ValueError(f"{kind.value} carries {sorted(FIELDS[kind])}, not {sorted(fields)}")
    return fields
