"""What a school can do with a request that was handed to it: ask, doubt, take more time, add what it gives, decide."""

import streamlit as st

from dashboard.data_requests.case.lifecycle import Status
from dashboard.data_requests.case.rows import CaseView
from dashboard.data_requests.case.terms import ExtensionReason, doubts_about
from dashboard.data_requests.desk import handling
from dashboard.data_requests.law.narrative import right_in_words
from dashboard.data_requests.law.rights import Outcome
from dashboard.data_requests.outgoing import answers
from dashboard.data_requests.outgoing.uploads import ANSWER_KINDS, Upload
from dashboard.data_requests.school import at_school
from dashboard.data_requests.school.at_school import SchoolDecision
from dashboard.ui import chosen_files
from dashboard.ui.acting import Form
from dashboard.ui.folds import fold
from dashboard.ui.visit import visit


def show(case: CaseView) -> None:
    """While the requester must answer there is only the clock; else first what is open, then the decision."""
    t = visit().t
    if case.status is Status.SCHOOL_ASKED:
        st.info(t("handed.waiting"), icon=":material/hourglass_top:")
    elif case.asks_identity:
        _check_identity(case)
    else:
        _ask(case)
        _doubt(case)
    if not case.dates.extended:
        _extend(case)
    if case.status is Status.HANDED_TO_SCHOOL:
        _attach(case)
        _decide(case)


def _ask(case: CaseView) -> None:
    t, form = visit().t, Form("handed_ask", case.seen)
    place = fold(t("handed.ask"), icon=":material/forum:", key=form.place("open_handed_ask"))
    if place is None:
        return
    with place, st.form(form.key("handed_ask"), border=False):
        form.top()
        st.write(t("handed.ask_help"))
        body = st.text_area(t("case.message"), key=form.key("handed_ask_body"))
        form.at("message")
        sent = form.submit(t("case.ask_button"), "handed_ask_submit")
    if sent:
        form.do("handed.written", handling.ask, body)


def _doubt(case: CaseView) -> None:
    t, form = visit().t, Form("handed_doubt", case.seen)
    place = fold(t("handed.doubt"), icon=":material/badge:", key=form.place("open_handed_doubt"))
    if place is None:
        return
    with place, st.form(form.key("handed_doubt"), border=False):
        form.top()
        st.write(t("handed.doubt_help"))
        options = [each.value for each in doubts_about(case.role)]
        about = st.radio(
            t("case.doubt_about"), options, format_func=lambda each: t(f"doubt.{each}"), key=form.key("handed_doubt_about")
        )
        doubt = st.text_area(t("case.doubt_reason"), key=form.key("handed_doubt_reason"))
        form.at("doubt")
        body = st.text_area(t("case.message"), key=form.key("handed_doubt_body"))
        form.at("message")
        sent = form.submit(t("case.doubt_button"), "handed_doubt_submit")
    if sent:
        form.do("handed.written", handling.doubt_identity, doubt=doubt, question=body, about=about)


def _check_identity(case: CaseView) -> None:
    t, form = visit().t, Form("handed_identity", case.seen)
    st.markdown(f"**{t('case.check_identity')}**")
    with st.container(horizontal=True):
        yes = form.button(t("case.identity_yes"), "handed_identity_yes", type="primary")
        no = form.button(t("case.identity_no"), "handed_identity_no")
    if yes or no:
        form.do("handed.checked", handling.check_identity, confirmed=yes)


def _extend(case: CaseView) -> None:
    t, form = visit().t, Form("handed_extend", case.seen)
    place = fold(t("handed.extend"), icon=":material/more_time:", key=form.place("open_handed_extend"))
    if place is None:
        return
    with place, st.form(form.key("handed_extend"), border=False):
        form.top()
        st.write(t("case.extend_help", day=t.day(case.due_on)))
        reason = st.radio(
            t("case.extend_reason"),
            [each.value for each in ExtensionReason],
            index=None,
            format_func=lambda each: t(f"extension.{each}"),
            key=form.key("handed_extend_reason"),
        )
        form.at("extension_reason")
        body = st.text_area(t("case.extend_words"), key=form.key("handed_extend_body"))
        form.at("message")
        sent = form.submit(t("case.extend_button"), "handed_extend_submit")
    if sent:
        form.do("handed.extended", handling.extend, reason=reason or "", explanation=body)


def _attach(case: CaseView) -> None:
    t, form = visit().t, Form("handed_attach", case.seen)
    place = fold(t("handed.attach"), icon=":material/attach_file:", key=form.place("open_handed_attach"))
    if place is None:
        return
    with place, st.form(form.key("handed_attach"), border=False):
        st.write(t("handed.attach_help"))
        file = chosen_files.uploader(t("case.file"), type=list(ANSWER_KINDS), key=form.key("handed_file"))
        sent = form.submit(t("case.attach_button"), "handed_attach_submit")
    if sent and file is None:
        st.error(t("invalid.file_none"), icon=":material/error:")
    elif sent and file is not None:
        form.do("handed.attached", answers.attach, Upload(file.name, file.getvalue()))


def _decide(case: CaseView) -> None:
    t, form = visit().t, Form("decide", case.seen)
    with st.form(form.key("handed_decide"), border=False):
        form.top()
        st.markdown(f"**{t('handed.decision')}**")
        st.caption(t("handed.decision_help"))
        decisions = []
        outcomes = [outcome.value for outcome in Outcome]
        for row in case.rights:
            outcome = st.radio(
                right_in_words(t, row.right),
                outcomes,
                index=None,
                horizontal=True,
                format_func=lambda value: t(f"outcome.{value}"),
                key=form.key(f"handed_outcome_{row.right.value}"),
            )
            form.at(f"outcome_{row.right.value}")
            reason = st.text_area(
                t("handed.reason", right=right_in_words(t, row.right)),
                key=form.key(f"handed_reason_{row.right.value}"),
                height=80,
            )
            form.at(f"reason_{row.right.value}")
            decisions.append(SchoolDecision(row.right.value, outcome or "", reason))
        answer = st.text_area(t("handed.answer"), key=form.key("handed_answer"), height=160)
        form.at("message")
        sent = form.submit(t("handed.send"), "handed_decide_submit", type="primary")
    if sent:
        form.do("handed.sent", at_school.decide_at_school, decisions, answer)
