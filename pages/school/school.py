"""My school: mail about new versions, keys for the school's own systems, and the feed."""

import streamlit as st

from dashboard.ui.here import here
from dashboard.ui.school import my_school

t, actor = here().t, here().actor

st.title(t("school.title"), anchor=False)
st.caption(t("school.signed_in_for", key=actor.scope.key if actor.scope else ""))
my_school.mail()
my_school.keys()
