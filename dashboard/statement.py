"""The privacy statement: our own words, in versions with a date, one Markdown file for each language. A version applies from its
day on; the earlier ones can still be read.
"""

import tomllib
from dataclasses import dataclass
from datetime import date

from dashboard.content import organisation, own
from dashboard.errors import NotFoundError
from dashboard.i18n import Language


@dataclass(frozen=True, slots=True)
class Version:
    """A version, the days on which it applies (the last one is until further notice), and what it changed."""

    version: str
    valid_from: date
    until: date | None
    changes_nl: str = ""
    changes_en: str = ""

    def changes(self, language: Language) -> str:
        return self.changes_nl if language is Language.NL else self.changes_en


@dataclass(frozen=True, slots=True)
class Statement:
    version: str
    valid_from: date
    body: str


def versions() -> tuple[Version, ...]:
    """All of them, the newest first; one with a day to come too. Of two of one day the one that stands last applies."""
    listed = tomllib.loads((own("statement") / "versions.toml").read_text("utf-8"))["versions"]
    ordered = sorted(listed, key=lambda each: each["valid_from"])
    ends = [each["valid_from"] for each in ordered[1:]] + [None]
    return tuple(Version(**each, until=end) for each, end in zip(ordered, ends, strict=True))[::-1]


def in_force(day: date) -> Version:
    """The one that applies on a day; before the first one, the first."""
    found = versions()
    return next((each for each in found if each.valid_from <= day), found[-1])


def statement(language: Language, version: str, *, systems: str, transfer: str, automated: str) -> Statement:
    """A version's words, with what the data map says in it. Raises NotFoundError for one that isn't there."""
    chosen = next((each for each in versions() if each.version == version), None)
    if chosen is None:
        raise NotFoundError(version)
    told = {"systems": systems, "transfer": transfer, "automated": automated, **organisation().model_dump()}
    body = (own("statement") / f"{chosen.version}.{language.value}.md").read_text("utf-8")
    return Statement(chosen.version, chosen.valid_from, body.format(**told))
