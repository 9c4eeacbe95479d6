"""A request at the school: closed until its code is typed, then the words of the requester and the school's decision."""

import streamlit as st

from dashboard.data_requests.case.lifecycle import Status
from dashboard.data_requests.law.narrative import right_in_words
from dashboard.data_requests.law.rights import Outcome
from dashboard.data_requests.school import at_school
from dashboard.data_requests.school.at_school import HandedRow, HandedView, SchoolDecision
from dashboard.ui import asked, parts
from dashboard.ui.acting import Form
from dashboard.ui.visit import visit


def request(row: HandedRow) -> None:
    here = visit()
    t = here.t
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.subheader(row.reference, anchor=False)
            parts.status_badge(row.status, t)
        st.write(", ".join(right_in_words(t, right) for right in row.rights))
        st.write(t("handed.dates", received=t.day(row.received_on), due=t.day(row.due_on)))
        if row.status is Status.HANDED_TO_SCHOOL and here.today > row.due_on:
            st.badge(t("desk.late"), color="red", icon=":material/error:")
        if not row.opened:
            _open(row)
            return
        view = here.ask(at_school.handed_view, row.id)
        _words(view)
        if view.status is Status.HANDED_TO_SCHOOL:
            _decide(view)
        else:
            _decided(view)


def _open(row: HandedRow) -> None:
    here = visit()
    t = here.t
    with st.form(f"handed_open_{row.id}", border=False):
        code = st.text_input(t("handed.code"), key=f"handed_code_{row.id}", autocomplete="off", help=t("handed.code_help"))
        sent = st.form_submit_button(t("handed.open"), key=f"handed_open_submit_{row.id}")
    if not sent:
        return
    attempt = here.attempt(at_school.enter_handed, row.id, code)
    opening = attempt.result
    if opening and opening.opened:
        st.rerun()
    elif opening and opening.wait_seconds:
        st.error(t("error.too_many_tries", wait=parts.waiting(opening.wait_seconds, t)), icon=":material/error:")
    elif opening:
        st.error(t("handed.wrong"), icon=":material/error:")
    parts.refused(attempt.refusal, t)


def _words(view: HandedView) -> None:
    t = visit().t
    st.markdown(f"**{t('case.requester')}** ({t(f'role.{view.role.value}')})")
    st.text(f"{view.name}\n{view.email}")
    asked.words(view, view.rights)


def _decide(view: HandedView) -> None:
    t, form = visit().t, Form("decide", view.seen)
    with st.form(form.key("handed_decide"), border=False):
        st.markdown(f"**{t('handed.decision')}**")
        st.caption(t("handed.decision_help"))
        decisions = []
        outcomes = [outcome.value for outcome in Outcome]
        for row in view.rights:
            outcome = st.radio(
                right_in_words(t, row.right),
                outcomes,
                index=None,
                horizontal=True,
                format_func=lambda value: t(f"outcome.{value}"),
                key=form.key(f"handed_outcome_{row.right.value}"),
            )
            reason = st.text_area(
                t("handed.reason", right=right_in_words(t, row.right)),
                key=form.key(f"handed_reason_{row.right.value}"),
                height=80,
            )
            decisions.append(SchoolDecision(row.right.value, outcome or "", reason))
        answer = st.text_area(t("handed.answer"), key=form.key("handed_answer"), height=160)
        sent = form.submit(t("handed.send"), "handed_decide_submit", type="primary")
    if sent:
        form.do("handed.sent", at_school.decide_at_school, decisions, answer)


def _decided(view: HandedView) -> None:
    t = visit().t
    st.markdown(f"**{t('handed.decided')}**")
    for row in view.rights:
        st.markdown(f"{right_in_words(t, row.right)}: **{t(f'outcome.{row.outcome.value}') if row.outcome else ''}**")
        if row.reason:
            st.text(row.reason)
    st.text(view.answer)
    st.caption(t("handed.executed" if view.status is Status.CLOSED_BY_SCHOOL else "handed.executing"))
