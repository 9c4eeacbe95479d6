"""Content without code: where `data/` is, and the publisher's own facts in it."""

import tomllib
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / "data"


class Organisation(BaseModel):
    """The publisher, as `data/organisation.toml` tells it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    short_name: str
    town: str
    chamber_of_commerce: str
    department: str
    postal_address: str
    postal_code: str
    email: str
    authority_name: str
    authority_url: str
    authority_complaint_url: str
    retention_years: int


@cache
def organisation() -> Organisation:
    return Organisation.model_validate(tomllib.loads((DATA / "organisation.toml").read_text("utf-8")))
