"""Products, their documents and versions, who holds a licence, and what was downloaded."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Column, Index, UniqueConstraint, false
from sqlmodel import Field

from dashboard.accounts.terms import Sector
from dashboard.annexes.terms import DvoStatus, Structure, VersionState, Via
from dashboard.db import Base, Record, UtcDateTime, stored_enum


class Product(Base, table=True):
    __tablename__ = "product"

    slug: str = Field(primary_key=True, max_length=60)
    name: str = Field(max_length=120)
    # Anybody may have its documents, without a login.
    is_public: bool = Field(default=False, sa_column_kwargs={"server_default": false()})


class DocumentKind(Base, table=True):
    """A kind of document: data, since the covenant adds kinds (4.0 brought the third annex)."""

    __tablename__ = "document_kind"

    key: str = Field(primary_key=True, max_length=40)
    name_nl: str = Field(max_length=120)
    name_en: str = Field(max_length=120)
    position: int
    # Every licensed product must have one in force; a school sees when it is missing.
    expected: bool
    # The model's own text: never altered, never superseded by a date; versions stand side by side.
    locked: bool = False
    structure: Structure | None = Field(default=None, sa_column=Column(stored_enum(Structure), nullable=True))


class Document(Record, table=True):
    """One document of a product, for one sector or all; without a product it is the general agreement."""

    __tablename__ = "document"
    __table_args__ = (UniqueConstraint("product_slug", "kind", "sector"),)

    product_slug: str | None = Field(default=None, foreign_key="product.slug", max_length=60, index=True)
    kind: str = Field(foreign_key="document_kind.key", max_length=40)
    sector: Sector | None = Field(default=None, sa_column=Column(stored_enum(Sector), nullable=True))


class DocumentVersion(Record, table=True):
    """A version: its own number, the covenant model it follows, and the PDF by its digest.

    A draft changes; an approved one never does, but for the day on which it is withdrawn.
    """

    __tablename__ = "document_version"
    __table_args__ = (
        UniqueConstraint("document_id", "version"),
        CheckConstraint("state = 'draft' OR sha256 <> ''", name="approved_has_a_file"),
        CheckConstraint("approved_by IS NULL OR drafted_by IS NULL OR approved_by <> drafted_by", name="four_eyes"),
    )

    document_id: str = Field(foreign_key="document.id", max_length=36, index=True)
    version: str = Field(max_length=20)
    model_version: str = Field(max_length=10)
    state: VersionState = Field(sa_column=Column(stored_enum(VersionState), nullable=False))
    valid_from: date
    withdrawn_on: date | None = None
    changes_nl: str = ""
    changes_en: str = ""
    sha256: str = Field(max_length=64, index=True)
    size: int
    review_on: date | None = None
    deviates_from_model: bool = False
    deviation_reason: str = Field(default="", max_length=2000)
    # The annex as data, in the form of its kind's structure; None when only a PDF was given.
    content: Any = Field(default=None, sa_column=Column(JSON(none_as_null=True), nullable=True))
    # Drawn from the content when it is saved, for filters: ISO countries of storage, and availability-integrity-confidentiality.
    countries: str = Field(default="", max_length=120)
    biv: str = Field(default="", max_length=3)
    # Counts the changes of a draft, so that nobody approves another text than the one they read.
    edition: int = 1
    drafted_by: str | None = Field(default=None, max_length=80)
    drafted_name: str = Field(default="", max_length=200)
    drafted_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    offered_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    approved_by: str | None = Field(default=None, max_length=80)
    approved_name: str = Field(default="", max_length=200)
    approved_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    withdrawn_reason: str = Field(default="", max_length=500)
    # When it was said that it will no longer apply; the day from which is `withdrawn_on`.
    withdrawn_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Licence(Record, table=True):
    """A product for a board, a school or one location; both days are inclusive."""

    __tablename__ = "licence"
    __table_args__ = (
        CheckConstraint(
            "(CASE WHEN board_number IS NULL THEN 0 ELSE 1 END) + (CASE WHEN brin IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN location IS NULL THEN 0 ELSE 1 END) = 1",
            name="one_holder",
        ),
    )

    product_slug: str = Field(foreign_key="product.slug", max_length=60, index=True)
    board_number: str | None = Field(default=None, foreign_key="board.number", max_length=5, index=True)
    brin: str | None = Field(default=None, foreign_key="school.brin", max_length=4, index=True)
    location: str | None = Field(default=None, foreign_key="location.code", max_length=6, index=True)
    valid_from: date
    valid_to: date | None = None


class AgreementModel(Base, table=True):
    """A version of the model agreement, with the year of its covenant: known also where its text wasn't uploaded."""

    __tablename__ = "agreement_model"

    version: str = Field(primary_key=True, max_length=10)
    year: int


class BoardAgreement(Record, table=True):
    """A processing agreement of a board: on which model, and how far its signing is. Older ones stay for the past."""

    __tablename__ = "board_agreement"
    __table_args__ = (UniqueConstraint("board_number", "model_version"),)

    board_number: str = Field(foreign_key="board.number", max_length=5, index=True)
    model_version: str = Field(max_length=10)
    signed_on: date | None = None
    ended_on: date | None = None
    dvo_status: DvoStatus = Field(sa_column=Column(stored_enum(DvoStatus), nullable=False))
    dvo_on: date | None = None


class DocumentDownload(Record, table=True):
    """Who took which version, for which school, when, and how."""

    __tablename__ = "document_download"
    __table_args__ = (
        CheckConstraint("(person_id IS NULL) <> (key_id IS NULL)", name="taken_by_one"),
        Index("ix_document_download_version", "version_id", "scope"),
    )

    at: datetime = Field(sa_type=UtcDateTime)
    # One of the two: a person of the school, or a system of theirs.
    person_id: str | None = Field(default=None, foreign_key="person.id", max_length=36)
    key_id: str | None = Field(default=None, foreign_key="school_api_key.id", max_length=36)
    scope: str = Field(max_length=6, index=True)
    version_id: str = Field(foreign_key="document_version.id", max_length=36)
    via: Via = Field(sa_column=Column(stored_enum(Via), nullable=False))


class SubprocessorNotice(Record, table=True):
    """A change of sub-processors that an announced version brings: what changes, and from which day."""

    __tablename__ = "subprocessor_notice"

    version_id: str = Field(foreign_key="document_version.id", max_length=36, unique=True)
    product_slug: str = Field(foreign_key="product.slug", max_length=60, index=True)
    published_at: datetime = Field(sa_type=UtcDateTime)
    effective_on: date
    # A list of {change, name, before, after}, as `subprocessors.as_stored` gives it.
    changes: Any = Field(sa_type=JSON)
    withdrawn_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
