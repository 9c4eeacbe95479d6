"""My school: mail about new versions, keys for the school's own systems, and the feed."""

import streamlit as st

from dashboard.ui.school import my_school
from dashboard.ui.visit import visit

t, actor = visit().t, visit().actor

st.title(t("school.title"), anchor=False)
st.caption(t("school.signed_in_for", key=actor.scope.key if actor.scope else ""))
my_school.mail()
my_school.keys()
