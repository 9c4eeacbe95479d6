"""The tables of a case. Ways into one are in `access_model.py`, what the desk keeps beside one in `desk_model.py`."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Column, Index, UniqueConstraint, false, text
from sqlmodel import Field

from dashboard.data_requests.case.events import TYPED_FIELDS, EventKind
from dashboard.data_requests.case.lifecycle import ONLY_VERIFIED, Status
from dashboard.data_requests.case.terms import Author, Channel, FilePurpose, Recognised, Visibility
from dashboard.data_requests.law.rights import Ground, Outcome, RequesterRole, Right, Subject
from dashboard.db import Base, Record, UtcDateTime, stored_enum
from dashboard.i18n import Language
from dashboard.sealed import sealed_for
from dashboard.sealed_types import Sealed, SealedDay, SealedParts
from dashboard.words import loosely

_OPEN, _KEPT, _THERE = "closed_at IS NULL", "purged_at IS NULL", "deleted_at IS NULL"
_VERIFIED_STATES = ", ".join(f"'{status.value}'" for status in sorted(ONLY_VERIFIED))


@sealed_for(lambda row: row.id)
class Case(Record, table=True):
    """One request. `version` grows with every change: who saves an older one is told so."""

    __tablename__ = "request_case"
    __table_args__ = (
        CheckConstraint(f"verified_at IS NOT NULL OR status NOT IN ({_VERIFIED_STATES})", name="answered_only_when_verified"),
        Index("ix_request_case_queue", "status", "due_on", "id"),
        Index("ix_request_case_due", "due_on", "id"),
        Index("ix_request_case_received", "received_on", "id"),
        # The desk looks at open cases, among a hundred times as many ended ones: small indexes of their own.
        *(
            Index(f"ix_request_case_open_{name}", *columns, sqlite_where=text(_OPEN), postgresql_where=text(_OPEN))
            for name, columns in {
                "due": ("due_on", "id", "rights_bits"),
                "received": ("received_on", "id", "rights_bits"),
                "reference": ("reference", "id", "rights_bits"),
                "handler": ("handler_id", "due_on", "id"),
            }.items()
        ),
        Index("ix_request_case_handed", "handed_brin", "handed_board"),
        # What retention looks for: few are due, however many are kept.
        Index("ix_request_case_kept", "status", "closed_at", sqlite_where=text(_KEPT), postgresql_where=text(_KEPT)),
    )

    reference: str = Field(unique=True, max_length=20)
    code_hmac: str = Field(max_length=64)
    submission: str = Field(unique=True, max_length=64)
    status: Status = Field(sa_column=Column(stored_enum(Status), nullable=False))
    role: RequesterRole = Field(sa_column=Column(stored_enum(RequesterRole), nullable=False))
    subject: Subject = Field(sa_column=Column(stored_enum(Subject), nullable=False))
    channel: Channel = Field(sa_column=Column(stored_enum(Channel), nullable=False))
    language: Language = Field(sa_column=Column(stored_enum(Language), nullable=False))
    name: str = Field(sa_type=Sealed)
    email: str = Field(sa_type=Sealed)
    school_name: str = Field(default="", sa_type=Sealed)
    product: str = Field(default="", max_length=60, sa_column_kwargs={"server_default": ""})
    explanation: str = Field(sa_type=Sealed)
    submitted_at: datetime = Field(sa_type=UtcDateTime)
    received_on: date
    due_on: date
    verified_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    closed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    # When the requester got the decision, the last one: ours with our answer, a school's when it decided. Six weeks from then.
    answered_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    handler_id: str | None = Field(default=None, max_length=36, index=True)
    version: int = 1
    # Whom it is about, when that isn't the one who asks; the date of birth only where age decides who may ask.
    subject_name: str = Field(default="", sa_type=Sealed)
    born_on: date | None = Field(default=None, sa_type=SealedDay)
    postal_address: str = Field(default="", sa_type=Sealed)
    # How we know who wrote or called; a form proves its address by the mail.
    recognised: Recognised | None = Field(default=None, sa_column=Column(stored_enum(Recognised), nullable=True))
    # The other half of a submission that is about both our records and the school's.
    sibling_id: str | None = Field(default=None, max_length=36, index=True)
    extended: bool = False
    # Since when the requester has to answer something; a wait ends by itself.
    waiting_since: datetime | None = Field(default=None, sa_type=UtcDateTime, index=True)
    paused_since: date | None = None
    paused_days: int = 0
    # To whom it was handed: only a login of this school or board sees it.
    handed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    handed_board: str | None = Field(default=None, max_length=5)
    handed_brin: str | None = Field(default=None, max_length=4)
    merged_into: str | None = Field(default=None, max_length=36, index=True)
    # Which rights it asks (`rights.BITS`): the same as its rows in case_right.
    rights_bits: int = 0
    purged_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


@sealed_for(lambda row: row.case_id)
class CaseRight(Base, table=True):
    """One right asked for, with its own outcome."""

    __tablename__ = "case_right"

    case_id: str = Field(primary_key=True, foreign_key="request_case.id", max_length=36)
    right: Right = Field(sa_column=Column("asked_right", stored_enum(Right), primary_key=True, index=True))
    outcome: Outcome | None = Field(default=None, sa_column=Column(stored_enum(Outcome), nullable=True))
    ground: Ground | None = Field(default=None, sa_column=Column(stored_enum(Ground), nullable=True))
    reason: str = Field(default="", sa_type=Sealed)
    # What stays, why and until when: part of every erasure that isn't whole.
    evidence: str = Field(default="", sa_type=Sealed)
    decided_by: str | None = Field(default=None, max_length=80)
    approved_by: str | None = Field(default=None, max_length=80)
    # A correction names what is wrong and what is right.
    wrong_field: str = Field(default="", sa_type=Sealed)
    right_value: str = Field(default="", sa_type=Sealed)

    @property
    def correction(self) -> tuple[str, str]:
        """The same for the same correction, however it was typed."""
        return (loosely(self.wrong_field), loosely(self.right_value))

    def as_asked(self, case_id: str) -> "CaseRight":
        """The same right for another case, undecided."""
        return CaseRight(case_id=case_id, right=self.right, wrong_field=self.wrong_field, right_value=self.right_value)


@sealed_for(lambda row: row.case_id)
class CaseEvent(Record, table=True):
    """What happened: who, from which state to which, when, with the fields its kind declares."""

    __tablename__ = "case_event"
    __table_args__ = (UniqueConstraint("case_id", "number"),)

    case_id: str = Field(foreign_key="request_case.id", max_length=36)
    number: int
    kind: EventKind = Field(sa_column=Column(stored_enum(EventKind), nullable=False))
    at: datetime = Field(sa_type=UtcDateTime, index=True)
    actor_role: str = Field(max_length=40)
    actor_id: str = Field(max_length=80)
    from_status: str | None = Field(default=None, max_length=40)
    to_status: str = Field(max_length=40)
    fields: dict[str, Any] = Field(default_factory=dict, sa_column=Column(SealedParts(TYPED_FIELDS), nullable=False))


@sealed_for(lambda row: row.case_id)
class CaseMessage(Record, table=True):
    """A message between requester and desk, or a note that only the desk reads."""

    __tablename__ = "case_message"

    case_id: str = Field(foreign_key="request_case.id", max_length=36, index=True)
    at: datetime = Field(sa_type=UtcDateTime)
    author: Author = Field(sa_column=Column(stored_enum(Author), nullable=False))
    author_id: str = Field(max_length=80)
    visibility: Visibility = Field(sa_column=Column(stored_enum(Visibility), nullable=False))
    body: str = Field(sa_type=Sealed)


# A key of its own: it goes before its case does, and goes along when that joins another.
@sealed_for(lambda row: row.id)
class CaseFile(Record, table=True):
    """A file at a case. Sealed ones are encrypted at rest; the digest is that of the bytes as stored."""

    __tablename__ = "case_file"
    __table_args__ = (Index("ix_case_file_there", "purpose", sqlite_where=text(_THERE), postgresql_where=text(_THERE)),)

    case_id: str = Field(foreign_key="request_case.id", max_length=36, index=True)
    name: str = Field(sa_type=Sealed)
    media_type: str = Field(max_length=80)
    sha256: str = Field(max_length=64)
    size: int
    at: datetime = Field(sa_type=UtcDateTime)
    by_id: str = Field(max_length=80)
    purpose: FilePurpose = Field(
        default=FilePurpose.ANSWER,
        sa_column=Column(stored_enum(FilePurpose), nullable=False, server_default=FilePurpose.ANSWER.value),
    )
    # Looked into when it came: data that a machine reads, and not an empty list.
    holds_data: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    sealed: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    # False: sealed under our secret itself, as all were before each got a key.
    own_key: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    message_id: str | None = Field(default=None, max_length=36)
    # The bytes are gone; the row stays, so that the history holds.
    deleted_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    downloaded_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
