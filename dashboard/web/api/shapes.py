"""What the API answers with: camelCase, as the Edu-V agreements API has it."""

from datetime import date, datetime
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel


class Shape(BaseModel):
    model_config = ConfigDict(frozen=True, alias_generator=to_camel, populate_by_name=True)

    @classmethod
    def of(cls, row: object, /, **others: Any) -> Self:
        """With what the row of the core has under the same names, and the `others`."""
        return cls(**{name: getattr(row, name) for name in cls.model_fields if name not in others}, **others)


class Problem(Shape):
    """What went wrong, as RFC 9457 has it."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str = ""


class LocationShape(Shape):
    code: str = Field(description="BRIN6")
    name: str


class SchoolShape(Shape):
    brin: str
    name: str
    sector: str
    locations: list[LocationShape]


class BoardShape(Shape):
    board_id: str = Field(description="number of the bevoegd gezag, five digits")
    schools: list[SchoolShape]


class ProductShape(Shape):
    slug: str
    name: str
    sectors: list[str]
    held_by: list[str] = Field(description="board number, BRIN or BRIN6 of each licence")


class VersionShape(Shape):
    id: str
    version: str
    model: str = Field(description="version of the covenant's model that it follows")
    phase: str = Field(description="announced, in_force, superseded or withdrawn, on the day asked for")
    valid_from: date
    valid_to: date | None
    changes: str
    deviation: str = Field(description="why it deviates from the model; empty when it doesn't")
    sha256: str
    size: int
    document: str = Field(description="where the PDF is")


class AnnexShape(Shape):
    product: str
    kind: str
    kind_name: str
    sector: str | None
    storage_countries: list[str] = Field(description="ISO 3166-1 codes: storage, sub-processors and transfers")
    biv: str = Field(description="availability, integrity, confidentiality: L, M or H each; empty when not in this annex")
    in_force: VersionShape | None
    announced: VersionShape | None


class AnnexDataShape(Shape):
    """A version with its content, where it was written as data."""

    version: VersionShape
    product: str | None
    kind: str
    sector: str | None
    content: dict[str, Any] | None


class AgreementShape(Shape):
    board_id: str
    board_name: str
    supplier: str
    status: str = Field(description="signed, offered, in_review, refused or none")
    model: str | None
    signed_on: date | None
    dvo_status: str | None
    dvo_on: date | None
    covenant: str = Field(
        description="member (through a sector council), own (signed by the board), none, unknown (we never heard)"
    )
    sector_councils: list[str]
    document: str | None = Field(description="where the agreement's text is")


class ChangeShape(Shape):
    id: str
    at: datetime
    what: str = Field(description="announced, in_force, withdrawn, subprocessors, product_added or product_removed")
    product: str
    day: date = Field(description="from which day it counts")
    kind: str | None
    version: str | None
    version_id: str | None


class ChangesShape(Shape):
    until: datetime = Field(description="give this as `since` the next time")
    changes: list[ChangeShape]
