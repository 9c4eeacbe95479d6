"""A case and others: handing it to a school, what came of that, links and duplicates."""

import streamlit as st

from dashboard.accounts.queries import find_schools
from dashboard.data_requests.case.rows import CaseView
from dashboard.data_requests.desk import bulk, handing_over
from dashboard.data_requests.desk.handing_over import HandTo
from dashboard.ui.acting import do
from dashboard.ui.here import here


def hand_over(case: CaseView) -> None:
    """To a school or board we know, and the person there who deals with it."""
    now = here()
    t, settings = now.t, now.portal.settings
    with st.expander(t("case.hand_over"), icon=":material/school:", key="open_case_hand_over"):
        st.write(t("case.hand_over_help"))
        typed = st.text_input(t("case.school_search"), value=case.school_name, key="case_school_search")
        found = now.ask(lambda session: find_schools(session, typed))
        options = {f"{each.kind}:{each.key}": f"{each.name} ({each.key})" for each in found}
        with st.form("case_hand_over", border=False):
            chosen = st.selectbox(
                t("case.school_known"),
                list(options),
                index=None,
                format_func=lambda key: options.get(key, key),
                placeholder=t("case.school_none"),
                key=f"case_school_{typed}",
            )
            other = st.text_input(t("case.school_other"), key="case_school_other", help=t("case.school_other_help"))
            name = st.text_input(t("case.contact_name"), key="case_contact_name")
            email = st.text_input(t("case.contact_email"), key="case_contact_email")
            sent = st.form_submit_button(t("case.hand_over_button"), type="primary", key="case_hand_over_submit")
    if sent:
        kind, _, key = (chosen or ":").partition(":")
        to = HandTo(
            name,
            email,
            brin=key if kind == "school" and not other.strip() else "",
            board=key if kind == "board" and not other.strip() else "",
            other=other,
        )
        do(
            lambda s: handing_over.hand_over(s, now.actor, case.id, to, version=case.version, settings=settings, now=now.now),
            "case.handed_over",
        )


def execute(case: CaseView) -> None:
    """The school decided: carry it out, then say so."""
    now = here()
    with st.container(border=True):
        st.markdown(f"**{now.t('case.execute')}**")
        st.caption(now.t("case.execute_help"))
        if st.button(now.t("case.execute_button"), key="case_execute", type="primary", icon=":material/task_alt:"):
            settings = now.portal.settings
            do(
                lambda s: handing_over.execute(s, now.actor, case.id, version=case.version, settings=settings, now=now.now),
                "case.executed",
            )


def close_by_school(case: CaseView) -> None:
    now = here()
    if st.button(now.t("case.close_by_school"), key="case_close_by_school", icon=":material/task_alt:"):
        settings = now.portal.settings
        do(
            lambda s: handing_over.close_by_school(s, now.actor, case.id, version=case.version, settings=settings, now=now.now),
            "case.closed",
        )


def merge(case: CaseView) -> None:
    """Link to another case, or close as its duplicate."""
    now = here()
    settings = now.portal.settings
    with st.expander(now.t("case.merge"), icon=":material/merge:", key="open_case_merge"), st.form("case_merge", border=False):
        st.write(now.t("case.merge_help"))
        reference = st.text_input(now.t("track.reference"), key="case_merge_reference", placeholder="BS-123-456-789")
        with st.container(horizontal=True):
            linked = st.form_submit_button(now.t("case.link_button"), key="case_link_submit")
            merged = st.form_submit_button(now.t("case.merge_button"), key="case_merge_submit")
    if linked:
        do(
            lambda s: bulk.link(s, now.actor, case.id, reference, now=now.now),
            "case.linked",
            "case_merge_reference",
        )
    if merged:
        do(
            lambda s: bulk.merge(s, now.actor, case.id, reference, version=case.version, settings=settings, now=now.now),
            "case.merged",
            "case_merge_reference",
        )
