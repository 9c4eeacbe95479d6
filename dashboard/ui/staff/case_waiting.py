"""An answer that goes out in a moment: until when it can be taken back."""

import streamlit as st

from dashboard.act import Seen
from dashboard.data_requests.desk.waiting import Waiting, take_answer_back
from dashboard.ui import state
from dashboard.ui.acting import Form
from dashboard.ui.visit import visit


def too_late(case_id: str) -> None:
    """Who pressed to take it back and wasn't in time is told that it went."""
    t, pressed = visit().t, state.pressed_before(Seen(case_id, -1))
    if pressed and pressed.id == case_id:
        st.error(t("error.answer_gone"), icon=":material/error:")


def on_its_way(held: Waiting) -> None:
    """Our script looks again once it must be gone."""
    here, form = visit(), Form("waiting", held.seen, bound=True)
    t = here.t
    if held.send_at is None:
        return
    late = here.now > held.send_at
    st.info(t("case.answer_going" if late else "case.answer_soon", at=t.moment(held.send_at)), icon=":material/schedule_send:")
    with st.container(horizontal=True):
        if form.button(t("case.answer_back"), "case_answer_back", icon=":material/undo:"):
            form.do("case.answer_was_back", take_answer_back)
        with st.container(key=f"look_again_{max(0, int((held.send_at - here.now).total_seconds()))}_{held.seen.version}"):
            st.button(t("case.answer_look"), key=f"case_look_again_{held.case_id}", type="tertiary")
