"""The tables of a case."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Column, Index, UniqueConstraint
from sqlmodel import Field

from dashboard.data_requests.events import EventKind
from dashboard.data_requests.lifecycle import ONLY_VERIFIED, Status
from dashboard.data_requests.rights import Ground, Outcome, RequesterRole, Right, Subject
from dashboard.db import Base, UtcDateTime, stored_enum
from dashboard.i18n import Language

_VERIFIED_STATES = ", ".join(f"'{status.value}'" for status in sorted(ONLY_VERIFIED))


class Channel(StrEnum):
    FORM = "form"
    LETTER = "letter"
    PHONE = "phone"
    MAIL = "mail"


class Visibility(StrEnum):
    REQUESTER = "requester"
    INTERNAL = "internal"


class Author(StrEnum):
    REQUESTER = "requester"
    STAFF = "staff"


class Case(Base, table=True):
    """One request. `version` grows with every change: who saves an older one is told so."""

    __tablename__ = "request_case"
    __table_args__ = (
        CheckConstraint(f"verified_at IS NOT NULL OR status NOT IN ({_VERIFIED_STATES})", name="answered_only_when_verified"),
        Index("ix_request_case_queue", "status", "due_on", "id"),
        Index("ix_request_case_due", "due_on", "id"),
        Index("ix_request_case_received", "received_on", "id"),
    )

    id: str = Field(primary_key=True, max_length=36)
    reference: str = Field(unique=True, max_length=20)
    code_hmac: str = Field(max_length=64)
    submission: str = Field(unique=True, max_length=64)
    status: Status = Field(sa_column=Column(stored_enum(Status), nullable=False))
    role: RequesterRole = Field(sa_column=Column(stored_enum(RequesterRole), nullable=False))
    subject: Subject = Field(sa_column=Column(stored_enum(Subject), nullable=False))
    channel: Channel = Field(sa_column=Column(stored_enum(Channel), nullable=False))
    language: Language = Field(sa_column=Column(stored_enum(Language), nullable=False))
    name: str = Field(max_length=200)
    email: str = Field(max_length=254, index=True)
    school_name: str = Field(default="", max_length=200)
    explanation: str
    submitted_at: datetime = Field(sa_type=UtcDateTime)
    received_on: date
    due_on: date
    verified_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    closed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    handler_id: str | None = Field(default=None, max_length=36, index=True)
    version: int = 1


class CaseRight(Base, table=True):
    """One right asked for, with its own outcome."""

    __tablename__ = "case_right"

    case_id: str = Field(primary_key=True, foreign_key="request_case.id", max_length=36)
    right: Right = Field(sa_column=Column("asked_right", stored_enum(Right), primary_key=True, index=True))
    outcome: Outcome | None = Field(default=None, sa_column=Column(stored_enum(Outcome), nullable=True))
    ground: Ground | None = Field(default=None, sa_column=Column(stored_enum(Ground), nullable=True))
    reason: str = ""


class CaseEvent(Base, table=True):
    """What happened: who, from which state to which, when, with the fields its kind declares."""

    __tablename__ = "case_event"
    __table_args__ = (UniqueConstraint("case_id", "number"),)

    id: str = Field(primary_key=True, max_length=36)
    case_id: str = Field(foreign_key="request_case.id", max_length=36)
    number: int
    kind: EventKind = Field(sa_column=Column(stored_enum(EventKind), nullable=False))
    at: datetime = Field(sa_type=UtcDateTime, index=True)
    actor_role: str = Field(max_length=40)
    actor_id: str = Field(max_length=80)
    from_status: str | None = Field(default=None, max_length=40)
    to_status: str = Field(max_length=40)
    fields: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)


class CaseMessage(Base, table=True):
    """A message between requester and desk, or a note that only the desk reads."""

    __tablename__ = "case_message"

    id: str = Field(primary_key=True, max_length=36)
    case_id: str = Field(foreign_key="request_case.id", max_length=36, index=True)
    at: datetime = Field(sa_type=UtcDateTime)
    author: Author = Field(sa_column=Column(stored_enum(Author), nullable=False))
    author_id: str = Field(max_length=80)
    visibility: Visibility = Field(sa_column=Column(stored_enum(Visibility), nullable=False))
    body: str


class CaseFile(Base, table=True):
    """A file of the answer."""

    __tablename__ = "case_file"

    id: str = Field(primary_key=True, max_length=36)
    case_id: str = Field(foreign_key="request_case.id", max_length=36, index=True)
    name: str = Field(max_length=120)
    media_type: str = Field(max_length=80)
    sha256: str = Field(max_length=64)
    size: int
    at: datetime = Field(sa_type=UtcDateTime)
    by_id: str = Field(max_length=80)


class MailedLink(Base, table=True):
    """The secret of a mailed link, as a digest: works once, until it expires, and proves the address it went to."""

    __tablename__ = "mailed_link"

    token_digest: str = Field(primary_key=True, max_length=64)
    case_id: str = Field(foreign_key="request_case.id", max_length=36, index=True)
    created_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime)
    used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class CaseGrant(Base, table=True):
    """A browser (by the digest of its cookie) opened a case with its code or a mailed link."""

    __tablename__ = "case_grant"

    visitor: str = Field(primary_key=True, max_length=64)
    case_id: str = Field(foreign_key="request_case.id", max_length=36, index=True)
    created_at: datetime = Field(sa_type=UtcDateTime)
    last_seen_at: datetime = Field(sa_type=UtcDateTime)


class CodeTries(Base, table=True):
    """Wrong codes for one (reference, address): five, then a wait that doubles."""

    __tablename__ = "code_tries"

    key: str = Field(primary_key=True, max_length=64)
    failures: int
    last_at: datetime = Field(sa_type=UtcDateTime)
    blocked_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
