"""Rows for screens: small, frozen, free of the session."""

from dataclasses import fields
from functools import cache
from typing import Any, TypeVar

R = TypeVar("R")


def row_of(kind: type[R], stored: object, /, **others: Any) -> R:
    """A row with what `stored` has under the same names, and the `others`. Raises AttributeError where something has neither."""
    same = {name: getattr(stored, name) for name in _names(kind) if name not in others}  # type: ignore[arg-type]
    return kind(**same, **others)


@cache
def _names(kind: type[Any]) -> tuple[str, ...]:
    return tuple(each.name for each in fields(kind))
