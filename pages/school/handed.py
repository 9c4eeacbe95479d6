"""Requests that the publisher handed to this school: the school decides."""

import streamlit as st

from dashboard.data_requests.school import at_school
from dashboard.ui.school import handed
from dashboard.ui.visit import visit

t, actor, now = visit().t, visit().actor, visit().now

st.title(t("handed.title"), anchor=False)
st.write(t("handed.intro"))
rows = visit().ask(at_school.handed)
if not rows:
    st.info(t("handed.empty"), icon=":material/inbox:")
for row in rows:
    handed.request(row)
