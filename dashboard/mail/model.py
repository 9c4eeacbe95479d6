"""The outbox: a message stands here in the same transaction as the change it tells of."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Column, Index
from sqlmodel import Field

from dashboard.db import Record, UtcDateTime, stored_enum
from dashboard.i18n import Language
from dashboard.sealed import sealed_for
from dashboard.sealed_types import Sealed
from dashboard.vault import PORTAL

LONGEST_SUBJECT = 200


class MailState(StrEnum):
    QUEUED = "queued"
    SENT = "sent"
    DEAD = "dead"
    # There is no address to mail to: staff print it, post it, and say so.
    TO_POST = "to_post"


@sealed_for(lambda row: row.case_id or PORTAL)
class OutgoingMail(Record, table=True):
    """One message to one address. The body is emptied once it is sent or given up: it holds a secret link."""

    __tablename__ = "outgoing_mail"
    __table_args__ = (Index("ix_outgoing_mail_due", "state", "next_try_at"),)

    kind: str = Field(max_length=40)
    case_id: str | None = Field(default=None, max_length=36, index=True)
    recipient: str = Field(sa_type=Sealed)
    language: Language = Field(sa_column=Column(stored_enum(Language), nullable=False))
    subject: str = Field(sa_type=Sealed)
    body: str = Field(sa_type=Sealed)
    state: MailState = Field(sa_column=Column(stored_enum(MailState), nullable=False))
    created_at: datetime = Field(sa_type=UtcDateTime, index=True)
    next_try_at: datetime = Field(sa_type=UtcDateTime)
    sent_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    attempts: int = 0
    # The SMTP reply's number, or the kind of failure; never the server's text, which may repeat the address.
    last_failure: str = Field(default="", max_length=60)
    # For a mail that somebody subscribed to: where one click ends it (RFC 8058).
    unsubscribe_url: str = Field(default="", sa_type=Sealed)
