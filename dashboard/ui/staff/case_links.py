"""A case and others: handing it to a school, what came of that, links and duplicates."""

import streamlit as st

from dashboard.accounts.finding import find_schools
from dashboard.data_requests.case.rows import CaseView
from dashboard.data_requests.desk import bulk, handing_over
from dashboard.data_requests.desk.handing_over import HandTo
from dashboard.ui.acting import Form
from dashboard.ui.visit import visit


def hand_over(case: CaseView) -> None:
    """To a school or board we know, and the person there who deals with it."""
    here, form = visit(), Form("hand_over", case.seen)
    t = here.t
    st.write(t("case.hand_over_help"))
    typed = st.text_input(t("case.school_search"), value=case.school_name, key=form.key("case_school_search"))
    found = here.ask(find_schools, typed)
    options = {f"{each.kind}:{each.key}": f"{each.name} ({each.key})" for each in found}
    with st.form(form.key("case_hand_over"), border=False):
        chosen = st.selectbox(
            t("case.school_known"),
            list(options),
            index=None,
            format_func=lambda key: options.get(key, key),
            placeholder=t("case.school_none"),
            key=form.key(f"case_school_{typed}"),
        )
        other = st.text_input(t("case.school_other"), key=form.key("case_school_other"), help=t("case.school_other_help"))
        name = st.text_input(t("case.contact_name"), key=form.key("case_contact_name"))
        email = st.text_input(t("case.contact_email"), key=form.key("case_contact_email"))
        sent = form.submit(t("case.hand_over_button"), "case_hand_over_submit", type="primary")
    if sent:
        kind, _, key = (chosen or ":").partition(":")
        to = HandTo(
            name,
            email,
            brin=key if kind == "school" and not other.strip() else "",
            board=key if kind == "board" and not other.strip() else "",
            other=other,
        )
        form.do("case.handed_over", handing_over.hand_over, to)


def execute(case: CaseView) -> None:
    """The school decided: carry it out, then say so."""
    here, form = visit(), Form("execute", case.seen)
    with st.container(border=True):
        st.markdown(f"**{here.t('case.execute')}**")
        st.caption(here.t("case.execute_help"))
        if form.button(here.t("case.execute_button"), "case_execute", type="primary", icon=":material/task_alt:"):
            form.do("case.executed", handing_over.execute)


def close_by_school(case: CaseView) -> None:
    """The school answered by itself."""
    here, form = visit(), Form("close_by_school", case.seen)
    with st.form(form.key("case_close_by_school"), border=False):
        day = st.text_input(
            here.t("case.answered_on"), key=form.key("case_answered_on"), placeholder=here.t("register.received_example")
        )
        sent = form.submit(here.t("case.close_by_school"), "case_close_by_school_submit")
    if sent:
        form.do("case.closed", handing_over.close_by_school, day)


def take_back(case: CaseView) -> None:
    here, form = visit(), Form("take_back", case.seen)
    st.write(here.t("case.take_back_help"))
    if form.button(here.t("case.take_back"), "case_back"):
        form.do("case.taken_back", handing_over.take_back)


def merge(case: CaseView) -> None:
    """Link to another case, or close as its duplicate."""
    here, form = visit(), Form("merge", case.seen)
    with st.form(form.key("case_merge"), border=False):
        st.write(here.t("case.merge_help"))
        reference = st.text_input(here.t("track.reference"), key=form.key("case_merge_reference"), placeholder="BS-123-456-789")
        with st.container(horizontal=True):
            linked = form.submit(here.t("case.link_button"), "case_link_submit")
            merged = form.submit(here.t("case.merge_button"), "case_merge_submit")
    if linked:
        form.do("case.linked", bulk.link, reference)
    if merged:
        form.do("case.merged", bulk.merge, reference)
