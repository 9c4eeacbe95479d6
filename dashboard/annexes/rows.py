"""The rows that screens show: small, frozen, free of the session."""

from dataclasses import dataclass
from datetime import date, datetime

from dashboard.accounts.model import Sector


@dataclass(frozen=True, slots=True)
class VersionRow:
    """A version that applies, or will."""

    id: str
    version: str
    model_version: str
    valid_from: date
    sha256: str
    size: int
    changes: str
    downloaded_at: datetime | None


@dataclass(frozen=True, slots=True)
class AnnexRow:
    """One document of a product: what is in force, what is announced, and what this school took last."""

    kind: str
    kind_name: str
    sector: Sector | None
    in_force: VersionRow | None
    announced: VersionRow | None
    last_downloaded_at: datetime | None
    last_downloaded_version: str

    @property
    def newer_in_force(self) -> bool:
        """The school has a version, and it isn't the one in force now."""
        return bool(self.in_force and self.last_downloaded_version and self.last_downloaded_version != self.in_force.version)


@dataclass(frozen=True, slots=True)
class ProductRow:
    slug: str
    name: str
    annexes: tuple[AnnexRow, ...]


@dataclass(frozen=True, slots=True)
class AgreementRow:
    """The processing agreement and the covenant status of a board."""

    board_number: str
    board_name: str
    council_member: bool
    own_covenant_signature: bool
    model_version: str
    signed_on: date | None
    version: VersionRow | None


@dataclass(frozen=True, slots=True)
class SchoolAnnexes:
    name: str
    products: tuple[ProductRow, ...]
