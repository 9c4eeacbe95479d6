"""The agreement and the annexes that anybody may have, without a login."""

import streamlit as st

from dashboard.ui.public import documents
from dashboard.ui.visit import visit

t = visit().t

st.title(t("documents.title"), anchor=False)
st.write(t("documents.intro"))
documents.show()
st.page_link(visit().pages["public/schools.py"], label=t("documents.to_schools"), icon=":material/login:")
st.page_link(visit().pages["public/verify.py"], label=t("verify.link"), icon=":material/verified:")
