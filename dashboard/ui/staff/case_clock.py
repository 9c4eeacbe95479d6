"""The clock of a case: asking with a pause, doubt about identity, more time."""

import streamlit as st

from dashboard.data_requests.case.rows import CaseView
from dashboard.data_requests.case.terms import DoubtAbout, ExtensionReason, FilePurpose, Recognised, doubts_about
from dashboard.data_requests.desk import handling
from dashboard.data_requests.outgoing import letters
from dashboard.data_requests.outgoing.letters import Letter
from dashboard.ui.acting import Form
from dashboard.ui.visit import visit


def pause(case: CaseView) -> None:
    """Ask what must be known to begin: the clock may stand still."""
    here, form = visit(), Form("pause", case.seen)
    with st.form(form.key("case_pause"), border=False):
        form.top()
        st.write(here.t("case.pause_help"))
        body = st.text_area(
            here.t("case.message"), value=_template(case, Letter.SPECIFY), key=form.key("case_pause_body"), height=160
        )
        form.at("message")
        sent = form.submit(here.t("case.pause_button"), "case_pause_submit")
    if sent:
        form.do("case.sent", handling.pause, body)


def doubt_identity(case: CaseView) -> None:
    """Only with a recorded doubt."""
    here, form = visit(), Form("doubt_identity", case.seen)
    st.write(here.t("case.doubt_help"))
    about = doubted(case, form)
    _doubt(case, form, about)


def doubted(case: CaseView, form: Form) -> DoubtAbout:
    """What is in doubt; asked only of whoever asks for another."""
    t, options = visit().t, [each.value for each in doubts_about(case.role)]
    if len(options) == 1:
        return DoubtAbout(options[0])
    chosen = st.radio(
        t("case.doubt_about"),
        options,
        format_func=lambda each: t(f"doubt.{each}"),
        key=form.key("case_doubt_about"),
        horizontal=True,
    )
    return DoubtAbout(chosen)


def _doubt(case: CaseView, form: Form, about: DoubtAbout) -> None:
    here = visit()
    with st.form(form.key("case_doubt"), border=False):
        form.top()
        doubt = st.text_area(here.t("case.doubt_reason"), key=form.key("case_doubt_reason"))
        form.at("doubt")
        body = st.text_area(
            here.t("case.message"),
            value=_template(case, Letter(about.value)),
            key=form.key(f"case_doubt_body_{about.value}"),
            height=220,
        )
        form.at("message")
        sent = form.submit(here.t("case.doubt_button"), "case_doubt_submit")
    if sent:
        form.do("case.sent", handling.doubt_identity, doubt=doubt, question=body, about=about.value)


def check_identity(case: CaseView) -> None:
    """Look at the proof, say what it showed; it is deleted at once."""
    here, form = visit(), Form("check_identity", case.seen)
    with st.container(border=True):
        st.markdown(f"**{here.t('case.check_identity')}**")
        for doubt in case.staff.doubts if case.staff else ():
            if not doubt.settled:
                st.caption(here.t(f"doubt.{doubt.about.value}"))
                st.text(doubt.reason)
        proofs = [file for message in case.messages for file in message.files if file.purpose is FilePurpose.IDENTITY]
        st.caption(here.t("case.check_identity_help" if proofs else "case.check_identity_none"))
        with st.container(horizontal=True):
            yes = form.button(here.t("case.identity_yes"), "case_identity_yes", type="primary")
            no = form.button(here.t("case.identity_no"), "case_identity_no")
    if yes or no:
        form.do("case.identity_checked", handling.check_identity, confirmed=yes)


def recognise(case: CaseView) -> None:
    """Of whoever wrote or called: how we know who it is."""
    here, form = visit(), Form("recognise", case.seen)
    if case.is_known:
        return
    with st.form(form.key("case_recognise"), border=False):
        form.top()
        st.write(here.t("case.recognise_help"))
        how = st.radio(
            here.t("register.recognised"),
            [each.value for each in Recognised if each is not Recognised.NOT_YET],
            index=None,
            format_func=lambda each: here.t(f"recognised.{each}"),
            key=form.key("case_recognised"),
        )
        form.at("recognised")
        sent = form.submit(here.t("case.recognise_button"), "case_recognise_submit")
    if sent:
        form.do("case.recognised", handling.recognise, how or "")


def announce_fee(case: CaseView) -> None:
    """A fee, said beforehand: only for what is shown to be unfounded or too much."""
    here, form = visit(), Form("announce_fee", case.seen)
    with st.form(form.key("case_fee"), border=False):
        form.top()
        st.write(here.t("case.fee_help"))
        amount = st.text_input(here.t("case.fee_amount"), key=form.key("case_fee_amount"), placeholder="12,50")
        form.at("amount")
        evidence = st.text_area(here.t("case.fee_evidence"), key=form.key("case_fee_evidence"))
        form.at("evidence")
        body = st.text_area(here.t("case.fee_why"), key=form.key("case_fee_body"))
        form.at("message")
        sent = form.submit(here.t("case.fee_button"), "case_fee_submit")
    if sent:
        form.do("case.sent", handling.announce_fee, amount, body, evidence=evidence)


def extend(case: CaseView) -> None:
    """Two months more: once, for one of two reasons, by the first due date."""
    here, form = visit(), Form("extend", case.seen)
    with st.form(form.key("case_extend"), border=False):
        form.top()
        st.write(here.t("case.extend_help", day=here.t.day(case.due_on)))
        reason = st.radio(
            here.t("case.extend_reason"),
            [each.value for each in ExtensionReason],
            index=None,
            format_func=lambda each: here.t(f"extension.{each}"),
            key=form.key("case_extend_reason"),
        )
        form.at("extension_reason")
        body = st.text_area(
            here.t("case.extend_words"), value=_template(case, Letter.EXTENSION), key=form.key("case_extend_body"), height=140
        )
        form.at("message")
        sent = form.submit(here.t("case.extend_button"), "case_extend_submit")
    if sent:
        form.do("case.extended", handling.extend, reason=reason or "", explanation=body)


def _template(case: CaseView, letter: Letter) -> str:
    return visit().ask(letters.template, letter, case.language)
