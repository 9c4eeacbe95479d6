"""A letter, a call or a mail: entered with the day it was received."""

import streamlit as st

from dashboard.ui.staff import register
from dashboard.ui.visit import visit

t = visit().t

st.page_link(visit().pages["staff/desk.py"], label=t("case.back"), icon=":material/arrow_back:")
st.title(t("register.title"), anchor=False)
st.write(t("register.intro"))
register.form()
