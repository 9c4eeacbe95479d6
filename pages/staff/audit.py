"""Who did, read or tried what: for the privacy officer and the auditor."""

import streamlit as st

from dashboard.oversight import trail
from dashboard.ui import state
from dashboard.ui.staff import audit
from dashboard.ui.visit import visit

t = visit().t

if state.is_first_look("audit"):
    visit().attempt(trail.note_look)
st.title(t("audit.title"), anchor=False)
st.write(t("audit.intro"))
asked, searched = audit.filters()
audit.table(asked, searched)
audit.taking(asked)
