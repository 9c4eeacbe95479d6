"""A new request: a question at a time, then the receipt."""

import streamlit as st

from dashboard.ui.public import request_form
from dashboard.ui.visit import visit

t = visit().t
receipt = request_form.receipt()

if receipt:
    request_form.confirmation(receipt)
    st.stop()

st.title(t("request.title"), anchor=False)
request_form.draw()
