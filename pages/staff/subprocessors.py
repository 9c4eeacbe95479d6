"""The register of sub-processors, the notices of changes, and the objections of boards."""

import streamlit as st

from dashboard.notices import queries
from dashboard.ui.here import here
from dashboard.ui.staff import subprocessors

t, actor = here().t, here().actor

st.title(t("subprocessors.title"), anchor=False)
rows = here().ask(lambda session: queries.summaries(session, actor))
st.subheader(t("subprocessors.notices"), anchor=False)
if not rows:
    st.info(t("subprocessors.none"), icon=":material/inbox:")
for row in rows:
    subprocessors.notice(row)
st.subheader(t("subprocessors.register"), anchor=False)
subprocessors.register(here().ask(lambda session: queries.register(session, actor, today=here().today)))
