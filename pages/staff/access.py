"""Who asks to be let in, and which organisation stands for which school."""

import streamlit as st

from dashboard.accounts import access as accounts_access
from dashboard.permissions import Permission
from dashboard.ui.here import here
from dashboard.ui.staff import access

t, actor = here().t, here().actor

st.title(t("access.title"), anchor=False)
requests = here().ask(lambda session: accounts_access.access_requests(session, actor))
if not requests:
    st.info(t("access.none"), icon=":material/inbox:")
for request in requests:
    access.request(request)
st.subheader(t("access.mappings"), anchor=False)
for mapping in here().ask(lambda session: accounts_access.mappings(session, actor)):
    access.mapping(mapping)
if actor.may(Permission.MANAGE_SCHOOLS):
    access.new_mapping()
