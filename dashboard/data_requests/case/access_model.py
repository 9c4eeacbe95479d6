"""Ways into a case without an account: mailed links, opened browsers, tries of a code, a form half filled in."""

from datetime import datetime

from sqlmodel import Field

from dashboard.db import Base, UtcDateTime
from dashboard.sealed import sealed_for
from dashboard.sealed_types import Sealed


@sealed_for(lambda row: row.case_id)
class MailedLink(Base, table=True):
    """The secret of a mailed link, as a digest: works once, until it expires, and proves the address it went to."""

    __tablename__ = "mailed_link"

    token_digest: str = Field(primary_key=True, max_length=64)
    case_id: str = Field(foreign_key="request_case.id", max_length=36, index=True)
    created_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime)
    used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    # The address it went to, when that is to replace the one the case has.
    new_email: str | None = Field(default=None, sa_type=Sealed)
    # The short code that went in the same mail, under the pepper: some gateways cut off what stands behind a link's #.
    code_hmac: str = Field(default="", max_length=64)
    # A keyed mark of the address that the case had when it was written; empty for a ticket, and for mails of before.
    known_as: str = Field(default="", max_length=64)
    # False for what let a browser in that had typed the code of the case: nobody has read a mail then.
    proves_address: bool = True


class CaseGrant(Base, table=True):
    """A browser (by the digest of the cookie of that opening) opened a case with its code or a mailed link."""

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


class RequestDraft(Base, table=True):
    """A form that isn't sent yet, for the browser it was typed in. Sealed with that browser's own cookie, of which only a
    digest is here: the database alone can't read it.
    """

    __tablename__ = "request_draft"

    visitor: str = Field(primary_key=True, max_length=64)
    sealed: bytes
    updated_at: datetime = Field(sa_type=UtcDateTime, index=True)


class SchoolGrant(Base, table=True):
    """Somebody of a school typed the code of a hand-over: from then on they may read that request."""

    __tablename__ = "school_grant"

    person_id: str = Field(primary_key=True, max_length=36)
    case_id: str = Field(primary_key=True, foreign_key="request_case.id", max_length=36)
    created_at: datetime = Field(sa_type=UtcDateTime)


@sealed_for(lambda row: row.case_id)
class SchoolKey(Base, table=True):
    """The code of a hand-over, mailed to the school's contact; kept as a digest under the pepper."""

    __tablename__ = "school_key"

    case_id: str = Field(primary_key=True, foreign_key="request_case.id", max_length=36)
    code_hmac: str = Field(max_length=64)
    contact_name: str = Field(sa_type=Sealed)
    contact_email: str = Field(sa_type=Sealed)
    created_at: datetime = Field(sa_type=UtcDateTime)
    reminded_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
