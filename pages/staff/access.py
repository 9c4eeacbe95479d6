"""Who asks to be let in, and which organisation stands for which school."""

import streamlit as st

from dashboard.accounts import access as accounts_access
from dashboard.accounts import mappings as accounts_mappings
from dashboard.permissions import Permission
from dashboard.ui.staff import access, access_open
from dashboard.ui.visit import visit

t, actor = visit().t, visit().actor

st.title(t("access.title"), anchor=False)
requests = visit().ask(accounts_access.access_requests)
if not requests:
    st.info(t("access.none"), icon=":material/inbox:")
for request in requests:
    access.request(request)
st.subheader(t("access.mappings"), anchor=False)
for mapping in visit().ask(accounts_mappings.mappings):
    access.mapping(mapping)
if actor.may(Permission.MANAGE_SCHOOLS):
    access.new_mapping()
    access_open.people()
    access_open.keys()
