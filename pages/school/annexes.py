"""The documents that apply to this school: today, or on any day; of the whole, or of one school or location."""

import streamlit as st

from dashboard.annexes import queries
from dashboard.annexes.filters import filtered
from dashboard.content import organisation
from dashboard.ui import parts
from dashboard.ui.school import annex_choices, annexes, matrix
from dashboard.ui.visit import visit

t = visit().t

st.title(t("annexes.title"), anchor=False)
left, right = st.columns([3, 1])
with right:
    day = annex_choices.day()
with left:
    key = annex_choices.part(visit().ask(queries.places, day=day))
found = visit().ask(queries.annexes, day=day, language=t.language, key=key)
st.write(t("annexes.for", school=parts.plain(found.name), identifier=found.key, day=t.day(day)))
annex_choices.another_day(day)
if not found.products:
    st.info(t("annexes.none"), icon=":material/info:")
    st.write(t("annexes.none_contact", email=organisation().email))
    st.stop()

chosen = annex_choices.to_do(found.products, key, day)
if not key and day == visit().today:
    matrix.show()
shown = filtered(found.products, chosen)
if not shown:
    st.info(t("annexes.nothing_matches"), icon=":material/filter_alt_off:")
for product in shown:
    annexes.product(product, found, key)
st.page_link(visit().pages["public/verify.py"], label=t("verify.link"), icon=":material/verified:")
