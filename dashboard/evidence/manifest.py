"""What a ZIP of evidence says about itself: read by people as PDF, by machines as JSON. Pure."""

import json
from datetime import date, datetime

from pydantic import BaseModel, ConfigDict, Field

MANIFEST, SIGNATURE, READABLE = "manifest.json", "manifest.sig", "manifest.pdf"
FORMAT = "bijsluiter-evidence-1"
HEX_DIGEST = r"^[0-9a-f]{64}$"


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Listed(_Strict):
    """One document in the ZIP: what it is, since when it applies, and the digest of its bytes."""

    file: str = Field(pattern=r"^[A-Za-z0-9._-]{1,160}$")
    product: str | None
    product_name: str | None
    kind: str
    kind_name: str
    sector: str | None
    version: str
    model: str
    valid_from: date
    valid_to: date | None
    sha256: str = Field(pattern=HEX_DIGEST)
    size: int = Field(ge=0)


class Readable(_Strict):
    """The manifest as PDF, bound to it by its digest."""

    file: str
    sha256: str = Field(pattern=HEX_DIGEST)
    size: int = Field(ge=0)


class Manifest(_Strict):
    format: str
    publisher: str
    portal: str
    # The board, school or location whose documents these are.
    scope: str
    scope_name: str
    applies_on: date
    made_at: datetime
    made_by: str
    documents: tuple[Listed, ...]
    readable: Readable
    # Of what applied, only what the school hadn't taken yet. Said where it is so: other manifests are as they always were.
    only_new: bool = False

    def to_bytes(self) -> bytes:
        told = self.model_dump(mode="json", exclude=None if self.only_new else {"only_new"})
        return (json.dumps(told, ensure_ascii=False, indent=2) + "\n").encode()


def read(content: bytes) -> Manifest:
    """Raises ValueError for what isn't a manifest of a format that we know."""
    found = Manifest.model_validate_json(content)
    if found.format != FORMAT:
        raise ValueError(found.format)
    return found
