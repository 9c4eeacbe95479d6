"""Changes of sub-processors that the board was told of, and its objections."""

import streamlit as st

from dashboard.notices import queries
from dashboard.ui.here import here
from dashboard.ui.school import notices

t, actor = here().t, here().actor
rows = here().ask(lambda session: queries.notices(session, actor, today=here().today))

st.title(t("notices.title"), anchor=False)
st.write(t("notices.intro"))
if not rows:
    st.info(t("notices.none"), icon=":material/inbox:")
for row in rows:
    notices.notice(row)
