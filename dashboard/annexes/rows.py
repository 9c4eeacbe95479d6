"""The rows that screens show: small, frozen, free of the session."""

from dataclasses import dataclass
from datetime import date, datetime

from dashboard.accounts.terms import Council, Sector
from dashboard.annexes.terms import SIGNED, DvoStatus
from dashboard.annexes.timeline import Phase


@dataclass(frozen=True, slots=True)
class VersionRow:
    """A version, and where it stands on the day that was asked for."""

    id: str
    version: str
    model_version: str
    phase: Phase
    valid_from: date
    valid_to: date | None
    sha256: str
    size: int
    changes: str
    deviation: str
    # When the school took it last, and when this person did.
    downloaded_at: datetime | None
    mine_at: datetime | None


@dataclass(frozen=True, slots=True)
class AnnexRow:
    """One document of a product: what is in force, what is announced, and what this school took last."""

    document_id: str | None
    kind: str
    kind_name: str
    sector: Sector | None
    in_force: VersionRow | None
    announced: VersionRow | None
    last_downloaded_at: datetime | None
    last_downloaded_version: str
    my_last_at: datetime | None
    my_last_version: str
    countries: tuple[str, ...] = ()
    biv: str = ""

    @property
    def is_new(self) -> bool:
        """In force, and the school hasn't taken this version."""
        return bool(self.in_force and self.in_force.downloaded_at is None)

    @property
    def newer_in_force(self) -> bool:
        """The school has a version, and it isn't the one in force now."""
        return bool(self.in_force and self.last_downloaded_version and self.last_downloaded_version != self.in_force.version)


@dataclass(frozen=True, slots=True)
class HolderRow:
    """Who of the board holds a licence: the whole board, a school or a location."""

    key: str
    name: str


@dataclass(frozen=True, slots=True)
class ProductRow:
    slug: str
    name: str
    annexes: tuple[AnnexRow, ...]
    holders: tuple[HolderRow, ...] = ()
    sectors: tuple[Sector, ...] = ()


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """A school or location that one may look at alone."""

    key: str
    name: str
    school: str
    sector: Sector


@dataclass(frozen=True, slots=True)
class SchoolAnnexes:
    """What applies to a school, or to the part of it that was chosen, on a day."""

    key: str
    name: str
    day: date
    products: tuple[ProductRow, ...]


@dataclass(frozen=True, slots=True)
class AgreementRow:
    """The processing agreement and the covenant status of a board on a day."""

    board_number: str
    board_name: str
    # None: we never heard whether it is in one.
    councils: tuple[Council, ...] | None
    own_covenant: bool
    covenant_signed_on: date | None
    merged_into: str
    model_version: str = ""
    signed_on: date | None = None
    dvo_status: DvoStatus | None = None
    dvo_on: date | None = None
    version: VersionRow | None = None

    @property
    def is_signed(self) -> bool:
        return self.dvo_status in SIGNED

    @property
    def covenant(self) -> str:
        """How the covenant binds the board: by membership, by its own signature, or not; or we don't know."""
        if self.councils:
            return "member"
        if self.own_covenant:
            return "own"
        return "unknown" if self.councils is None else "none"
