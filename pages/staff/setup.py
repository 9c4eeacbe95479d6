"""What a new portal still needs, for its administrator."""

import streamlit as st

from dashboard.annexes.first_steps import first_steps
from dashboard.ui.staff import setup
from dashboard.ui.visit import visit

t = visit().t

st.title(t("setup.title"), anchor=False)
listed = setup.steps(visit().ask(first_steps))
st.write(t("setup.all_done") if all(step.done for step in listed) else t("setup.intro"))
setup.show(listed)
