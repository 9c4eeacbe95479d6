"""Content without code: where `data/` is, the operator's own folder before it, and the publisher's facts in one of them."""

import tomllib
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict

_PACKAGE = Path(__file__).resolve().parent
# Where pages, data and Streamlit's configuration are: inside the package when it is installed, beside it in a checkout.
ROOT = _PACKAGE / "installed" if (_PACKAGE / "installed").is_dir() else _PACKAGE.parent
DATA = ROOT / "data"
# What is the publisher's: ours are placeholders, for the demo.
OWN = ("organisation.toml", "data_map.toml", "statement")
_operators: list[Path] = []


class Organisation(BaseModel):
    """The publisher, as `organisation.toml` tells it."""

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


def use(folder: Path | None) -> None:
    """Read what is the publisher's from this folder from now on, as far as it is there."""
    _operators[:] = [folder] if folder else []
    organisation.cache_clear()


def own(name: str) -> Path:
    """One of the publisher's own files or folders: the operator's, else the demo's."""
    return next((folder / name for folder in _operators if (folder / name).exists()), DATA / name)


def missing() -> list[str]:
    """What of the publisher's own is still the demo's."""
    return [name for name in OWN if own(name).is_relative_to(DATA)]


@cache
def organisation() -> Organisation:
    return Organisation.model_validate(tomllib.loads(own("organisation.toml").read_text("utf-8")))
