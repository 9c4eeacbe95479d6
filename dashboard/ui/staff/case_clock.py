"""The clock of a case: asking with a pause, doubt about identity, more time."""

import streamlit as st

from dashboard.data_requests.case.model import ExtensionReason, FilePurpose
from dashboard.data_requests.case.rows import CaseView
from dashboard.data_requests.desk import handling
from dashboard.data_requests.outgoing import letters
from dashboard.data_requests.outgoing.letters import Letter
from dashboard.ui.acting import do
from dashboard.ui.here import here


def pause(case: CaseView) -> None:
    """Ask what must be known to begin: the clock may stand still."""
    now = here()
    settings = now.portal.settings
    with (
        st.expander(now.t("case.pause"), icon=":material/pause_circle:", key="open_case_pause"),
        st.form("case_pause", border=False),
    ):
        st.write(now.t("case.pause_help"))
        body = st.text_area(now.t("case.message"), value=_template(case, Letter.SPECIFY), key="case_pause_body", height=160)
        sent = st.form_submit_button(now.t("case.pause_button"), key="case_pause_submit")
    if sent:
        do(
            lambda s: handling.pause(s, now.actor, case.id, body, version=case.version, settings=settings, now=now.now),
            "case.sent",
            "case_pause_body",
        )


def doubt_identity(case: CaseView) -> None:
    """Only with a recorded doubt."""
    now = here()
    settings = now.portal.settings
    with st.expander(now.t("case.doubt"), icon=":material/badge:", key="open_case_doubt"), st.form("case_doubt", border=False):
        st.write(now.t("case.doubt_help"))
        doubt = st.text_area(now.t("case.doubt_reason"), key="case_doubt_reason")
        body = st.text_area(now.t("case.message"), value=_template(case, Letter.IDENTITY), key="case_doubt_body", height=220)
        sent = st.form_submit_button(now.t("case.doubt_button"), key="case_doubt_submit")
    if sent:
        do(
            lambda s: handling.doubt_identity(
                s, now.actor, case.id, doubt=doubt, question=body, version=case.version, settings=settings, now=now.now
            ),
            "case.sent",
            "case_doubt_reason",
            "case_doubt_body",
        )


def check_identity(case: CaseView) -> None:
    """Look at the proof, say what it showed; it is deleted at once."""
    now = here()
    with st.container(border=True):
        st.markdown(f"**{now.t('case.check_identity')}**")
        for doubt in case.staff.doubts if case.staff else ():
            if not doubt.settled:
                st.text(doubt.reason)
        proofs = [file for message in case.messages for file in message.files if file.purpose is FilePurpose.IDENTITY]
        st.caption(now.t("case.check_identity_help" if proofs else "case.check_identity_none"))
        with st.container(horizontal=True):
            yes = st.button(now.t("case.identity_yes"), key="case_identity_yes", type="primary")
            no = st.button(now.t("case.identity_no"), key="case_identity_no")
    if yes or no:
        shelf = now.portal.shelf
        do(
            lambda s: handling.check_identity(
                s, now.actor, case.id, confirmed=yes, shelf=shelf, version=case.version, now=now.now
            ),
            "case.identity_checked",
        )


def extend(case: CaseView) -> None:
    """Two months more: once, for one of two reasons, by the first due date."""
    now = here()
    settings = now.portal.settings
    with (
        st.expander(now.t("case.extend"), icon=":material/more_time:", key="open_case_extend"),
        st.form("case_extend", border=False),
    ):
        st.write(now.t("case.extend_help", day=now.t.day(case.due_on)))
        reason = st.radio(
            now.t("case.extend_reason"),
            [each.value for each in ExtensionReason],
            index=None,
            format_func=lambda each: now.t(f"extension.{each}"),
            key="case_extend_reason",
        )
        body = st.text_area(
            now.t("case.extend_words"), value=_template(case, Letter.EXTENSION), key="case_extend_body", height=140
        )
        sent = st.form_submit_button(now.t("case.extend_button"), key="case_extend_submit")
    if sent:
        do(
            lambda s: handling.extend(
                s,
                now.actor,
                case.id,
                reason=reason or "",
                explanation=body,
                version=case.version,
                settings=settings,
                now=now.now,
            ),
            "case.extended",
            "case_extend_reason",
            "case_extend_body",
        )


def _template(case: CaseView, letter: Letter) -> str:
    return here().ask(lambda session: letters.template(session, letter, case.language))
