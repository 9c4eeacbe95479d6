"""The keys of the desk and of a case, in a list that the question mark opens. What "?" and "/" do is in `assets/portal.js`."""

import streamlit as st

from dashboard.ui.visit import visit

ON_DESK = {"/": "search", "Tab": "row", "Enter": "open", "?": "list"}
ON_CASE = {"Alt+J": "next", "Alt+K": "previous", "?": "list"}


def show(keys: dict[str, str]) -> None:
    t = visit().t
    with (
        st.container(key="shortcuts", width="content"),
        st.popover(t("shortcuts.title"), icon=":material/keyboard:", type="tertiary"),
    ):
        heads = f"| {t('shortcuts.key')} | {t('shortcuts.does')} |"
        rows = "\n".join(f"| `{pressed}` | {t(f'shortcuts.{what}')} |" for pressed, what in keys.items())
        st.markdown(f"{heads}\n|---|---|\n{rows}")
