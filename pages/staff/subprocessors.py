"""The register of sub-processors, the notices of changes, and the objections of boards."""

import streamlit as st

from dashboard.annexes.subprocessors import subprocessor_register
from dashboard.notices import queries
from dashboard.ui.staff import subprocessors
from dashboard.ui.visit import visit

t, actor = visit().t, visit().actor

st.title(t("subprocessors.title"), anchor=False)
rows = visit().ask(queries.summaries)
st.subheader(t("subprocessors.notices"), anchor=False)
if not rows:
    st.info(t("subprocessors.none"), icon=":material/inbox:")
for row in rows:
    subprocessors.notice(row)
st.subheader(t("subprocessors.register"), anchor=False)
subprocessors.register_of_subprocessors(visit().ask(subprocessor_register))
