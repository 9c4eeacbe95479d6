"""The forms of a case as sheets: each has a name to pick it by, and one lies on top at a time."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from types import SimpleNamespace

import streamlit as st

from dashboard.data_requests.case.rows import CaseView
from dashboard.ui import folds, parts, state
from dashboard.ui.visit import visit

# Which sheet lies on top by itself: the one of the next step.
NEXT = "next"
ON_TOP = "bijsluiter-on-top"


@dataclass(frozen=True, slots=True)
class Sheet:
    name: str
    label: str
    icon: str
    draw: Callable[[CaseView], None]


def place_of(case: CaseView) -> str:
    return f"case_sheet_{case.id}"


def open_next(case: CaseView) -> None:
    """From now on the sheet of the next step lies on top: what that is changes as the work goes on."""
    state.open_one(place_of(case), NEXT)


def open_sheet(case: CaseView, name: str) -> None:
    state.open_one(place_of(case), name)


def on_top(case: CaseView, next_sheet: str) -> str:
    chosen = state.opened(place_of(case)) or ""
    return next_sheet if chosen == NEXT else chosen


def stack(case: CaseView, sheets: Sequence[Sheet], top: str) -> None:
    """The sheets that were opened, and of those the one on top. Nothing is drawn of what was never opened; the others stay where
    they are, out of sight by the page's style, with what was typed in them.
    """
    with st.container(key="case_sheets"):
        for each in sheets:
            key = f"open_case_{each.name}_{case.id}"
            if folds.is_open(SimpleNamespace(open=each.name == top), key):
                state.note_opened(key)
                _sheet(case, each, on_top=each.name == top)


def _sheet(case: CaseView, sheet_of: Sheet, *, on_top: bool) -> None:
    with st.container(border=True, key=f"case_sheet_{sheet_of.name}"):
        # It can't be the container's key: with another key it is another one to the browser, and empty.
        parts.mark(ON_TOP if on_top else "")
        with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
            st.subheader(f"{sheet_of.icon} {sheet_of.label}", anchor=False, width="content")
            label, fold = visit().t("case.sheet_close"), f"case_fold_{sheet_of.name}_{case.id}"
            st.button(label, key=fold, type="tertiary", icon=":material/close:", on_click=open_sheet, args=(case, ""))
        sheet_of.draw(case)


def direct(case: CaseView, sheets: Sequence[Sheet], names: Sequence[str]) -> None:
    """Those that are used most, as buttons."""
    for each in sheets:
        if each.name in names:
            key = f"case_pick_{each.name}_{case.id}"
            st.button(each.label, key=key, icon=each.icon, on_click=open_sheet, args=(case, each.name))


def menu(case: CaseView, sheets: Sequence[Sheet]) -> None:
    """All of them, under one button."""
    key, labels = f"case_menu_{case.id}", {each.name: f"{each.icon} {each.label}" for each in sheets}

    def pick() -> None:
        open_sheet(case, state.value_of(key) or "")

    st.menu_button(
        visit().t("case.more"),
        list(labels),
        format_func=lambda name: labels.get(name, name),
        key=key,
        icon=":material/more_horiz:",
        on_click=pick,
    )


def sheet(
    name: str, label: str, icon: str, draw: Callable[[CaseView], None], *, fits: Callable[[CaseView], bool] = lambda _: True
) -> Callable[[CaseView], Iterator[Sheet]]:
    """A form that there is one of; `label` is the key of its name."""

    def of(case: CaseView) -> Iterator[Sheet]:
        if fits(case):
            yield Sheet(name, visit().t(label), icon, draw)

    return of
