"""What the desk lists, how it is narrowed down, and its rows: small, frozen, free of the session."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from dashboard.act import Seen
from dashboard.data_requests.case.lifecycle import Status
from dashboard.data_requests.desk.behind import Behind
from dashboard.data_requests.law.rights import Right, Subject


class View(StrEnum):
    """What the desk lists."""

    OPEN = "open"
    MINE = "mine"
    MENTIONED = "mentioned"
    WEEK = "week"
    OVERDUE = "overdue"
    REQUESTER = "requester"
    SCHOOL = "school"
    EXECUTE = "execute"
    UNVERIFIED = "unverified"
    ENDED = "ended"


# In the place of a handler: whoever has none.
NOBODY = "nobody"


class Order(StrEnum):
    DUE = "due"
    RECEIVED = "received"
    REFERENCE = "reference"


@dataclass(frozen=True, slots=True)
class Filters:
    view: View = View.OPEN
    rights: tuple[Right, ...] = ()
    statuses: tuple[Status, ...] = ()
    handler: str = ""
    search: str = ""
    order: Order = Order.DUE
    # The statutory date, from and up to and including.
    due: tuple[date, date] | None = None
    # The cases of a number of insight, in whatever view.
    behind: Behind | None = None


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page ended: the sort value and id of its last row."""

    value: Any
    id: str


@dataclass(frozen=True, slots=True)
class DeskRow:
    id: str
    reference: str
    # Of who asks; what stands in its place once the request was purged.
    name: str
    version: int
    status: Status
    due_on: date
    received_on: date
    rights: tuple[Right, ...]
    subject: Subject
    handler: str

    @property
    def seen(self) -> Seen:
        return Seen(self.id, self.version)


@dataclass(frozen=True, slots=True)
class DeskPage:
    """One page; `cut` when a search found more than it looks at."""

    rows: tuple[DeskRow, ...]
    next: Cursor | None
    cut: bool = False
    # Few among many: not all were looked through yet, the next page goes on.
    partly: bool = False
