"""The rows that screens show of notices: small, frozen, free of the session."""

from dataclasses import dataclass
from datetime import date, datetime

from dashboard.act import Seen
from dashboard.annexes.subprocessors import PublishedNotice
from dashboard.notices.terms import ObjectionOutcome


@dataclass(frozen=True, slots=True)
class ObjectionRow:
    id: str
    board_number: str
    board_name: str
    at: datetime
    name: str
    email: str
    body: str
    in_time: bool
    outcome: ObjectionOutcome | None
    answer: str
    answered_at: datetime | None
    answered_by: str

    @property
    def seen(self) -> Seen:
        return Seen(self.id)


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """A notice as a school reads it: what changes, from when, and until when its board may object."""

    notice: PublishedNotice
    board_number: str
    board_name: str
    told_at: datetime
    object_until: date
    seen_at: datetime | None
    objection: ObjectionRow | None

    @property
    def id(self) -> str:
        return self.notice.id

    @property
    def seen(self) -> Seen:
        return Seen(self.id)


@dataclass(frozen=True, slots=True)
class ToldRow:
    """One board of a notice, as staff read it: told when and how, read when."""

    board_number: str
    board_name: str
    told_at: datetime
    mailed: bool
    object_until: date
    seen_at: datetime | None


@dataclass(frozen=True, slots=True)
class NoticeSummary:
    """A notice as staff read it."""

    notice: PublishedNotice
    told: int
    seen: int
    objections: tuple[ObjectionRow, ...]

    @property
    def id(self) -> str:
        return self.notice.id
