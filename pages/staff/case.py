"""Everything about one request, and what staff do with it."""

from dataclasses import replace

import streamlit as st

from dashboard.data_requests import queries
from dashboard.permissions import Permission
from dashboard.ui import case, case_actions, state
from dashboard.ui.here import here

t, actor = here().t, here().actor
reference = st.query_params.get("ref", "")

st.page_link(here().pages["staff/desk.py"], label=t("case.back"), icon=":material/arrow_back:")
st.title(t("case.title", reference=reference or "?"), anchor=False)
found = here().ask(lambda session: queries.case_view(session, actor, queries.case_id_of(session, actor, reference)))

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
state.note_seen(found.id, found.version)
