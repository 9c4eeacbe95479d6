"""The privacy statement: the one that applies today, and on demand any other."""

import streamlit as st

from dashboard.insight.open_numbers import open_numbers
from dashboard.statement import in_force, statement, versions
from dashboard.ui import parts
from dashboard.ui.public.statement import facts, others
from dashboard.ui.visit import visit

t, today = visit().t, visit().today
now = in_force(today)
asked = st.query_params.get("version", "")
chosen = next((each for each in versions() if each.version == asked), now)
current = statement(t.language, chosen.version, **facts())

st.title(t("statement.title"), anchor=False)
st.caption(t("statement.version", version=current.version, day=t.day(current.valid_from)))
if chosen.version != now.version:
    coming = chosen.valid_from > today
    st.warning(t("statement.not_yet" if coming else "statement.no_more", day=t.day(chosen.valid_from)), icon=":material/history:")
for section in current.body.split("\n## "):
    heading, _, text = section.removeprefix("## ").partition("\n")
    st.subheader(heading, anchor=False)
    st.markdown(text)
st.page_link(visit().pages["public/children.py"], label=t("home.more.children"), icon=":material/child_care:")
others(chosen, today)
if visit().ask(open_numbers):
    st.page_link(visit().pages["public/numbers.py"], label=t("numbers.link"), icon=":material/bar_chart:")
st.page_link(visit().pages["public/request.py"], label=t("home.request.link"), icon=":material/arrow_forward:")
parts.by_letter(t)
