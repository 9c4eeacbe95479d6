"""Which school: looked for while somebody types, by name, town or BRIN. What isn't found may be written by hand."""

import streamlit as st

from dashboard.accounts.finding import SHORTEST, find_places
from dashboard.accounts.told import code_in
from dashboard.ui import parts
from dashboard.ui.public import entry
from dashboard.ui.visit import visit


def draw(key: str, label: str, problems: dict[str, str]) -> None:
    """The box, and what was found below it, each a button that fills it. Outside of forms: those say nothing while one types."""
    here = visit()
    t = here.t
    with st.container(key="school_finder"):
        typed = st.text_input(label, key=key, persist_state="session", live=True, autocomplete="off") or ""
        parts.beside(problems, "school_name", t)
        if len(typed.strip()) < SHORTEST:
            st.caption(t("request.what.school_help"))
        if not typed.strip() or code_in(typed):
            return
        found = here.ask(find_places, typed)
        parts.announced(_told(len(found.places), more=found.more))
        for place in found.places:
            st.button(
                place.told,
                key=f"{key}_{place.code}",
                type="tertiary",
                icon=":material/school:",
                width="stretch",
                on_click=entry.fill,
                args=(key, place.told),
            )


def _told(number: int, *, more: bool) -> str:
    t = visit().t
    if not number:
        return t("school_finder.none")
    return t("school_finder.more") if more else t.count("school_finder.found", number)
