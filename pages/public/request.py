"""A new request: a question at a time, then the receipt."""

import streamlit as st

from dashboard.ui import state
from dashboard.ui.here import here
from dashboard.ui.public import request_form

t = here().t
sent = state.sent_key()
receipt = request_form.receipt(sent) if sent else None

if receipt:
    state.forget_form()
    request_form.confirmation(receipt)
    st.stop()

st.title(t("request.title"), anchor=False)
request_form.draw()
