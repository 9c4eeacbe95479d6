"""The documents that apply to this school today."""

import streamlit as st

from dashboard.annexes import queries
from dashboard.content import organisation
from dashboard.ui import annexes, parts
from dashboard.ui.here import here

t, actor = here().t, here().actor
found = here().ask(lambda session: queries.annexes(session, actor, today=here().today, language=t.language))

st.title(t("annexes.title"), anchor=False)
st.write(
    t("annexes.for", school=parts.plain(found.name), identifier=actor.scope.key if actor.scope else "", day=t.day(here().today))
)
if not found.products:
    st.info(t("annexes.none"), icon=":material/info:")
    st.write(t("annexes.none_contact", email=organisation().email))
    st.stop()

st.link_button(t("annexes.all"), "/documents/all.zip", type="primary", icon=":material/folder_zip:")
st.caption(t("annexes.all_help"))
for product in found.products:
    annexes.product(product)
