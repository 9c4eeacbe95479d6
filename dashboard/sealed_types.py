"""The types of sealed columns, and the values that go in and come out of them. Pure, but for the key that a value carries."""

from datetime import date
from typing import Any

from sqlalchemy import JSON, Dialect, Text
from sqlalchemy.types import TypeDecorator

from dashboard import vault
from dashboard.sealing import seal, unseal

# No text that people type begins so: control signs are taken out.
MARK = "\x02"
# What stays of a text that was removed; it says nothing, and needs no key.
REMOVED = "-"
CLEAR = frozenset({"", REMOVED})


class Ciphertext(str):
    """As it lies in the database, not opened: a query for single columns gets it so."""

    __slots__ = ()


class Owned(str):
    """A text with the key that it is sealed under when it goes to the database."""

    __slots__ = ("about", "key")
    key: bytes
    about: str


class OwnedDay(date):
    __slots__ = ("about", "key")
    key: bytes
    about: str


class Sealed(TypeDecorator[str]):
    """A text."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, _dialect: Dialect) -> str | None:
        return value if value is None or value in CLEAR else sealed_value(value)

    def process_result_value(self, value: str | None, _dialect: Dialect) -> str | None:
        return Ciphertext(value) if value and value.startswith(MARK) else value


class SealedDay(TypeDecorator[date]):
    """A day: a date of birth."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: date | None, _dialect: Dialect) -> str | None:
        return None if value is None else sealed_value(value)

    def process_result_value(self, value: str | None, _dialect: Dialect) -> Any:
        return Ciphertext(value) if value else None


class SealedParts(TypeDecorator[dict[str, Any]]):
    """Named values, of which those of these names are texts of people."""

    impl = JSON
    cache_ok = True

    def __init__(self, typed: frozenset[str] = frozenset(), **kwargs: Any) -> None:
        self.typed = typed
        super().__init__(**kwargs)

    def process_bind_param(self, value: dict[str, Any] | None, _dialect: Dialect) -> dict[str, Any] | None:
        if not value or self.typed.isdisjoint(value):
            return value
        return {name: sealed_value(each) if name in self.typed and each not in CLEAR else each for name, each in value.items()}

    def process_result_value(self, value: dict[str, Any] | None, _dialect: Dialect) -> dict[str, Any] | None:
        if not value or self.typed.isdisjoint(value):
            return value
        return {
            name: Ciphertext(each) if isinstance(each, str) and each.startswith(MARK) else each for name, each in value.items()
        }


def owned_value(value: Any, key: bytes, about: str) -> Any:
    owned: Owned | OwnedDay
    if value is None or value in CLEAR:
        return value
    owned = OwnedDay(value.year, value.month, value.day) if isinstance(value, date) else Owned(value)
    owned.key, owned.about = key, about
    return owned


def sealed_value(value: Any) -> str:
    if not isinstance(value, (Owned, OwnedDay)):
        # Not its content: this may end in a log.
        raise TypeError("a value for a sealed column that has no key: a fault of ours")
    return seal_text(str(value), value.key, value.about)


def seal_text(text: str, key: bytes, about: str) -> str:
    """As it lies in a column."""
    return MARK + vault.as_text(seal(text.encode(), key, about))


def open_text(sealed: str, key: bytes, about: str) -> str:
    """What lies in a column. Raises DamagedFileError when it isn't what was put there."""
    return unseal(vault.from_text(sealed[len(MARK) :]), key, about).decode()
