"""Notices and the register as staff see them: who was told when, who objected, what was answered."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from dashboard.annexes.subprocessors import SubprocessorRow
from dashboard.notices import queries, service
from dashboard.notices.rows import NoticeSummary, ObjectionRow
from dashboard.notices.terms import ObjectionOutcome
from dashboard.permissions import Permission
from dashboard.ui import differences, objections, parts, state
from dashboard.ui.acting import Form
from dashboard.ui.visit import visit


def notice(row: NoticeSummary) -> None:
    t = visit().t
    with st.container(border=True):
        st.markdown(f"**{parts.plain(row.notice.product)}, {t('verify.version', version=row.notice.version)}**")
        if row.notice.withdrawn:
            st.badge(t("notices.withdrawn"), color="gray")
        st.write(t("notices.from", day=t.day(row.notice.effective_on), version=row.notice.version))
        differences.shown(row.notice.changes, t)
        told = {"told": t.count("subprocessors.told", row.told), "seen": t.number(row.seen)}
        st.caption(t("subprocessors.numbers", objections=t.number(len(row.objections)), **told))
        for each in row.objections:
            _objection(each)
        _boards(row)


def _objection(row: ObjectionRow) -> None:
    here, form = visit(), Form("answer", row.seen)
    t = here.t
    with st.container(border=True):
        st.markdown(f"**{parts.plain(row.board_name)} ({row.board_number})**")
        objections.shown(row)
        st.text(row.email)
        if row.outcome or not here.actor.may(Permission.ANSWER_OBJECTION):
            return
        with st.form(form.key("answer"), border=False):
            outcome = st.radio(
                t("subprocessors.outcome"),
                [each.value for each in ObjectionOutcome],
                index=None,
                horizontal=True,
                format_func=lambda each: t(f"objection.{each}"),
                key=form.key("answer_outcome"),
            )
            answer = st.text_area(t("subprocessors.answer"), key=form.key("answer_body"), max_chars=service.LONGEST_BODY)
            sent = form.submit(t("subprocessors.send"), "answer_submit", type="primary")
    if sent:
        form.do("subprocessors.sent", service.answer_objection, outcome or "", answer)


def _boards(row: NoticeSummary) -> None:
    """Who was told when: asked only when somebody opens it."""
    here = visit()
    t, shown = here.t, state.opened(state.NOTICE_BOARDS) == row.id
    st.button(
        t("subprocessors.boards_close" if shown else "subprocessors.boards"),
        key=f"notice_boards_{row.id}",
        type="tertiary",
        icon=":material/groups:",
        on_click=state.open_one,
        args=(state.NOTICE_BOARDS, None if shown else row.id),
    )
    if not shown:
        return
    for each in here.ask(queries.told_boards, row.id):
        how = t("subprocessors.mailed" if each.mailed else "subprocessors.in_portal")
        seen = t("subprocessors.seen", moment=t.moment(each.seen_at)) if each.seen_at else t("subprocessors.not_seen")
        until = t("notices.object_until", day=t.short_day(each.object_until))
        st.text(f"{each.board_name} ({each.board_number}): {t.moment(each.told_at)}, {how}. {until}. {seen}")


def register_of_subprocessors(rows: Sequence[SubprocessorRow]) -> None:
    t = visit().t
    if not rows:
        st.info(t("subprocessors.empty"), icon=":material/info:")
        return
    columns = ("name", "service", "data", "country", "product", "since", "until")
    table = pd.DataFrame(
        [
            (
                row.name,
                row.service,
                row.data,
                differences.country(row.country, t),
                f"{row.product} {row.version}",
                t.short_day(row.since),
                t.short_day(row.until) if row.until else "",
            )
            for row in rows
        ],
        columns=[t(f"subprocessors.column.{column}") for column in columns],
    )
    st.dataframe(table, hide_index=True, key="subprocessor_register", alt=t("subprocessors.register"))
