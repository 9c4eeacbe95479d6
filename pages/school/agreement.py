"""The processing agreement and the covenant status of the school's board."""

import streamlit as st

from dashboard.annexes import agreements
from dashboard.ui.school import agreement
from dashboard.ui.visit import visit

t, actor = visit().t, visit().actor
found = visit().ask(agreements.agreements, day=visit().today, language=t.language)

st.title(t("agreement.title"), anchor=False)
st.write(t("agreement.intro"))
if not found:
    st.info(t("agreement.no_board"), icon=":material/info:")
for row in found:
    agreement.card(row)
