"""Not satisfied: us first, the authority, the court."""

import streamlit as st

from dashboard.content import organisation
from dashboard.ui import parts
from dashboard.ui.visit import visit

t, o = visit().t, organisation()

st.title(t("complaint.title"), anchor=False)
st.write(t("complaint.intro"))
st.subheader(t("complaint.us.title"), anchor=False)
st.write(t("complaint.us.text", email=o.email))
parts.by_letter(t)
st.subheader(t("complaint.authority.title"), anchor=False)
st.write(t("complaint.authority.text", authority=o.authority_name))
st.link_button(t("complaint.authority.link"), o.authority_complaint_url, icon=":material/open_in_new:")
st.subheader(t("complaint.court.title"), anchor=False)
st.write(t("complaint.court.text"))
