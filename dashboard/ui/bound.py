"""Choices that stand in the address, by their keys: a view can be kept, sent and reloaded, in any language.

Streamlit's own binding keeps the words of a choice, and fails at every later run once a page sets a parameter of its own.
"""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

import streamlit as st

from dashboard.ui import state

_WRITTEN = "address_of_"


def one(key: str, options: Iterable[str], default: str | None = None) -> None:
    """Before a widget that chooses one: what the address says, when that is one of these."""
    known = set(options)
    _seed(key, lambda given: given[0] if given and given[0] in known else default, lambda value: value in known)


def several(key: str, options: Iterable[str]) -> None:
    """Before a widget that chooses several."""
    known = set(options)
    _seed(key, lambda given: [each for each in given if each in known], lambda value: set(value) <= known)


def a_day(key: str, default: date, least: date, most: date) -> None:
    """Before a widget that chooses a day."""

    def read(given: list[str]) -> date:
        try:
            day = date.fromisoformat(given[0]) if given else default
        except ValueError:
            return default
        return day if least <= day <= most else default

    _seed(key, read, lambda value: value is None or least <= value <= most)


def words(key: str, longest: int) -> None:
    """Before a box for words."""
    _seed(key, lambda given: given[0][:longest] if given else "", lambda _: True)


def keep(key: str, *values: str | None) -> None:
    """After the widget: what was chosen, in the address; nothing for what is chosen by default."""
    chosen = [value for value in values if value]
    if chosen != st.query_params.get_all(key):
        if chosen:
            st.query_params[key] = chosen
        else:
            st.query_params.pop(key, None)
    state.fill(_WRITTEN + key, chosen)


def _seed(key: str, read: Callable[[list[str]], Any], is_known: Callable[[Any], bool]) -> None:
    """Take what the address says when that isn't what we wrote there: a link, a bookmark, the back button."""
    given, written = st.query_params.get_all(key), state.value_of(_WRITTEN + key)
    if not state.has(key) or given != (written or []):
        state.fill(key, read(given))
    elif not is_known(state.value_of(key)):
        state.fill(key, read([]))
