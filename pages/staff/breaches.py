"""Personal data breaches: the clock, whose data it was, what is told, and the register."""

import streamlit as st

from dashboard.ui.staff import breaches
from dashboard.ui.visit import visit

t = visit().t

st.title(t("breach.title"), anchor=False)
st.write(t("breach.intro"))
breaches.new()
breaches.listed()
