"""What folds: drawn once somebody opened it, and from then on, so that what was typed there stays when it is closed.

A closed fold costs one line; thirteen of them with their forms were more than half of the time of the page of a case.
"""

from typing import Any

import streamlit as st

from dashboard.ui import state


def fold(label: str, *, key: str, icon: str | None = None, expanded: bool = False) -> Any | None:
    """The place inside, to draw in; None as long as nobody opened it."""
    box = st.expander(label, expanded, key=key, icon=icon, on_change="rerun")
    if is_open(box, key):
        state.note_opened(key)
        return box
    return None


def menu(label: str, *, key: str, icon: str | None = None) -> Any | None:
    """The same under a button: several of these take one line."""
    box = st.popover(label, key=key, icon=icon, on_change="rerun")
    if is_open(box, key):
        state.note_opened(key)
        return box
    return None


def is_open(box: Any, key: str) -> bool:
    return bool(box.open) or state.was_opened(key)
