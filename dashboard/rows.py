"""Rows for screens: small, frozen, free of the session."""

from dataclasses import fields
from typing import Any, TypeVar

R = TypeVar("R")


def row_of(kind: type[R], stored: object, /, **others: Any) -> R:
    """A row with what `stored` has under the same names, and the `others`. Raises AttributeError where something has neither."""
    same = {each.name: getattr(stored, each.name) for each in fields(kind) if each.name not in others}  # type: ignore[arg-type]
    return kind(**same, **others)
