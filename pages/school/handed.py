"""Requests that the publisher handed to this school: the school decides."""

import streamlit as st

from dashboard.data_requests.school import at_school
from dashboard.ui.here import here
from dashboard.ui.school import handed

t, actor, now = here().t, here().actor, here().now

st.title(t("handed.title"), anchor=False)
st.write(t("handed.intro"))
rows = here().ask(lambda session: at_school.handed(session, actor, now=now))
if not rows:
    st.info(t("handed.empty"), icon=":material/inbox:")
for row in rows:
    handed.request(row)
