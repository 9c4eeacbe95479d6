"""A new request: five steps, then the receipt."""

import streamlit as st

from dashboard.ui import parts, request_form, state
from dashboard.ui.here import here

t = here().t
sent = state.sent_key()
receipt = request_form.receipt(sent) if sent else None

if receipt:
    state.forget_form()
    request_form.confirmation(receipt)
    st.stop()

st.title(t("request.title"), anchor=False)
step = request_form.STEPS[state.step()]
request_form.progress(step)
step.draw()
if step is request_form.STEPS[0]:
    st.caption(t("request.duration"))
    parts.by_letter(t)
