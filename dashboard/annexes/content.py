"""An annex as data: what annex 1, 2 and 3 of the model say, section by section. Pure: checked when read, never guessed.

The sections are those of the model annexes to the Privacyconvenant 4.0.
"""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Annotated, Any, TypeAlias

from babel import Locale
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, ValidationError

from dashboard.annexes.terms import Structure
from dashboard.errors import InvalidInputError
from dashboard.typed import body_of, line_of


def _text(rule: Callable[[str], str]) -> BeforeValidator:
    return BeforeValidator(lambda typed: rule(typed) if isinstance(typed, str) else typed)


Line = Annotated[str, _text(line_of), StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
Paragraph = Annotated[str, _text(body_of), StringConstraints(strip_whitespace=True, min_length=1, max_length=3000)]
Country = Annotated[str, StringConstraints(strip_whitespace=True, to_upper=True, pattern=r"^[A-Z]{2}$")]
MOST_LINES = 60
# Inside the European Economic Area no transfer needs a safeguard.
EEA = frozenset(
    [
        "AT",
        "BE",
        "BG",
        "HR",
        "CY",
        "CZ",
        "DK",
        "EE",
        "FI",
        "FR",
        "DE",
        "GR",
        "HU",
        "IE",
        "IT",
        "LV",
        "LT",
        "LU",
        "MT",
        "NL",
        "PL",
        "PT",
        "RO",
        "SK",
        "SI",
        "ES",
        "SE",
        "IS",
        "LI",
        "NO",
    ]
)


class Level(StrEnum):
    """Low, middle, high, as the ROSA scheme counts availability, integrity and confidentiality."""

    LOW = "L"
    MIDDLE = "M"
    HIGH = "H"


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class DataUse(_Part):
    """Whose data, and which."""

    who: Line
    what: Line


class Subprocessor(_Part):
    name: Line
    service: Line
    data: Line
    country: Country


class Transfer(_Part):
    """To a country outside the EEA, and what protects the data there."""

    country: Country
    to: Line
    safeguard: Line


class Retention(_Part):
    what: Line
    period: Line


class PrivacyAnnex(_Part):
    """Annex 1, the privacybijsluiter."""

    about: Paragraph
    audience: Line
    services: tuple[Line, ...] = Field(min_length=1, max_length=MOST_LINES)
    optional_services: tuple[Line, ...] = Field(default=(), max_length=MOST_LINES)
    purposes: tuple[Line, ...] = Field(min_length=1, max_length=MOST_LINES)
    data: tuple[DataUse, ...] = Field(min_length=1, max_length=MOST_LINES)
    storage: tuple[Country, ...] = Field(min_length=1, max_length=20)
    transfers: tuple[Transfer, ...] = Field(default=(), max_length=MOST_LINES)
    subprocessors: tuple[Subprocessor, ...] = Field(default=(), max_length=MOST_LINES)
    retention: tuple[Retention, ...] = Field(min_length=1, max_length=MOST_LINES)
    contact: Paragraph


class SecurityAnnex(_Part):
    """Annex 2, the beveiligingsbijlage."""

    measures: tuple[Line, ...] = Field(min_length=1, max_length=MOST_LINES)
    availability: Level
    integrity: Level
    confidentiality: Level
    scheme: Line
    certificates: tuple[Line, ...] = Field(default=(), max_length=MOST_LINES)
    breach: Paragraph


class ChangeAnnex(_Part):
    """Annex 3, the wijzigingsbijlage."""

    rows: tuple[Line, ...] = Field(min_length=1, max_length=MOST_LINES)


Content: TypeAlias = PrivacyAnnex | SecurityAnnex | ChangeAnnex
_FORMS: dict[Structure, type[PrivacyAnnex] | type[SecurityAnnex] | type[ChangeAnnex]] = {
    Structure.PRIVACY: PrivacyAnnex,
    Structure.SECURITY: SecurityAnnex,
    Structure.CHANGES: ChangeAnnex,
}


def form_of(structure: Structure) -> type[PrivacyAnnex] | type[SecurityAnnex] | type[ChangeAnnex]:
    return _FORMS[structure]


def parsed(structure: Structure, given: Mapping[str, Any]) -> Content:
    """The content, checked. Raises InvalidInputError with the sections that are wrong."""
    try:
        found = _FORMS[structure].model_validate(given)
    except ValidationError as wrong:
        sections = {str(error["loc"][0]) for error in wrong.errors(include_url=False, include_input=False) if error["loc"]}
        raise InvalidInputError({section: f"invalid.annex_{section}" for section in sorted(sections)}) from wrong
    unknown = {section: f"invalid.annex_{section}" for section in _unknown_countries(found)}
    if unknown:
        raise InvalidInputError(unknown)
    return found


def stored(structure: Structure | None, content: Any) -> Content | None:
    """Content as it was stored, or None where there is only a PDF."""
    return _FORMS[structure].model_validate(content) if structure and content else None


def countries(content: Content | None) -> str:
    """Where the data are: storage, sub-processors and transfers, as a sorted line of ISO codes."""
    if not isinstance(content, PrivacyAnnex):
        return ""
    found = {*content.storage, *(each.country for each in content.subprocessors), *(each.country for each in content.transfers)}
    return " ".join(sorted(found))


def biv(content: Content | None) -> str:
    """Availability, integrity, confidentiality as three letters."""
    if not isinstance(content, SecurityAnnex):
        return ""
    return content.availability.value + content.integrity.value + content.confidentiality.value


def _unknown_countries(content: Content) -> set[str]:
    if not isinstance(content, PrivacyAnnex):
        return set()
    known = Locale("en").territories
    found = {"storage"} if any(code not in known for code in content.storage) else set()
    found |= {"subprocessors"} if any(each.country not in known for each in content.subprocessors) else set()
    # A country of the EEA needs no safeguard: it belongs under storage.
    wrong = any(each.country not in known or each.country in EEA for each in content.transfers)
    return found | ({"transfers"} if wrong else set())
