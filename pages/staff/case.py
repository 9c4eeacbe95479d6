"""Everything about one request, and what staff do with it."""

from dataclasses import replace

import streamlit as st

from dashboard.data_requests.case import queries
from dashboard.data_requests.desk import handling
from dashboard.permissions import Permission
from dashboard.ui import state
from dashboard.ui.here import here
from dashboard.ui.staff import case, case_actions

t, actor, settings, today = here().t, here().actor, here().portal.settings, here().today
reference = st.query_params.get("ref", "")

st.page_link(here().pages["staff/desk.py"], label=t("case.back"), icon=":material/arrow_back:")
st.title(t("case.title", reference=reference or "?"), anchor=False)
case_id = here().ask(lambda session: queries.case_id_of(session, actor, reference))
found = here().ask(lambda session: queries.case_view(session, actor, case_id, settings=settings, today=today))

left, right = st.columns([2, 1], gap="large")
with right:
    case.facts(found)
with left:
    case.words(found)
    case.messages(found)
    if actor.may(Permission.HANDLE_CASE):
        # At the version this person was looking at when they clicked, not the one just read.
        case_actions.show(replace(found, version=state.seen_version(found.id, found.version)))
    case.history(found)
if found.mentions_me and actor.may(Permission.HANDLE_CASE):
    here().attempt(lambda session: handling.seen_mention(session, actor, case_id))
state.note_seen(found.id, found.version)
