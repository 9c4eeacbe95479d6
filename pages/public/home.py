"""Home: who this is for, and what one can do here."""

import streamlit as st

from dashboard.content import organisation
from dashboard.ui import gate, parts
from dashboard.ui.visit import visit

t = visit().t

st.title(t("home.title"), anchor=False)
st.write(t("home.intro", organisation=organisation().short_name))

for card, script in (("request", "public/request.py"), ("track", "public/track.py"), ("schools", "public/schools.py")):
    with st.container(border=True):
        st.subheader(t(f"home.{card}.title"), anchor=False)
        st.write(t(f"home.{card}.text"))
        if st.button(t(f"home.{card}.link"), type="primary" if card == "request" else "secondary", key=f"home_{card}"):
            st.switch_page(visit().pages[script])

st.subheader(t("home.more.title"), anchor=False)
st.page_link(visit().pages["public/statement.py"], label=t("home.more.statement"), icon=":material/description:")
st.page_link(visit().pages["public/children.py"], label=t("home.more.children"), icon=":material/child_care:")
st.page_link(visit().pages["public/documents.py"], label=t("home.more.documents"), icon=":material/folder_open:")
st.page_link(visit().pages["public/complaint.py"], label=t("home.more.complaint"), icon=":material/gavel:")
parts.by_letter(t)
if not visit().actor.signed_in:
    gate.staff_link(t)
