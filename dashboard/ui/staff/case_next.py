"""The next step of a case in a sentence, with the one button that begins it."""

from collections.abc import Sequence

import streamlit as st

from dashboard.data_requests.case.lifecycle import ENDED
from dashboard.data_requests.case.next_step import NextStep, Step
from dashboard.data_requests.case.rows import CaseView
from dashboard.data_requests.law.narrative import right_in_words
from dashboard.ui import state
from dashboard.ui.staff import case_sheets
from dashboard.ui.staff.case_sheets import Sheet
from dashboard.ui.visit import visit

# Those that are done on a sheet, which has the same name.
_ON_A_SHEET = frozenset({Step.RECOGNISE, Step.HAND_OVER, Step.PACKAGE, Step.TELL_RECIPIENTS, Step.CLOSE})


def sheet_of(step: NextStep) -> str:
    """The name of the sheet on which it is done; empty where it is one press, or nothing of ours."""
    if step.step is Step.DECIDE and step.right:
        return f"decide_{step.right.value}"
    return step.step.value if step.step in _ON_A_SHEET else ""


def say(case: CaseView, step: NextStep) -> None:
    t = visit().t
    right = right_in_words(t, step.right) if step.right else ""
    st.write(t(f"case.now.{step.step.value}", right=right))
    if case.status in ENDED:
        _on(case)


def open_it(case: CaseView, step: NextStep, sheets: Sequence[Sheet], top: str) -> None:
    """Nothing when it lies on top already: its own button is the one to press then."""
    t, name = visit().t, sheet_of(step)
    if not name or name == top or name not in {each.name for each in sheets}:
        return
    st.button(
        t(f"case.now.{step.step.value}.button"),
        key=f"case_now_{name}_{case.id}",
        type="primary",
        icon=":material/arrow_forward:",
        on_click=case_sheets.open_next,
        args=(case,),
    )


def _on(case: CaseView) -> None:
    """After the end of one, the next of the list."""
    listed = state.listed_cases()
    after = listed[listed.index(case.reference) + 1 :][:1] if case.reference in listed else ()
    if after and st.button(visit().t("case.now.on"), key=f"case_on_{case.id}", type="primary", icon=":material/arrow_forward:"):
        st.query_params.from_dict({"ref": after[0]})
        st.rerun()
