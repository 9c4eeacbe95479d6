"""Doing something with a case from a page: the result in a sentence, the refusal with its reason."""

from collections.abc import Callable

import streamlit as st
from sqlmodel import Session

from dashboard.errors import StaleError
from dashboard.ui import parts, state
from dashboard.ui.here import here

Work = Callable[[Session], object]


def do(work: Work, notice: str, *typed: str) -> None:
    """Do it; on success a sentence at the top of the page as it is now, on refusal the reason and everything typed stays."""
    t, attempt = here().t, here().attempt(work)
    if attempt.done:
        state.clear(typed)
        state.leave_notice(t(notice))
        st.rerun()
    parts.refused(attempt.refusal, t)
    if isinstance(attempt.refusal, StaleError):
        st.button(t("case.look_again"), key="case_look_again", icon=":material/refresh:")
