"""For schools: what is behind the login, and the login."""

import streamlit as st

from dashboard.content import organisation
from dashboard.ui import gate
from dashboard.ui.visit import visit

t, actor = visit().t, visit().actor

if actor.refusal:
    gate.refusal_page()
    st.stop()

st.title(t("schools.title"), anchor=False)
st.write(t("schools.intro", organisation=organisation().short_name))
st.markdown("\n".join(f"- {t(f'schools.find.{number}')}" for number in (1, 2, 3)))
if actor.is_of_school:
    st.page_link(visit().pages["school/annexes.py"], label=t("schools.to_annexes"), icon=":material/arrow_forward:")
elif not actor.signed_in:
    st.subheader(t("schools.sign_in"), anchor=False)
    gate.sign_in_buttons(staff=False, path="/annexes")
    st.caption(t("schools.which"))
st.page_link(visit().pages["public/documents.py"], label=t("home.more.documents"), icon=":material/folder_open:")
st.page_link(visit().pages["public/verify.py"], label=t("verify.link"), icon=":material/verified:")
st.subheader(t("schools.covenant.title"), anchor=False)
st.write(t("schools.covenant.text"))
