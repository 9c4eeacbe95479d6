"""A letter, a call or a mail: entered with the day it was received."""

import streamlit as st

from dashboard.ui.here import here
from dashboard.ui.staff import register

t = here().t

st.page_link(here().pages["staff/desk.py"], label=t("case.back"), icon=":material/arrow_back:")
st.title(t("register.title"), anchor=False)
st.write(t("register.intro"))
register.form()
