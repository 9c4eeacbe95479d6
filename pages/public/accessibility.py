"""Who can use this, what we know isn't right yet, and whom to tell."""

import streamlit as st

from dashboard.content import organisation
from dashboard.ui import parts
from dashboard.ui.visit import visit

t, o = visit().t, organisation()

st.title(t("accessibility.title"), anchor=False)
st.write(t("accessibility.intro"))
st.subheader(t("accessibility.checked.title"), anchor=False)
st.write(t("accessibility.checked.text"))
st.subheader(t("accessibility.limits.title"), anchor=False)
st.write(t("accessibility.limits.text"))
st.subheader(t("accessibility.help.title"), anchor=False)
st.write(t("accessibility.help.text", email=o.email))
parts.by_letter(t)
