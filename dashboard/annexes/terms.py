"""What annexes, their versions and agreements are called; free of the tables that hold them."""

from enum import StrEnum


class VersionState(StrEnum):
    """What somebody decided; in force, announced and superseded follow from the dates."""

    DRAFT = "draft"
    APPROVED = "approved"


class Via(StrEnum):
    """How a document left us; looking at one on the page isn't taking it."""

    VIEW = "view"
    PDF = "pdf"
    ZIP = "zip"
    API = "api"


class Structure(StrEnum):
    """Which form the content of a kind has when it is written as data (`content.py`)."""

    PRIVACY = "privacy"
    SECURITY = "security"
    CHANGES = "changes"


class DvoStatus(StrEnum):
    """How far a board is with signing in Kennisnet's Dienst Verwerkersovereenkomsten, kept beside what we hand out."""

    # Signed on paper or elsewhere, or before anybody kept this.
    OUTSIDE = "outside"
    OFFERED = "offered"
    IN_REVIEW = "in_review"
    SIGNED = "signed"
    REFUSED = "refused"


SIGNED = frozenset({DvoStatus.OUTSIDE, DvoStatus.SIGNED})
