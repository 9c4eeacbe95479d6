"""The data map: which systems hold what about people, and who receives it. From `data/data_map.toml`."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from dashboard.content import own
from dashboard.data_requests.law.rights import Subject
from dashboard.i18n import Language
from dashboard.tokens import digest

Part = Literal["controller", "processor"]
# What we are for each kind of data.
PART: dict[Subject, Part] = {Subject.OWN_RECORDS: "controller", Subject.LEARNING_MATERIAL: "processor"}


class _Named(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    key: str
    role: Part = "controller"
    name_nl: str
    name_en: str

    def name(self, language: Language) -> str:
        return self.name_nl if language is Language.NL else self.name_en


class Recipient(_Named):
    """Who receives data from us."""


class System(_Named):
    """A system with personal data, as art. 15(1) and art. 30 ask to describe it."""

    purposes_nl: str
    purposes_en: str
    legal_ground: str
    categories_nl: tuple[str, ...]
    categories_en: tuple[str, ...]
    recipients: tuple[str, ...]
    source_nl: str
    source_en: str
    retention_nl: str
    retention_en: str
    # What an erasure leaves, why, and until when; nothing when all of it goes.
    stays_nl: str
    stays_en: str

    def told(self, field: str, language: Language) -> str:
        """One of the fields that stand in both languages."""
        value = getattr(self, f"{field}_{language.value}")
        return value if isinstance(value, str) else ", ".join(value)


# The portal's own data: it is put in by itself.
PORTAL = "portal"


def fingerprint() -> str:
    """Which version of the map this is: what was confirmed is confirmed of this one alone."""
    return digest(own("data_map.toml").read_text("utf-8"))


def looked_up(role: Part = "controller") -> tuple[System, ...]:
    """The systems in which staff look; not the portal itself."""
    return tuple(system for system in systems(role) if system.key != PORTAL)


def general(field: Literal["automated", "transfer"], language: Language) -> str:
    """What holds for all systems alike."""
    return str(_read()[f"{field}_{language.value}"])


@cache
def _parsed(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text("utf-8"))


def _read() -> dict[str, Any]:
    return _parsed(own("data_map.toml"))


def _data_map() -> tuple[tuple[System, ...], tuple[Recipient, ...]]:
    return _mapped(own("data_map.toml"))


@cache
def _mapped(path: Path) -> tuple[tuple[System, ...], tuple[Recipient, ...]]:
    read = _parsed(path)
    systems = tuple(System.model_validate(row) for row in read["systems"])
    known = tuple(Recipient.model_validate(row) for row in read["recipients"])
    missing = {key for system in systems for key in system.recipients} - {each.key for each in known}
    if missing:
        raise ValueError(f"data_map.toml: recipients without an entry: {sorted(missing)}")
    return systems, known


def systems(role: Part = "controller") -> tuple[System, ...]:
    """The systems where we have this part."""
    return tuple(system for system in _data_map()[0] if system.role == role)


def recipients(role: Part = "controller") -> tuple[Recipient, ...]:
    """Who receives data of the systems where we have this part."""
    return tuple(each for each in _data_map()[1] if each.role == role)
