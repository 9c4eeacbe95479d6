"""The queue."""

import streamlit as st

from dashboard.data_requests import queries
from dashboard.ui import desk
from dashboard.ui.here import here

t, actor, today = here().t, here().actor, here().today

st.title(t("desk.title"), anchor=False)
dead = here().ask(lambda session: queries.dead_letters(session, actor))
if dead:
    st.warning(t.count("desk.dead_letters", dead), icon=":material/unsubscribe:")
counts = here().ask(lambda session: queries.desk_counts(session, actor, today=today))
filters = desk.filters(counts)
cursors = desk.cursors(filters)
page = here().ask(lambda session: queries.desk(session, actor, filters, today=today, after=cursors[-1]))
desk.table(page)
desk.pager(page, cursors)
