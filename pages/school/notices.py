"""Changes of sub-processors that the board was told of, and its objections."""

import streamlit as st

from dashboard.notices import queries
from dashboard.ui.school import notices
from dashboard.ui.visit import visit

t, actor = visit().t, visit().actor
rows = visit().ask(queries.notices)

st.title(t("notices.title"), anchor=False)
st.write(t("notices.intro"))
if not rows:
    st.info(t("notices.none"), icon=":material/inbox:")
for row in rows:
    notices.notice(row)
