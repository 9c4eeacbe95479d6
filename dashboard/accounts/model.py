"""Boards, schools, locations, the people who sign in and the sessions they hold."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Column, Index, String, Text, UniqueConstraint
from sqlmodel import Field

from dashboard.accounts.terms import AccessState, Council, Dated, Governance, KeyUse, Sector
from dashboard.db import Base, Record, UtcDateTime, stored_enum
from dashboard.i18n import Language
from dashboard.sealed import sealed_for
from dashboard.sealed_types import Sealed, SealedParts
from dashboard.settings import ProviderKind
from dashboard.vault import PORTAL


class Board(Base, table=True):
    """A bevoegd gezag: the controller, and the party that signs. Its number is text: zeros lead."""

    __tablename__ = "board"

    number: str = Field(primary_key=True, max_length=5)
    name: str = Field(max_length=200)
    # From `merged_on` this board is another one; before it, the past still shows.
    merged_into: str | None = Field(default=None, foreign_key="board.number", max_length=5, index=True)
    merged_on: date | None = None
    # Where a notice goes that the agreement asks for; the board's own privacy contact.
    contact_email: str = Field(default="", max_length=254)
    # A board that is no member of a sector council may sign the covenant itself.
    own_covenant: bool = False
    covenant_signed_on: date | None = None
    governance: Governance = Field(
        default=Governance.UNKNOWN,
        sa_column=Column(stored_enum(Governance), nullable=False, server_default=Governance.UNKNOWN.value),
    )

    def is_by(self, day: date) -> str:
        """The board that it became by a day, or nothing while it is itself: an announced merger isn't there yet."""
        return self.merged_into if self.merged_into and self.merged_on and self.merged_on <= day else ""


class CouncilMembership(Record, table=True):
    """Which sector council a board was a member of, from when to when; both days are inclusive."""

    __tablename__ = "council_membership"
    __table_args__ = (UniqueConstraint("board_number", "council", "valid_from"),)

    board_number: str = Field(foreign_key="board.number", max_length=5, index=True)
    council: Council = Field(sa_column=Column(stored_enum(Council), nullable=False))
    valid_from: date
    valid_to: date | None = None


class School(Base, table=True):
    __tablename__ = "school"

    brin: str = Field(primary_key=True, max_length=4)
    name: str = Field(max_length=200)
    sector: Sector = Field(sa_column=Column(stored_enum(Sector), nullable=False))
    sought: str = Field(default="", sa_column=Column(Text, nullable=False, server_default=""))


class BoardSchool(Record, table=True):
    """Which board a school belongs to, from when to when: the past must still show."""

    __tablename__ = "board_school"

    board_number: str = Field(foreign_key="board.number", max_length=5, index=True)
    brin: str = Field(foreign_key="school.brin", max_length=4, index=True)
    valid_from: date
    valid_to: date | None = None


class LearnedDays(Base, table=True):
    """That from a moment on we knew other days of a licence, a membership or a merger than before. Rows are only ever added:
    what a school was told follows from what was known then.
    """

    __tablename__ = "learned_days"
    __table_args__ = (Index("ix_learned_days_row", "of", "row_id"),)

    # Counts up: of two at one moment the later one stands.
    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(sa_type=UtcDateTime)
    of: Dated = Field(sa_column=Column(stored_enum(Dated), nullable=False))
    # Of a merger the number of the board that ended.
    row_id: str = Field(max_length=36)
    # False: nobody knew of it before.
    was_there: bool
    was_from: date | None = None
    was_to: date | None = None
    valid_from: date | None = None
    # Of a merger the day from which the board is another one.
    valid_to: date | None = None


class RegisterChange(Record, table=True):
    """Something that changed of a board, a school, a location, or of what one of these holds. Rows are only ever added."""

    __tablename__ = "register_change"
    __table_args__ = (Index("ix_register_change_key", "key", "at"),)

    at: datetime = Field(sa_type=UtcDateTime)
    by_id: str = Field(max_length=80)
    by_name: str = Field(max_length=200)
    key: str = Field(max_length=6)
    label: str = Field(default="", max_length=200)
    what: str = Field(max_length=40)
    before: str = Field(default="", max_length=200)
    after: str = Field(default="", max_length=200)


class Location(Base, table=True):
    """A place of a school, by its BRIN6."""

    __tablename__ = "location"

    code: str = Field(primary_key=True, max_length=6)
    brin: str = Field(foreign_key="school.brin", max_length=4, index=True)
    name: str = Field(max_length=200)
    # One school may have a secondary location and one of vocational education; without one of its own it has its school's.
    sector: Sector | None = Field(default=None, sa_column=Column(stored_enum(Sector), nullable=True))
    # Empty where nobody said so.
    town: str = Field(default="", sa_column=Column(String(80), nullable=False, server_default=""))
    sought: str = Field(default="", sa_column=Column(Text, nullable=False, server_default=""))


class OrganisationMapping(Record, table=True):
    """An administrator's word that this organisation of a provider is this board or this school."""

    __tablename__ = "organisation_mapping"
    __table_args__ = (
        UniqueConstraint("provider", "key", "value"),
        CheckConstraint("(board_number IS NULL) <> (brin IS NULL)", name="board_or_school"),
    )

    provider: ProviderKind = Field(sa_column=Column(stored_enum(ProviderKind), nullable=False))
    key: str = Field(max_length=80)
    value: str = Field(max_length=200)
    board_number: str | None = Field(default=None, foreign_key="board.number", max_length=5)
    brin: str | None = Field(default=None, foreign_key="school.brin", max_length=4)
    # Which claim and value mean "staff", for a provider that knows no such thing: without one people may only read.
    staff_claim: str = Field(default="", max_length=80)
    staff_value: str = Field(default="", max_length=200)


@sealed_for(lambda _row: PORTAL)
class Person(Record, table=True):
    """Somebody who signed in: issuer and subject, never the e-mail address."""

    __tablename__ = "person"
    __table_args__ = (UniqueConstraint("issuer", "subject"),)

    issuer: str = Field(max_length=300)
    subject: str = Field(max_length=300)
    name: str = Field(sa_type=Sealed)
    created_at: datetime = Field(sa_type=UtcDateTime)
    # Of staff only, as their last sign-in told: whom a case can be given to, and where their digest goes.
    staff_role: str = Field(default="", max_length=40)
    email: str = Field(default="", sa_type=Sealed)


@sealed_for(lambda _row: PORTAL)
class LoginSession(Base, table=True):
    """What one sign-in holds, named by the digest of an opaque cookie. Entitlements are resolved anew from `facts`."""

    __tablename__ = "login_session"

    cookie_digest: str = Field(primary_key=True, max_length=64)
    person_id: str = Field(foreign_key="person.id", max_length=36, index=True)
    provider: str = Field(max_length=32)
    facts: dict[str, Any] = Field(sa_type=SealedParts(frozenset({"name"})))
    created_at: datetime = Field(sa_type=UtcDateTime)
    last_seen_at: datetime = Field(sa_type=UtcDateTime)
    revoked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    # Which of their schools somebody of several looks at.
    chosen: str = Field(default="", max_length=6)
    # The provider's own name for the session.
    sid: str = Field(default="", max_length=200, index=True)
    # What the provider can be asked with again, sealed; and when it was asked last.
    renewal: bytes | None = None
    asked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class KnownBrowser(Base, table=True):
    """A browser, by a digest of its cookie, that one of the publisher's own people signed in from."""

    __tablename__ = "known_browser"

    person_id: str = Field(primary_key=True, foreign_key="person.id", max_length=36)
    browser: str = Field(primary_key=True, max_length=64)
    last_at: datetime = Field(sa_type=UtcDateTime, index=True)


class SignInStart(Base, table=True):
    """Somebody went to a provider and isn't back yet: known by the digest of its state, and bound to one browser. What the
    answer is checked with is sealed under the state itself.
    """

    __tablename__ = "sign_in_start"

    state_digest: str = Field(primary_key=True, max_length=64)
    browser_digest: str = Field(max_length=64, index=True)
    provider: str = Field(max_length=32)
    wanted: str = Field(max_length=1000)
    sealed: bytes
    started_at: datetime = Field(sa_type=UtcDateTime, index=True)
    used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


@sealed_for(lambda _row: PORTAL)
class AccessRequest(Record, table=True):
    """Somebody of a school that we don't know asks for access; an administrator answers."""

    __tablename__ = "access_request"

    person_id: str = Field(foreign_key="person.id", max_length=36, index=True)
    provider: ProviderKind = Field(sa_column=Column(stored_enum(ProviderKind), nullable=False))
    key: str = Field(max_length=80)
    value: str = Field(max_length=200)
    name: str = Field(sa_type=Sealed)
    email: str = Field(sa_type=Sealed)
    language: Language = Field(sa_column=Column(stored_enum(Language), nullable=False))
    # What they say their school is; the administrator decides what it stands for.
    said: str = Field(sa_type=Sealed)
    state: AccessState = Field(sa_column=Column(stored_enum(AccessState), nullable=False))
    at: datetime = Field(sa_type=UtcDateTime, index=True)
    decided_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    decided_by: str = Field(default="", sa_type=Sealed)
    reason: str = Field(default="", sa_type=Sealed)


class ApiKey(Record, table=True):
    """A key for a school's own system: it reaches what its scope reaches, and only its digest is kept."""

    __tablename__ = "school_api_key"

    use: KeyUse = Field(sa_column=Column(stored_enum(KeyUse), nullable=False))
    label: str = Field(max_length=80)
    digest: str = Field(max_length=64, unique=True)
    # The first signs, so that people can tell their keys apart.
    begins_with: str = Field(max_length=12)
    board_number: str | None = Field(default=None, foreign_key="board.number", max_length=5, index=True)
    brin: str | None = Field(default=None, foreign_key="school.brin", max_length=4, index=True)
    location: str | None = Field(default=None, foreign_key="location.code", max_length=6, index=True)
    made_at: datetime = Field(sa_type=UtcDateTime)
    made_by: str = Field(foreign_key="person.id", max_length=36)
    last_used_on: date | None = None
    revoked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
