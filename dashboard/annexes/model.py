"""Products, their documents and versions, who holds a licence, and what was downloaded."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Column, UniqueConstraint
from sqlmodel import Field

from dashboard.accounts.model import Sector
from dashboard.db import Base, UtcDateTime, stored_enum


class VersionState(StrEnum):
    """What somebody decided; in force, announced and superseded follow from the dates."""

    DRAFT = "draft"
    APPROVED = "approved"


class Via(StrEnum):
    """How a document left us; looking at one on the page isn't taking it."""

    VIEW = "view"
    PDF = "pdf"
    ZIP = "zip"


class Product(Base, table=True):
    __tablename__ = "product"

    slug: str = Field(primary_key=True, max_length=60)
    name: str = Field(max_length=120)


class DocumentKind(Base, table=True):
    """A kind of document: data, since the covenant adds kinds (4.0 brought the third annex)."""

    __tablename__ = "document_kind"

    key: str = Field(primary_key=True, max_length=40)
    name_nl: str = Field(max_length=120)
    name_en: str = Field(max_length=120)
    position: int
    # Every licensed product must have one in force; a school sees when it is missing.
    expected: bool


class Document(Base, table=True):
    """One document of a product, for one sector or all; without a product it is the general agreement."""

    __tablename__ = "document"
    __table_args__ = (UniqueConstraint("product_slug", "kind", "sector"),)

    id: str = Field(primary_key=True, max_length=36)
    product_slug: str | None = Field(default=None, foreign_key="product.slug", max_length=60, index=True)
    kind: str = Field(foreign_key="document_kind.key", max_length=40)
    sector: Sector | None = Field(default=None, sa_column=Column(stored_enum(Sector), nullable=True))


class DocumentVersion(Base, table=True):
    """A version: its own number, the covenant model it follows, and the PDF by its digest."""

    __tablename__ = "document_version"
    __table_args__ = (UniqueConstraint("document_id", "version"),)

    id: str = Field(primary_key=True, max_length=36)
    document_id: str = Field(foreign_key="document.id", max_length=36, index=True)
    version: str = Field(max_length=20)
    model_version: str = Field(max_length=10)
    state: VersionState = Field(sa_column=Column(stored_enum(VersionState), nullable=False))
    valid_from: date
    withdrawn_on: date | None = None
    changes_nl: str = ""
    changes_en: str = ""
    sha256: str = Field(max_length=64)
    size: int


class Licence(Base, table=True):
    """A product for a board, a school or one location; both days are inclusive."""

    __tablename__ = "licence"
    __table_args__ = (
        CheckConstraint(
            "(CASE WHEN board_number IS NULL THEN 0 ELSE 1 END) + (CASE WHEN brin IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN location IS NULL THEN 0 ELSE 1 END) = 1",
            name="one_holder",
        ),
    )

    id: str = Field(primary_key=True, max_length=36)
    product_slug: str = Field(foreign_key="product.slug", max_length=60)
    board_number: str | None = Field(default=None, foreign_key="board.number", max_length=5, index=True)
    brin: str | None = Field(default=None, foreign_key="school.brin", max_length=4, index=True)
    location: str | None = Field(default=None, foreign_key="location.code", max_length=6, index=True)
    valid_from: date
    valid_to: date | None = None


class BoardAgreement(Base, table=True):
    """The processing agreement that a board signed."""

    __tablename__ = "board_agreement"

    board_number: str = Field(primary_key=True, foreign_key="board.number", max_length=5)
    model_version: str = Field(max_length=10)
    signed_on: date | None = None
    own_covenant_signature: bool = False


class DocumentDownload(Base, table=True):
    """Who took which version, for which school, when, and how."""

    __tablename__ = "document_download"

    id: str = Field(primary_key=True, max_length=36)
    at: datetime = Field(sa_type=UtcDateTime)
    person_id: str = Field(foreign_key="person.id", max_length=36)
    scope: str = Field(max_length=6, index=True)
    version_id: str = Field(foreign_key="document_version.id", max_length=36)
    via: Via = Field(sa_column=Column(stored_enum(Via), nullable=False))
