"""A notice of sub-processors as a school reads it: what changes, by when to object, and the answer."""

import streamlit as st

from dashboard.notices import service
from dashboard.notices.rows import NoticeRow
from dashboard.notices.service import NewObjection
from dashboard.permissions import Permission
from dashboard.ui import differences, objections, parts
from dashboard.ui.acting import Form
from dashboard.ui.visit import visit


def notice(row: NoticeRow) -> None:
    here = visit()
    t = here.t
    if row.seen_at is None and here.actor.may(Permission.MANAGE_OWN_SCHOOL):
        here.attempt(service.mark_seen, row.id)
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.subheader(parts.plain(row.notice.product), anchor=False)
            _badge(row)
        st.write(t("notices.from", day=t.day(row.notice.effective_on), version=row.notice.version))
        differences.shown(row.notice.changes, t)
        st.caption(t("notices.told", board=parts.plain(row.board_name), moment=t.moment(row.told_at)))
        if row.objection:
            objections.shown(row.objection)
        elif not row.notice.withdrawn and row.notice.effective_on > here.today and here.actor.may(Permission.MANAGE_OWN_SCHOOL):
            _object(row)


def _badge(row: NoticeRow) -> None:
    t, today = visit().t, visit().today
    if row.notice.withdrawn:
        st.badge(t("notices.withdrawn"), color="gray")
    elif row.notice.effective_on <= today:
        st.badge(t("phase.in_force"), color="green", icon=":material/check_circle:")
    elif today <= row.object_until:
        st.badge(t("notices.object_until", day=t.short_day(row.object_until)), color="orange", icon=":material/schedule:")
    else:
        st.badge(t("phase.announced"), color="blue")


def _object(row: NoticeRow) -> None:
    here, form = visit(), Form("objection", row.seen)
    t = here.t
    with st.expander(t("notices.object"), icon=":material/gavel:", key=form.place("open_objection")):
        help_key = "notices.object_help" if here.today <= row.object_until else "notices.object_late"
        st.write(t(help_key, day=t.day(row.object_until)))
        with st.form(form.key("objection"), border=False):
            body = st.text_area(t("notices.body"), key=form.key("objection_body"), max_chars=service.LONGEST_BODY, height=140)
            email = st.text_input(t("notices.email"), key=form.key("objection_email"), max_chars=254, autocomplete="email")
            on_behalf = st.checkbox(t("notices.on_behalf", board=parts.plain(row.board_name)), key=form.key("objection_board"))
            sent = form.submit(t("notices.send"), "objection_submit", type="primary")
    if sent:
        form.do("notices.sent", service.object_to, NewObjection(body, email, on_behalf, t.language))
