"""Boards, schools and their licences: look them up, and import them from files."""

import streamlit as st

from dashboard.permissions import Permission
from dashboard.ui.staff import by_hand, imports, schools
from dashboard.ui.visit import visit

t, actor = visit().t, visit().actor

st.title(t("school_register.title"), anchor=False)
if found := schools.search():
    schools.board(found)
else:
    by_hand.new_board()
if actor.may(Permission.MANAGE_SCHOOLS):
    with st.expander(t("import.title"), icon=":material/upload_file:", key="open_import"):
        st.write(t("import.intro"))
        imports.upload()
with st.expander(t("import.earlier"), icon=":material/history:", key="open_import_earlier"):
    imports.earlier()
