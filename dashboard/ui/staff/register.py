"""The form in which staff enter a request that came by post, telephone or mail."""

from typing import Any

import streamlit as st

from dashboard.data_requests.case.terms import Channel
from dashboard.data_requests.desk import registering
from dashboard.data_requests.desk.registering import Registration
from dashboard.data_requests.law.rights import RequesterRole, Right, Subject
from dashboard.data_requests.requester.intake import BOTH, NewRequest
from dashboard.errors import InvalidInputError
from dashboard.i18n import Language
from dashboard.ui import parts, state
from dashboard.ui.visit import visit

_KEYS = (
    "register_channel",
    "register_received",
    "register_rights",
    "register_role",
    "register_subject",
    "register_explanation",
    "register_name",
    "register_email",
    "register_address",
    "register_school",
    "register_about",
    "register_born",
    "register_wrong",
    "register_right_value",
    "register_language",
    "register_authorised",
)


def form() -> None:
    here = visit()
    problems = state.take_problems()
    with st.form("register", border=False):
        parts.list_of_problems(problems, here.t)
        entered = _fields(problems)
        sent = st.form_submit_button(here.t("register.send"), type="primary", key="register_submit")
    if not sent:
        return
    attempt = here.attempt(registering.register, entered, key=state.form_key())
    if attempt.result:
        state.clear((*_KEYS, state.FORM_KEY))
        state.leave_notice(here.t("register.done", references=", ".join(attempt.result)))
        st.switch_page(visit().pages["staff/case.py"], query_params={"ref": attempt.result[0]})
    if isinstance(attempt.refusal, InvalidInputError):
        state.note_problems(attempt.refusal.problems)
        st.rerun()
    parts.refused(attempt.refusal, here.t)


def _fields(problems: dict[str, str]) -> Registration:
    left, right = st.columns(2)
    with left:
        asked = _asked(problems)
    with right:
        whom = _whom(problems)
        more = _more(problems)
    t = visit().t
    language = right.radio(
        t("register.language"),
        [each.value for each in Language],
        horizontal=True,
        format_func=lambda each: t(f"register.language.{each}"),
        key="register_language",
    )
    request = NewRequest(
        rights=tuple(asked["rights"]),
        role=asked["role"] or "",
        subject=asked["subject"] or "",
        explanation=asked["explanation"],
        name=whom["name"],
        email=whom["email"],
        language=Language.or_default(language),
        school_name=more["school_name"],
        subject_name=more["subject_name"],
        born_on=more["born_on"],
        wrong_field=more["wrong_field"],
        right_value=more["right_value"],
    )
    return Registration(request, asked["channel"] or "", asked["received"], whom["address"], bool(more["authorised"]))


def _asked(problems: dict[str, str]) -> dict[str, Any]:
    t = visit().t
    found: dict[str, Any] = {}
    channels = [channel.value for channel in Channel if channel is not Channel.FORM]
    found["channel"] = st.radio(
        t("register.channel"),
        channels,
        index=None,
        horizontal=True,
        format_func=lambda channel: t(f"channel.{channel}"),
        key="register_channel",
    )
    parts.beside(problems, "channel", t)
    found["received"] = st.text_input(
        t("register.received"),
        key="register_received",
        placeholder=t("register.received_example"),
        help=t("register.received_help"),
    )
    parts.beside(problems, "received_on", t)
    found["rights"] = st.multiselect(
        t("register.rights"),
        [right.value for right in Right],
        format_func=lambda right: t(f"right.{right}.title"),
        placeholder=t("choose"),
        key="register_rights",
    )
    parts.beside(problems, "rights", t)
    found["role"] = st.selectbox(
        t("request.whose.role"),
        [role.value for role in RequesterRole],
        index=None,
        format_func=lambda role: t(f"role.{role}"),
        placeholder=t("choose"),
        key="register_role",
    )
    parts.beside(problems, "role", t)
    found["subject"] = st.selectbox(
        t("request.whose.subject"),
        [*(subject.value for subject in Subject), BOTH],
        index=None,
        format_func=lambda subject: t(f"subject.{subject}"),
        placeholder=t("choose"),
        key="register_subject",
    )
    parts.beside(problems, "subject", t)
    found["explanation"] = st.text_area(t("register.explanation"), key="register_explanation", height=160)
    parts.beside(problems, "explanation", t)
    return found


def _whom(problems: dict[str, str]) -> dict[str, str]:
    t = visit().t
    found = {"name": st.text_input(t("register.name"), key="register_name")}
    parts.beside(problems, "name", t)
    found["email"] = st.text_input(t("register.email"), key="register_email")
    parts.beside(problems, "email", t)
    found["address"] = st.text_area(t("register.address"), key="register_address", height=100, help=t("register.address_help"))
    parts.beside(problems, "postal_address", t)
    return found


def _more(problems: dict[str, str]) -> dict[str, str]:
    t = visit().t
    fields = ("authorisation", "school_name", "subject_name", "born_on", "wrong_field", "right_value")
    with st.expander(t("register.more"), expanded=any(field in problems for field in fields), key="open_register_more"):
        found = {
            "school_name": st.text_input(t("request.what.school"), key="register_school"),
            "subject_name": st.text_input(t("register.about"), key="register_about"),
            "born_on": st.text_input(t("register.born"), key="register_born", placeholder=t("request.about.born_example")),
            "wrong_field": st.text_input(t("request.what.wrong"), key="register_wrong"),
            "right_value": st.text_input(t("request.what.right"), key="register_right_value"),
        }
        authorised = st.checkbox(t("register.authorised"), key="register_authorised")
        for field in fields:
            parts.beside(problems, field, t)
    return {**found, "authorised": "yes" if authorised else ""}
