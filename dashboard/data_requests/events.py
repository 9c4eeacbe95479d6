"""What can happen to a case: each kind of event with the fields it must carry. Timeline, mails and metrics read these."""

from enum import StrEnum
from typing import Any


class EventKind(StrEnum):
    SUBMITTED = "submitted"
    VERIFIED = "verified"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    TAKEN = "taken"
    ASKED = "asked"
    REPLIED = "replied"
    INFORMED = "informed"
    NOTED = "noted"
    DECIDED = "decided"
    ATTACHED = "attached"
    CLOSED = "closed"
    HANDED_OVER = "handed_over"
    CLOSED_BY_SCHOOL = "closed_by_school"
    ANSWER_DOWNLOADED = "answer_downloaded"
    CODE_RESENT = "code_resent"


FIELDS: dict[EventKind, frozenset[str]] = {
    EventKind.SUBMITTED: frozenset({"rights", "role", "subject", "channel", "received_on", "due_on"}),
    EventKind.VERIFIED: frozenset(),
    EventKind.EXPIRED: frozenset(),
    EventKind.WITHDRAWN: frozenset(),
    EventKind.TAKEN: frozenset({"previous_handler"}),
    EventKind.ASKED: frozenset({"message_id"}),
    EventKind.REPLIED: frozenset({"message_id"}),
    EventKind.INFORMED: frozenset({"message_id"}),
    EventKind.NOTED: frozenset({"message_id"}),
    EventKind.DECIDED: frozenset({"right", "outcome", "ground"}),
    EventKind.ATTACHED: frozenset({"file_id", "sha256"}),
    EventKind.CLOSED: frozenset({"message_id", "outcomes", "on_time"}),
    EventKind.HANDED_OVER: frozenset({"school"}),
    EventKind.CLOSED_BY_SCHOOL: frozenset(),
    EventKind.ANSWER_DOWNLOADED: frozenset({"file_id"}),
    EventKind.CODE_RESENT: frozenset(),
}

# What the requester's timeline leaves out.
INTERNAL = frozenset({EventKind.NOTED, EventKind.DECIDED, EventKind.ATTACHED})


def checked(kind: EventKind, fields: dict[str, Any]) -> dict[str, Any]:
    """The fields, when they are exactly those declared. Raises ValueError otherwise: a fault of ours."""
    if fields.keys() != FIELDS[kind]:
        raise ValueError(f"{kind.value} carries {sorted(FIELDS[kind])}, not {sorted(fields)}")
    return fields
