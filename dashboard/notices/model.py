"""Notices of sub-processors, which board was told when, objections, and who wants mail."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Column, Index, UniqueConstraint
from sqlmodel import Field

from dashboard.db import Base, Record, UtcDateTime, stored_enum
from dashboard.i18n import Language
from dashboard.notices.terms import Frequency, ObjectionOutcome
from dashboard.sealed import sealed_for
from dashboard.sealed_types import Sealed
from dashboard.vault import PORTAL


class BoardNotice(Base, table=True):
    """That a board was told, on which day, until when it may object, and when somebody of it first read the notice."""

    __tablename__ = "board_notice"

    notice_id: str = Field(primary_key=True, foreign_key="subprocessor_notice.id", max_length=36)
    board_number: str = Field(primary_key=True, foreign_key="board.number", max_length=5, index=True)
    told_at: datetime = Field(sa_type=UtcDateTime)
    # Mailed to the board's own contact; without one the portal and the subscribers' mails are how it hears.
    mailed: bool
    object_until: date
    seen_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


@sealed_for(lambda _row: PORTAL)
class Objection(Record, table=True):
    """A board's objection, once per notice, with the publisher's answer."""

    __tablename__ = "objection"
    __table_args__ = (
        UniqueConstraint("notice_id", "board_number"),
        CheckConstraint("(outcome IS NULL) = (answered_at IS NULL)", name="answered_has_an_outcome"),
    )

    notice_id: str = Field(foreign_key="subprocessor_notice.id", max_length=36)
    board_number: str = Field(foreign_key="board.number", max_length=5, index=True)
    at: datetime = Field(sa_type=UtcDateTime)
    person_id: str = Field(foreign_key="person.id", max_length=36)
    name: str = Field(sa_type=Sealed)
    email: str = Field(sa_type=Sealed)
    language: Language = Field(sa_column=Column(stored_enum(Language), nullable=False))
    body: str = Field(sa_type=Sealed)
    in_time: bool
    outcome: ObjectionOutcome | None = Field(default=None, sa_column=Column(stored_enum(ObjectionOutcome), nullable=True))
    answer: str = Field(default="", sa_type=Sealed)
    answered_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    answered_by: str = Field(default="", sa_type=Sealed)


@sealed_for(lambda _row: PORTAL)
class Subscription(Record, table=True):
    """One person of one school who wants mail; nothing is sent before the address was confirmed."""

    __tablename__ = "subscription"
    __table_args__ = (
        UniqueConstraint("person_id", "scope"),
        Index("ix_subscription_due", "frequency", "told_until"),
    )

    person_id: str = Field(foreign_key="person.id", max_length=36)
    # The scope's key, and its parts to resolve entitlements anew at every mail.
    scope: str = Field(max_length=6)
    board_number: str | None = Field(default=None, foreign_key="board.number", max_length=5)
    brin: str | None = Field(default=None, foreign_key="school.brin", max_length=4)
    location: str | None = Field(default=None, foreign_key="location.code", max_length=6)
    email: str = Field(sa_type=Sealed)
    language: Language = Field(sa_column=Column(stored_enum(Language), nullable=False))
    frequency: Frequency = Field(sa_column=Column(stored_enum(Frequency), nullable=False))
    asked_at: datetime = Field(sa_type=UtcDateTime)
    # The digest of the link that confirms the address; emptied when it was used.
    token_digest: str = Field(default="", max_length=64, index=True)
    token_expires_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    confirmed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    # Everything up to here was told; moved in the transaction that writes the mail.
    told_until: datetime = Field(sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
