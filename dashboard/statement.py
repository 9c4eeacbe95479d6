"""The privacy statement: our own words, in versions with a date, one Markdown file for each language."""

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache

from dashboard.content import DATA, organisation
from dashboard.i18n import Language


@dataclass(frozen=True, slots=True)
class Statement:
    version: str
    valid_from: date
    body: str


@cache
def statement(language: Language, systems: str, transfer: str, automated: str) -> Statement:
    """The newest version, with what the data map says in it."""
    listed = tomllib.loads((DATA / "statement" / "versions.toml").read_text("utf-8"))["versions"]
    newest = max(listed, key=lambda version: version["valid_from"])
    told = {"systems": systems, "transfer": transfer, "automated": automated, **organisation().model_dump()}
    body = (DATA / "statement" / f"{newest['version']}.{language.value}.md").read_text("utf-8")
    return Statement(
        newest["version"],
        newest["valid_from"],
        body.format(**told),
    )
