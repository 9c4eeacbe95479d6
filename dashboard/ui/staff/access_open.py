"""Who is signed in and which keys are open, for an administrator to end."""

import streamlit as st

from dashboard.accounts import sessions
from dashboard.accounts.sessions import OpenKey, SignedIn
from dashboard.ui import parts
from dashboard.ui.acting import Form
from dashboard.ui.visit import visit

LONGEST_SEARCH = 80


def people() -> None:
    here = visit()
    t = here.t
    with st.expander(t("access.signed_in"), icon=":material/group:", key="open_signed_in", on_change="rerun") as box:
        if not box.open:
            return
        st.write(t("access.signed_in_help"))
        name = st.text_input(t("access.find_person"), key="find_signed_in", max_chars=LONGEST_SEARCH)
        rows = here.ask(sessions.signed_in, name)
        if not rows:
            st.caption(t("access.nobody_signed_in"))
        for row in rows:
            _person(row)
        _more(len(rows))


def _person(row: SignedIn) -> None:
    t, form = visit().t, Form("signed_in", row.seen)
    with st.container(horizontal=True, vertical_alignment="center"):
        role = t(f"staff_role.{row.staff_role}") if row.staff_role else row.provider
        st.markdown(f"**{parts.plain(row.name) or t('access.unnamed')}**, {parts.plain(role)}")
        st.caption(f"{t('access.last_seen', moment=t.moment(row.last_seen_at))} {t.count('access.sessions', row.sessions)}")
        if form.button(t("access.end_sessions"), "end_sessions", type="tertiary", icon=":material/logout:"):
            form.do("access.sessions_ended", sessions.end_sessions)


def keys() -> None:
    here = visit()
    t = here.t
    with st.expander(t("access.keys"), icon=":material/key:", key="open_keys", on_change="rerun") as box:
        if not box.open:
            return
        st.write(t("access.keys_help"))
        scope = st.text_input(t("access.find_key"), key="find_open_key", max_chars=6)
        rows = here.ask(sessions.open_keys, scope)
        if not rows:
            st.caption(t("access.no_keys"))
        for row in rows:
            _key(row)
        _more(len(rows))


def _key(row: OpenKey) -> None:
    t, form = visit().t, Form("open_key", row.seen)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{parts.plain(row.label)}** ({row.scope}), {t(f'key.{row.use.value}')}")
        used = t("access.key_used", day=t.short_day(row.last_used_on)) if row.last_used_on else t("access.key_unused")
        st.caption(f"`{row.begins_with}…` {t('access.key_made', moment=t.moment(row.made_at))} {used}")
        if form.button(t("access.end_key"), "end_key", type="tertiary", icon=":material/key_off:"):
            form.do("access.key_ended", sessions.end_key)


def _more(shown: int) -> None:
    if shown == sessions.LISTED:
        st.caption(visit().t("access.more"))
