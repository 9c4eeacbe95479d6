"""Texts: gettext catalogues in `data/locale`, keyed by name, Dutch first and English second."""

import gettext
import io
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from functools import cache, lru_cache

from babel.dates import format_date, format_datetime
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_currency, format_decimal

from dashboard.clock import AMSTERDAM
from dashboard.content import DATA


class Language(StrEnum):
    NL = "nl"
    EN = "en"

    @classmethod
    def or_default(cls, value: str | None) -> "Language":
        """The language named, Dutch for anything else."""
        return cls.EN if value == cls.EN.value else cls.NL


class MissingTextError(KeyError):
    """A text key that a catalogue lacks: a fault of ours, which a test finds first."""


class Texts:
    """The catalogue of one language: `t("home.title")`, `t("case.due", day=...)`, `t.count("days", 3)`."""

    def __init__(self, language: Language, catalogue: gettext.NullTranslations) -> None:
        self.language = language
        self._catalogue = catalogue

    def __call__(self, key: str, /, **values: object) -> str:
        text = self._catalogue.gettext(key)
        if text == key:
            raise MissingTextError(key)
        return text.format(**values) if values else text

    def count(self, key: str, number: int) -> str:
        """A text with a singular and a plural; `{n}` is the number in the reader's format."""
        text = self._catalogue.ngettext(key, key + ".plural", number)
        if text.startswith(key):
            raise MissingTextError(key)
        return text.format(n=self.number(number))

    def number(self, value: int) -> str:
        return _number(value, self.language)

    def euros(self, cents: int) -> str:
        """An amount of whole cents: € 12,50."""
        return format_currency(Decimal(cents) / 100, "EUR", locale=self.language.value)

    def day(self, value: date) -> str:
        """A date in words: dinsdag 7 april 2026."""
        return _written(value, "EEEE d MMMM y", self.language)

    def short_day(self, value: date) -> str:
        return _written(value, "d MMM y", self.language)

    def moment(self, value: datetime) -> str:
        """An instant in Amsterdam time: 7 april 2026 14:05."""
        return format_datetime(value, "d MMMM y HH:mm", tzinfo=AMSTERDAM, locale=self.language.value)


# A list says the same few days and numbers again and again, at every run.
@lru_cache(4_096)
def _number(value: int, language: Language) -> str:
    return format_decimal(value, locale=language.value)


@lru_cache(4_096)
def _written(value: date, pattern: str, language: Language) -> str:
    return format_date(value, pattern, locale=language.value)


@cache
def texts(language: Language) -> Texts:
    source = DATA / "locale" / language.value / "LC_MESSAGES" / "bijsluiter.po"
    with source.open("rb") as file:
        catalogue = read_po(file, locale=language.value)
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Texts(language, gettext.GNUTranslations(compiled))
