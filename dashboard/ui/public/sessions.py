"""Where somebody is signed in, and ending it elsewhere."""

import streamlit as st

from dashboard.accounts import own_sessions
from dashboard.accounts.own_sessions import OwnSession
from dashboard.act import Seen
from dashboard.ui.acting import Form
from dashboard.ui.visit import visit


def listed() -> None:
    here = visit()
    t, rows = here.t, here.ask(own_sessions.mine)
    for row in rows:
        _one(row)
    if any(not row.is_this for row in rows):
        form = Form("sessions_others")
        if form.button(t("sessions.end_others"), "sessions_end_others", type="primary"):
            form.make("sessions.ended_others", own_sessions.end_others)


def _one(row: OwnSession) -> None:
    here = visit()
    t, labels = here.t, {each.name: each.label for each in here.portal.settings.providers}
    with st.container(border=True):
        st.markdown(f"**{t('sessions.this') if row.is_this else t('sessions.other')}**")
        st.caption(t("sessions.since", at=t.moment(row.created_at), seen=t.moment(row.last_seen_at)))
        st.text(labels.get(row.provider, row.provider))
        form = Form("session_end", Seen(row.id))
        if not row.is_this and form.button(t("sessions.end"), "session_end"):
            form.do("sessions.ended", own_sessions.end_one)
