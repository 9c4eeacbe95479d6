"""The rows that screens show: small, frozen, free of the session."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from dashboard.data_requests.events import EventKind
from dashboard.data_requests.lifecycle import Status, Turn
from dashboard.data_requests.model import Author
from dashboard.data_requests.rights import Ground, Outcome, RequesterRole, Right, Subject
from dashboard.i18n import Language


class View(StrEnum):
    """What the desk lists."""

    OPEN = "open"
    MINE = "mine"
    SOON = "soon"
    OVERDUE = "overdue"
    UNVERIFIED = "unverified"
    ENDED = "ended"


class Order(StrEnum):
    DUE = "due"
    RECEIVED = "received"
    REFERENCE = "reference"


@dataclass(frozen=True, slots=True)
class Filters:
    view: View = View.OPEN
    right: Right | None = None
    status: Status | None = None
    reference: str = ""
    order: Order = Order.DUE


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page ended: the sort value and id of its last row."""

    value: Any
    id: str


@dataclass(frozen=True, slots=True)
class DeskRow:
    id: str
    reference: str
    status: Status
    due_on: date
    received_on: date
    rights: tuple[Right, ...]
    subject: Subject
    handler: str


@dataclass(frozen=True, slots=True)
class DeskPage:
    rows: tuple[DeskRow, ...]
    next: Cursor | None


@dataclass(frozen=True, slots=True)
class RightRow:
    right: Right
    outcome: Outcome | None
    ground: Ground | None
    reason: str


@dataclass(frozen=True, slots=True)
class EventRow:
    kind: EventKind
    at: datetime
    by: str
    by_requester: bool
    to_status: str
    fields: dict[str, Any]


@dataclass(frozen=True, slots=True)
class MessageRow:
    at: datetime
    author: Author
    by: str
    internal: bool
    body: str


@dataclass(frozen=True, slots=True)
class FileRow:
    id: str
    name: str
    size: int


@dataclass(frozen=True, slots=True)
class CaseView:
    """Everything about one request that its reader may see."""

    id: str
    reference: str
    version: int
    status: Status
    turn: Turn
    role: RequesterRole
    subject: Subject
    language: Language
    name: str
    email: str
    school_name: str
    explanation: str
    received_on: date
    due_on: date
    closed_at: datetime | None
    handler_id: str | None
    handler: str
    rights: tuple[RightRow, ...]
    events: tuple[EventRow, ...]
    messages: tuple[MessageRow, ...]
    files: tuple[FileRow, ...]
    undelivered: int
