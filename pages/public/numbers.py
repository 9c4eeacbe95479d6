"""How the publisher answers, in numbers: where it chose to show them."""

import streamlit as st

from dashboard.insight.open_numbers import open_numbers
from dashboard.ui.public import numbers
from dashboard.ui.visit import visit

t = visit().t

st.title(t("numbers.title"), anchor=False)
found = visit().ask(open_numbers)
if found is None:
    st.info(t("numbers.closed"), icon=":material/visibility_off:")
    st.page_link(visit().pages["public/statement.py"], label=t("home.more.statement"), icon=":material/description:")
    st.stop()
st.write(t("numbers.intro", first=t.day(found.chosen.first), last=t.day(found.chosen.last)))
numbers.figures(found)
numbers.rights(found)
st.caption(t("numbers.definition"))
