"""For children: what we know of them and what they may ask, in pictures and short sentences."""

import streamlit as st

from dashboard.content import organisation
from dashboard.ui.public import children
from dashboard.ui.visit import visit

t, o = visit().t, organisation()

st.title(t("children.title"), anchor=False)
st.write(t("children.intro", organisation=o.short_name))
children.told()
st.subheader(t("children.ask.title"), anchor=False)
children.asked()
st.subheader(t("children.help.title"), anchor=False)
st.write(t("children.help.text", email=o.email))
st.write(t("children.complaint.text", authority=o.authority_name, address=o.authority_complaint_url))
st.page_link(visit().pages["public/statement.py"], label=t("children.statement"), icon=":material/description:")
