"""What differs between two versions of an annex, section by section: "sub-processor Y added; retention 2 -> 1 year". Pure."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from dashboard.annexes.content import Content, PrivacyAnnex


class Change(StrEnum):
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is new, gone or other; `name` is what it is about where the section has several."""

    section: str
    change: Change
    name: str = ""
    before: str = ""
    after: str = ""


# Sections that are lists of plain lines, and those of named parts with the field that names them.
_LINES = ("services", "optional_services", "purposes", "storage", "measures", "certificates", "rows")
# Where a part's country stands in what is said of it: a transfer's first, a sub-processor's last.
_COUNTRY_AT = {"transfers": 0, "subprocessors": -1}
_NAMED = {"data": "who", "subprocessors": "name", "transfers": "to", "retention": "what"}


def differences(before: Content, after: Content) -> list[Difference]:
    """In the order of the sections. Both are of the same structure."""
    found: list[Difference] = []
    for section in type(after).model_fields:
        old, new = getattr(before, section), getattr(after, section)
        if old == new:
            continue
        if section in _LINES:
            found += _lines(section, old, new)
        elif section in _NAMED:
            found += _named(section, _by_name(old, _NAMED[section]), _by_name(new, _NAMED[section]))
        else:
            found.append(Difference(section, Change.CHANGED, before=str(old), after=str(new)))
    return found


def subprocessor_changes(before: PrivacyAnnex | None, after: PrivacyAnnex) -> list[Difference]:
    """The sub-processors that a version adds, drops or changes; without an older version there is nothing to object to."""
    if before is None:
        return []
    return [each for each in differences(before, after) if each.section == "subprocessors"]


def with_countries(section: str, text: str, name_of: Callable[[str], str]) -> str:
    """The text of a difference with its ISO codes as the names of countries, where the section holds any."""
    if section == "storage":
        return name_of(text) if text else ""
    if section not in _COUNTRY_AT or not text:
        return text
    return "; ".join(_named_country(part, _COUNTRY_AT[section], name_of) for part in text.split("; "))


def _named_country(part: str, place: int, name_of: Callable[[str], str]) -> str:
    first, rest = part.partition(", ")[::2] if place == 0 else part.rpartition(", ")[::2]
    return f"{name_of(first)}, {rest}" if place == 0 else f"{first}, {name_of(rest)}"


def facts(content: Content) -> list[tuple[str, list[str]]]:
    """The sections with their lines, for showing and for exports."""
    return [(section, as_lines(getattr(content, section))) for section in type(content).model_fields]


def told(content: Content, name_of: Callable[[str], str]) -> list[tuple[str, list[tuple[str, str]]]]:
    """The sections for reading: each line as what it is about, where it says so, and the rest; countries by their names."""
    return [
        (section, [_told(section, each, name_of) for each in _several(getattr(content, section))])
        for section in type(content).model_fields
    ]


def _several(value: Any) -> Sequence[Any]:
    return value if isinstance(value, tuple) else (value,)


def _told(section: str, value: Any, name_of: Callable[[str], str]) -> tuple[str, str]:
    if not hasattr(value, "model_dump"):
        return "", name_of(str(value)) if section == "storage" else str(value)
    said = {field: name_of(text) if field == "country" else str(text) for field, text in value.model_dump(mode="json").items()}
    head = said.pop(_NAMED[section])
    return head, "; ".join(said.values())


def as_lines(value: Any) -> list[str]:
    if isinstance(value, tuple):
        return [_shown(each) for each in value]
    return [_shown(value)]


def _lines(section: str, old: Sequence[str], new: Sequence[str]) -> Iterator[Difference]:
    for line in old:
        if line not in new:
            yield Difference(section, Change.REMOVED, before=line)
    for line in new:
        if line not in old:
            yield Difference(section, Change.ADDED, after=line)


def _named(section: str, old: Mapping[str, list[str]], new: Mapping[str, list[str]]) -> Iterator[Difference]:
    for name, before in old.items():
        if name not in new:
            yield Difference(section, Change.REMOVED, name, "; ".join(before))
        elif new[name] != before:
            yield Difference(section, Change.CHANGED, name, "; ".join(before), "; ".join(new[name]))
    for name, after in new.items():
        if name not in old:
            yield Difference(section, Change.ADDED, name, after="; ".join(after))


def _by_name(parts: Sequence[Any], field: str) -> dict[str, list[str]]:
    """What is said of each name: a name may come twice (pupils have several kinds of data)."""
    found: dict[str, list[str]] = {}
    for part in parts:
        rest = [str(value) for key, value in part.model_dump(mode="json").items() if key != field]
        found.setdefault(getattr(part, field), []).append(", ".join(rest))
    return found


def _shown(value: Any) -> str:
    if hasattr(value, "model_dump"):
        return ", ".join(str(each) for each in value.model_dump(mode="json").values())
    return str(value)
