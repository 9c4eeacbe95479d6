"""Where I am signed in, and ending it elsewhere."""

import streamlit as st

from dashboard.ui.public import sessions
from dashboard.ui.visit import visit

t = visit().t

st.title(t("sessions.title"), anchor=False)
st.write(t("sessions.intro"))
sessions.listed()
