"""The processing agreement and the covenant status of the school's board."""

import streamlit as st

from dashboard.annexes import agreements
from dashboard.ui.here import here
from dashboard.ui.school import agreement

t, actor = here().t, here().actor
found = here().ask(lambda session: agreements.agreements(session, actor, day=here().today, language=t.language))

st.title(t("agreement.title"), anchor=False)
st.write(t("agreement.intro"))
if not found:
    st.info(t("agreement.no_board"), icon=":material/info:")
for row in found:
    agreement.card(row)
