"""The queue."""

import streamlit as st

from dashboard.data_requests.desk import looking, queue, waiting
from dashboard.data_requests.upkeep import faults
from dashboard.mail import outbox
from dashboard.permissions import Permission
from dashboard.ui import state
from dashboard.ui.staff import desk, desk_bulk, desk_rows, shortcuts
from dashboard.ui.visit import visit

t, actor, today = visit().t, visit().actor, visit().today

st.title(t("desk.title"), anchor=False)
dead = visit().ask(outbox.dead_letters)
if dead:
    st.warning(t.count("desk.dead_letters", dead), icon=":material/unsubscribe:")
desk.unsent(visit().ask(waiting.unsent))
desk.failing(visit().ask(faults.failing))
desk_bulk.letters_to_post()
if actor.may(Permission.HANDLE_CASE):
    st.page_link(visit().pages["staff/register.py"], label=t("desk.register"), icon=":material/add:")
shortcuts.show(shortcuts.ON_DESK)
counts = visit().ask(queue.desk_counts)
filters = desk.filters(counts)
cursors = desk.cursors(filters)
page = visit().ask(queue.desk, filters, start=cursors[-1])
desk_rows.table(page)
desk.pager(page, cursors)
desk.take()
# At the end: what was pressed in this run comes first. Each list that was looked at is one look.
if state.is_first_look(("desk", filters, cursors[-1])):
    if filters.search.strip():
        visit().attempt(looking.note_search, filters.search)
    else:
        visit().attempt(looking.note_desk)
