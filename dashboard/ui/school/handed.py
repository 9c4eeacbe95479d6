"""A request at the school: closed until its code is typed, then all that its requester said and sent, and the school's decision.
What the school does with it is in `handed_actions.py`.
"""

import streamlit as st

from dashboard.data_requests.case import queries
from dashboard.data_requests.case.lifecycle import AT_SCHOOL, Status
from dashboard.data_requests.case.rows import CaseView
from dashboard.data_requests.desk import looking
from dashboard.data_requests.law.narrative import right_in_words
from dashboard.data_requests.school import at_school
from dashboard.data_requests.school.at_school import HandedRow
from dashboard.ui import asked, attached, parts, state
from dashboard.ui.school import handed_actions
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
        if row.status in AT_SCHOOL and here.today > row.due_on:
            st.badge(t("desk.late"), color="red", icon=":material/error:")
        if not row.opened:
            _open(row)
            return
        case = here.ask(queries.case_view, row.id)
        if state.is_first_look(case.id):
            here.attempt(looking.note_case, case.id)
        _words(case)
        _messages(case)
        if case.status in AT_SCHOOL:
            handed_actions.show(case)
        else:
            _decided(case)


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


def _words(case: CaseView) -> None:
    t = visit().t
    st.markdown(f"**{t('case.requester')}** ({t(f'role.{case.role.value}')})")
    st.text("\n".join(line for line in (case.name, case.email, case.postal_address) if line))
    asked.words(case, case.rights)
    for file in case.files:
        attached.file_of(file, visit().t)


def _messages(case: CaseView) -> None:
    t = visit().t
    if not case.messages:
        return
    st.markdown(f"**{t('handed.messages')}**")
    for message in case.messages:
        st.caption(f"{t(f'author.{message.author.value}')} · {t.moment(message.at)}")
        st.text(message.body)
        for file in message.files:
            attached.file_of(file, visit().t)


def _decided(case: CaseView) -> None:
    t = visit().t
    st.markdown(f"**{t('handed.decided')}**")
    for row in case.rights:
        st.markdown(f"{right_in_words(t, row.right)}: **{t(f'outcome.{row.outcome.value}') if row.outcome else ''}**")
        if row.reason:
            st.text(row.reason)
    st.caption(t("handed.executed" if case.status is Status.CLOSED_BY_SCHOOL else "handed.executing"))
