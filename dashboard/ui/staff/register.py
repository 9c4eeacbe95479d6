"""The form in which staff enter a request that came by post, telephone or mail."""

from collections.abc import Callable
from functools import partial
from typing import Any

import streamlit as st

from dashboard.annexes.catalogue import product_names
from dashboard.data_requests.case.terms import Channel, Recognised
from dashboard.data_requests.desk import registering
from dashboard.data_requests.desk.registering import Registration
from dashboard.data_requests.law.rights import RequesterRole, Right, Subject
from dashboard.data_requests.requester.intake import BOTH, NewRequest
from dashboard.errors import InvalidInputError
from dashboard.i18n import Language
from dashboard.ui import parts, state
from dashboard.ui.visit import visit

# Of whom asks for another, or about learning material: folded away until one is wrong.
_MORE = {
    "school_name": "request.what.school",
    "subject_name": "register.about",
    "born_on": "register.born",
    "wrong_field": "request.what.wrong",
    "right_value": "request.what.right",
}
_OTHERS = (
    "channel",
    "received_on",
    "rights",
    "role",
    "subject",
    "explanation",
    "name",
    "email",
    "postal_address",
    "recognised",
    "language",
    "product",
)
# What is said to a requester about their own form is said to staff about the requester.
TO_STAFF = {
    f"invalid.{what}": f"register.invalid.{what}"
    for what in (
        "rights",
        "role",
        "explanation_long",
        "name",
        "subject_name_parent",
        "subject_name_agent",
        "age_pupil",
        "age_parent",
        "authorisation",
    )
}
_KEYS = tuple(f"register_{field}" for field in (*_OTHERS, *_MORE, "authorisation"))


def form() -> None:
    here = visit()
    problems = {field: TO_STAFF.get(problem, problem) for field, problem in state.take_problems().items()}
    with st.form("register", border=False):
        parts.list_of_problems(problems, here.t, linked=True)
        entered = _entered(problems)
        sent = st.form_submit_button(here.t("register.send"), type="primary", key="register_submit")
    if not sent:
        return
    attempt = here.attempt(registering.register, entered, key=state.form_key())
    if attempt.result:
        state.clear((*_KEYS, state.FORM_KEY))
        state.leave_sent("register_")
        state.leave_notice(here.t("register.done", references=", ".join(attempt.result)))
        st.switch_page(visit().pages["staff/case.py"], query_params={"ref": attempt.result[0]})
    if isinstance(attempt.refusal, InvalidInputError):
        state.note_problems(attempt.refusal.problems)
        st.rerun()
    parts.refused(attempt.refusal, here.t)


def _entered(problems: dict[str, str]) -> Registration:
    here, ask = visit(), partial(_ask, problems)
    t = here.t
    choice = partial(ask, index=None, placeholder=t("choose"))
    left, right = st.columns(2)
    with left:
        channels = [channel.value for channel in Channel if channel is not Channel.FORM]
        channel = ask("channel", st.radio, "register.channel", channels, index=None, horizontal=True, words="channel.{}")
        day = {"placeholder": t("register.received_example"), "help": t("register.received_help")}
        received_on = ask("received_on", st.text_input, "register.received", **day)
        asked = {
            "rights": ask(
                "rights", st.multiselect, "register.rights", list(Right), words="right.{}.title", placeholder=t("choose")
            ),
            "role": choice("role", st.selectbox, "register.role", list(RequesterRole), words="role.{}") or "",
            "subject": choice("subject", st.selectbox, "register.subject", [*Subject, BOTH], words="subject.{}") or "",
            "explanation": ask("explanation", st.text_area, "register.explanation", height=160),
        }
    with right:
        asked |= {"name": ask("name", st.text_input, "register.name"), "email": ask("email", st.text_input, "register.email")}
        address = ask("postal_address", st.text_area, "register.address", height=100, help=t("register.address_help"))
        unfold = any(field in problems for field in (*_MORE, "authorisation"))
        with st.expander(t("register.more"), expanded=unfold, key="open_register_more"):
            hints = {"born_on": {"placeholder": t("request.about.born_example")}}
            asked |= {field: ask(field, st.text_input, label, **hints.get(field, {})) for field, label in _MORE.items()}
            authorised = ask("authorisation", st.checkbox, "register.authorised")
        recognised = ask("recognised", st.radio, "register.recognised", list(Recognised), index=None, words="recognised.{}")
        names = here.ask(product_names)
        asked["product"] = choice("product", st.selectbox, "register.product", list(names), format_func=names.__getitem__) or ""
        language = ask("language", st.radio, "register.language", list(Language), horizontal=True, words="register.language.{}")
    request = NewRequest(**{**asked, "rights": tuple(asked["rights"]), "language": Language.or_default(language)})
    return Registration(request, channel or "", received_on, address, authorised, recognised or "")


def _ask(problems: dict[str, str], field: str, draw: Callable[..., Any], label: str, *options: Any, **others: Any) -> Any:
    """A field with its label, and what is wrong with it beside it; `words` names the text of each option."""
    t, words = visit().t, others.pop("words", None)
    if words:
        others["format_func"] = lambda option: t(words.format(option))
    given = draw(t(label), *[[str(option) for option in each] for each in options], key=f"register_{field}", **others)
    parts.beside(problems, field, t)
    return given
