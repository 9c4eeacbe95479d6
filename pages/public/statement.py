"""The privacy statement."""

import streamlit as st

from dashboard.statement import statement
from dashboard.ui import parts
from dashboard.ui.public.statement import facts
from dashboard.ui.visit import visit

t = visit().t
current = statement(t.language, **facts())

st.title(t("statement.title"), anchor=False)
st.caption(t("statement.version", version=current.version, day=t.day(current.valid_from)))
for section in current.body.split("\n## "):
    heading, _, text = section.removeprefix("## ").partition("\n")
    st.subheader(heading, anchor=False)
    st.markdown(text)
st.page_link(visit().pages["public/request.py"], label=t("home.request.link"), icon=":material/arrow_forward:")
parts.by_letter(t)
