"""A notice of sub-processors as a school reads it: what changes, by when to object, and the answer."""

import streamlit as st

from dashboard.notices import service
from dashboard.notices.rows import NoticeRow, ObjectionRow
from dashboard.permissions import Permission
from dashboard.ui import differences, parts
from dashboard.ui.acting import do
from dashboard.ui.here import here


def notice(row: NoticeRow) -> None:
    now = here()
    t = now.t
    if row.seen_at is None and now.actor.may(Permission.MANAGE_OWN_SCHOOL):
        now.attempt(lambda session: service.mark_seen(session, now.actor, row.id, now=now.now))
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.subheader(parts.plain(row.product), anchor=False)
            _badge(row)
        st.write(t("notices.from", day=t.day(row.effective_on), version=row.version))
        differences.shown(row.changes, t)
        st.caption(t("notices.told", board=parts.plain(row.board_name), moment=t.moment(row.told_at)))
        if row.objection:
            objection(row.objection)
        elif not row.withdrawn and row.effective_on > now.today:
            _object(row)


def objection(row: ObjectionRow) -> None:
    """What was objected and answered, for the school and for staff."""
    t = here().t
    st.markdown(f"**{t('notices.objection')}**")
    st.text(row.body)
    st.caption(t("notices.objected", name=parts.plain(row.name), moment=t.moment(row.at)))
    if not row.in_time:
        st.badge(t("notices.late"), color="orange", icon=":material/schedule:")
    if row.outcome is None:
        st.info(t("notices.waits"), icon=":material/hourglass_top:")
        return
    st.markdown(f"**{t(f'objection.{row.outcome.value}')}**")
    st.text(row.answer)
    if row.answered_at:
        st.caption(t("notices.answered", moment=t.moment(row.answered_at)))


def _badge(row: NoticeRow) -> None:
    t, today = here().t, here().today
    if row.withdrawn:
        st.badge(t("notices.withdrawn"), color="gray")
    elif row.effective_on <= today:
        st.badge(t("phase.in_force"), color="green", icon=":material/check_circle:")
    elif today <= row.object_until:
        st.badge(t("notices.object_until", day=t.short_day(row.object_until)), color="orange", icon=":material/schedule:")
    else:
        st.badge(t("phase.announced"), color="blue")


def _object(row: NoticeRow) -> None:
    now = here()
    t = now.t
    with st.expander(t("notices.object"), icon=":material/gavel:", key=f"open_objection_{row.id}"):
        help_key = "notices.object_help" if now.today <= row.object_until else "notices.object_late"
        st.write(t(help_key, day=t.day(row.object_until)))
        with st.form(f"objection_{row.id}", border=False):
            body = st.text_area(t("notices.body"), key=f"objection_body_{row.id}", max_chars=service.LONGEST_BODY, height=140)
            email = st.text_input(t("notices.email"), key=f"objection_email_{row.id}", max_chars=254, autocomplete="email")
            on_behalf = st.checkbox(t("notices.on_behalf", board=parts.plain(row.board_name)), key=f"objection_board_{row.id}")
            sent = st.form_submit_button(t("notices.send"), type="primary", key=f"objection_submit_{row.id}")
    if sent:
        do(
            lambda s: service.object_to(
                s, now.actor, row.id, body, email, on_behalf=on_behalf, language=t.language, settings=now.portal.settings,
                now=now.now,
            ),
            "notices.sent",
        )  # fmt: skip
