"""Everything about one request, and what staff do with it."""

import streamlit as st

from dashboard.data_requests.case import queries
from dashboard.data_requests.desk import handling, looking
from dashboard.permissions import Permission
from dashboard.ui import acting, state
from dashboard.ui.staff import case, case_actions, desk_rows
from dashboard.ui.visit import visit

here = visit()
t, may_handle = here.t, here.actor.may(Permission.HANDLE_CASE)
reference = st.query_params.get("ref", "")

desk_rows.way(reference)
st.title(t("case.title", reference=reference or "?"), anchor=False)
found = here.ask(queries.case_view, here.ask(queries.case_id_of, reference))
desk_rows.in_short(found)
acting.mind(found.seen)
if state.is_first_look(found.id):
    here.attempt(looking.note_case, found.id)

left, right = st.columns([2, 1], gap="large")
with right:
    case.facts(found)
with left:
    if may_handle:
        case_actions.show(found)
    case.words(found)
    case.messages(found)
    case.history(found)
if found.mentions_me and may_handle:
    here.attempt(handling.seen_mention, found.id)
