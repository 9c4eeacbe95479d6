"""The rows that screens show: small, frozen, free of the session."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from dashboard.accounts.terms import Governance
from dashboard.act import Seen
from dashboard.data_requests.case.asked import Asked
from dashboard.data_requests.case.events import EventKind
from dashboard.data_requests.case.lifecycle import Status, Turn
from dashboard.data_requests.case.model import CaseRight
from dashboard.data_requests.case.terms import Author, Channel, DoubtAbout, FilePurpose, Recognised
from dashboard.data_requests.law.deadlines import Explanation
from dashboard.data_requests.law.rights import Ground, Outcome, Right, Subject
from dashboard.rows import row_of


@dataclass(frozen=True, slots=True)
class RightRow:
    right: Right
    outcome: Outcome | None = None
    ground: Ground | None = None
    reason: str = ""
    evidence: str = ""
    wrong_field: str = ""
    right_value: str = ""
    decided_by: str | None = None
    approved_by: str | None = None
    # For a colleague's look.
    waits: bool = False

    @classmethod
    def of(cls, row: CaseRight, *, waits: bool = False) -> "RightRow":
        return row_of(cls, row, waits=waits)

    @classmethod
    def asked(cls, row: CaseRight) -> "RightRow":
        """What was asked, without what is being decided."""
        return cls(row.right, wrong_field=row.wrong_field, right_value=row.right_value)

    @property
    def correction(self) -> str:
        """What is wrong and what is right, of a request to correct something."""
        return f"{self.wrong_field} → {self.right_value}" if self.wrong_field else ""


@dataclass(frozen=True, slots=True)
class EventRow:
    kind: EventKind
    at: datetime
    by: str
    by_requester: bool
    by_school: bool
    to_status: str
    fields: dict[str, Any]


@dataclass(frozen=True, slots=True)
class FileRow:
    id: str
    name: str
    size: int
    media_type: str
    purpose: FilePurpose
    message_id: str | None
    gone: bool


@dataclass(frozen=True, slots=True)
class MessageRow:
    id: str
    at: datetime
    author: Author
    by: str
    internal: bool
    body: str
    files: tuple[FileRow, ...]


@dataclass(frozen=True, slots=True)
class Dates:
    """The dates of a case, each explained by the page."""

    received_on: date
    first: Explanation
    due: Explanation
    extended: bool
    # With the days that the clock stood still; None when it never did.
    with_pause: date | None
    paused_since: date | None
    paused_days: int
    # The last day for a petition to the court, once there is an answer.
    court_until: date | None
    target: date
    # Our own goal for handing a request about learning material to the school; None for other requests.
    hand_over_by: date | None
    # Of a case that was reopened: when we mean to have looked at it again. The first date stands beside it.
    review_by: date | None


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """An answer that was given before, of a case that was reopened since: it stays what it was."""

    at: datetime
    outcomes: tuple[tuple[Right, Outcome], ...]
    court_until: date


@dataclass(frozen=True, slots=True)
class DoubtRow:
    about: DoubtAbout
    reason: str
    at: datetime
    by: str
    settled: bool
    confirmed: bool | None


@dataclass(frozen=True, slots=True)
class TickRow:
    step: str
    at: datetime
    by: str


class Ticked(Protocol):
    """A ticked box: a row of the table, or what a page shows of it."""

    @property
    def at(self) -> datetime: ...


def box_seen(case_id: str, ticked: Ticked | None) -> Seen:
    """A box of the checklist as it was seen: it changes when it is ticked or not, whatever else happens with its case."""
    return Seen.of(case_id, ticked.at if ticked else "")


@dataclass(frozen=True, slots=True)
class RecipientRow:
    key: str
    told: bool
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class LinkRow:
    reference: str
    kind: str
    status: Status


@dataclass(frozen=True, slots=True)
class EarlierRow:
    """A request of the same person that was answered less than a year before this one came."""

    reference: str
    received_on: date
    rights: frozenset[Right]


@dataclass(frozen=True, slots=True)
class StaffPart:
    """What only staff see of a case."""

    undelivered: int
    to_post: int
    doubts: tuple[DoubtRow, ...]
    ticks: tuple[TickRow, ...]
    recipients: tuple[RecipientRow, ...]
    untold: tuple[str, ...]
    links: tuple[LinkRow, ...]
    school_contact: str
    earlier: tuple[EarlierRow, ...]


@dataclass(frozen=True, slots=True)
class CaseView(Asked):
    """Everything about one request that its reader may see."""

    id: str
    reference: str
    version: int
    status: Status
    turn: Turn
    subject: Subject
    channel: Channel
    postal_address: str
    recognised: Recognised | None
    due_on: date
    dates: Dates
    closed_at: datetime | None
    handler_id: str | None
    handler: str
    rights: tuple[RightRow, ...]
    events: tuple[EventRow, ...]
    messages: tuple[MessageRow, ...]
    files: tuple[FileRow, ...]
    answered_before: tuple[AnswerRow, ...]
    sibling: str
    merged_into: str
    asks_identity: bool
    # Of the board that decides; None where we do.
    governance: Governance | None
    mentions_me: bool
    rated: bool
    staff: StaffPart | None

    @property
    def received_on(self) -> date:
        return self.dates.received_on

    @property
    def is_known(self) -> bool:
        """Whether we know who it is: by the form's mail, or how we recognised who wrote or called."""
        return self.channel is Channel.FORM or self.recognised not in {None, Recognised.NOT_YET}

    @property
    def unanswered(self) -> bool:
        """Whether no answer was given yet: only then can one be late."""
        return not self.answered_before and self.dates.court_until is None

    @property
    def seen(self) -> Seen:
        return Seen(self.id, self.version)
