"""A new request: a question at a time, then the receipt."""

import streamlit as st

from dashboard.ui.public import receipt, request_form
from dashboard.ui.visit import visit

t = visit().t
shown = receipt.sent()

if shown:
    receipt.confirmation(shown)
    st.stop()

st.title(t("request.title"), anchor=False)
request_form.draw()
