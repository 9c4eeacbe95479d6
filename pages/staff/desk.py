"""The queue."""

import streamlit as st

from dashboard.data_requests.desk import queue
from dashboard.permissions import Permission
from dashboard.ui.here import here
from dashboard.ui.staff import desk, desk_bulk

t, actor, today = here().t, here().actor, here().today

st.title(t("desk.title"), anchor=False)
dead = here().ask(lambda session: queue.dead_letters(session, actor))
if dead:
    st.warning(t.count("desk.dead_letters", dead), icon=":material/unsubscribe:")
desk_bulk.letters_to_post()
if actor.may(Permission.HANDLE_CASE):
    st.page_link(here().pages["staff/register.py"], label=t("desk.register"), icon=":material/add:")
counts = here().ask(lambda session: queue.desk_counts(session, actor, today=today))
filters = desk.filters(counts)
cursors = desk.cursors(filters)
page = here().ask(lambda session: queue.desk(session, actor, filters, today=today, start=cursors[-1]))
desk.table(page)
desk.pager(page, cursors)
