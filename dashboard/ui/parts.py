"""What pages share: the line on top, notices, problems beside fields, the gate in front of a page."""

from collections.abc import Mapping
from typing import Literal
from urllib.parse import quote

import streamlit as st

from dashboard.content import organisation
from dashboard.data_requests.lifecycle import Status
from dashboard.errors import BijsluiterError, InvalidInputError, TooManyTriesError
from dashboard.i18n import Language, Texts
from dashboard.settings import ProviderKind
from dashboard.ui import state
from dashboard.ui.here import Here, here

MINUTE = 60
Colour = Literal["red", "orange", "blue", "green", "gray"]

_STATUS_COLOUR: dict[Status, Colour] = {
    Status.UNVERIFIED: "orange",
    Status.WAITING_FOR_REQUESTER: "orange",
    Status.CLOSED: "green",
    Status.CLOSED_BY_SCHOOL: "green",
    Status.SCHOOL_DECIDED: "orange",
}
STATUS_ICON = {
    Status.UNVERIFIED: ":material/mark_email_unread:",
    Status.RECEIVED: ":material/inbox:",
    Status.IN_PROGRESS: ":material/pending:",
    Status.WAITING_FOR_REQUESTER: ":material/hourglass_top:",
    Status.CLOSED: ":material/task_alt:",
    Status.WITHDRAWN: ":material/undo:",
    Status.EXPIRED: ":material/timer_off:",
    Status.MERGED: ":material/merge:",
    Status.HANDED_TO_SCHOOL: ":material/school:",
    Status.SCHOOL_DECIDED: ":material/how_to_reg:",
    Status.CLOSED_BY_SCHOOL: ":material/task_alt:",
}


def chrome(now_here: Here, path: str) -> None:
    """The line on top of every page: language, and who is signed in."""
    t, actor = now_here.t, now_here.actor
    line = st.container(horizontal=True, horizontal_alignment="right", vertical_alignment="center", key="chrome")
    with st.sidebar.container(key="chrome_side") if actor.is_staff else line:
        if actor.signed_in:
            st.caption(t("chrome.signed_in", name=plain(actor.name)))
        other = Language.EN if t.language is Language.NL else Language.NL
        st.link_button(t("chrome.other_language"), f"/language/{other.value}?to={quote(_with_query(path))}", type="tertiary")
        if actor.signed_in:
            st.link_button(t("chrome.sign_out"), "/sign-out", type="tertiary")
    if notice := state.take_notice():
        st.success(notice, icon=":material/check_circle:")


def gate(*, staff: bool, path: str) -> None:
    """In place of a page that this visitor may not open."""
    t, actor = here().t, here().actor
    if actor.refusal:
        refusal_page()
        return
    st.title(t("gate.title"), anchor=False)
    if actor.signed_in:
        st.write(t("gate.not_yours"))
        return
    st.write(t("gate.staff" if staff else "gate.school"))
    sign_in_buttons(staff=staff, path=path)


def refusal_page() -> None:
    """For somebody who signed in and may go no further: why, and whom to ask."""
    now_here = here()
    t, refusal = now_here.t, now_here.actor.refusal
    if refusal is None:
        return
    st.title(t(f"refusal.{refusal.value}.title"), anchor=False)
    st.write(t(f"refusal.{refusal.value}.text"))
    st.write(t("refusal.contact", email=organisation().email))


def sign_in_buttons(*, staff: bool, path: str) -> None:
    """One button for each provider of that kind."""
    settings = here().portal.settings
    chosen = [p for p in settings.providers if (p.kind is ProviderKind.PUBLISHER) is staff]
    if not chosen:
        st.info(here().t("gate.no_provider"))
    for number, provider in enumerate(chosen):
        kind: Literal["primary", "secondary"] = "primary" if number == 0 else "secondary"
        st.link_button(
            here().t("gate.sign_in_with", provider=provider.label), f"/sign-in/{provider.name}?to={quote(path)}", type=kind
        )


def refused(error: BijsluiterError | None, t: Texts) -> None:
    """A refusal of the core in the reader's words, with a list when it is about fields."""
    if error is None:
        return
    if isinstance(error, InvalidInputError):
        summary(error.problems, t)
    elif isinstance(error, TooManyTriesError):
        st.error(t("error.too_many_tries", wait=waiting(error.wait_seconds, t)), icon=":material/error:")
    else:
        st.error(t(error.text_key), icon=":material/error:")


def summary(problems: Mapping[str, str], t: Texts) -> None:
    """What is wrong, on top."""
    if problems:
        lines = "\n".join(f"- {t(text_key)}" for text_key in problems.values())
        st.error(f"**{t('error.summary')}**\n\n{lines}", icon=":material/error:")


def beside(problems: Mapping[str, str], field: str, t: Texts) -> None:
    """The same sentence beside its field."""
    if field in problems:
        st.markdown(f":red[:material/error: {t(problems[field])}]")


def status_badge(status: Status, t: Texts) -> None:
    st.badge(t(f"status.{status.value}"), icon=STATUS_ICON[status], color=_STATUS_COLOUR.get(status, "blue"))


def waiting(seconds: int, t: Texts) -> str:
    """A wait in whole minutes, or seconds under one."""
    return t.count("wait.seconds", seconds) if seconds < MINUTE else t.count("wait.minutes", -(-seconds // MINUTE))


def staff_link(t: Texts) -> None:
    """The publisher's own people sign in here."""
    providers = here().portal.settings.providers
    for provider in (p for p in providers if p.kind is ProviderKind.PUBLISHER):
        st.link_button(t("home.staff_link"), f"/sign-in/{provider.name}?to=/desk", type="tertiary")


def by_letter(t: Texts) -> None:
    """The way without a screen."""
    o = organisation()
    with st.expander(t("letter.title"), icon=":material/mail:"):
        st.write(t("letter.intro"))
        st.text(f"{o.name}\n{t('letter.attention', department=o.department)}\n{o.postal_address}\n{o.postal_code}")
        st.write(t("letter.what"))


def plain(text: str) -> str:
    """Text of a person's for a place that reads markdown: every sign that means something there is escaped."""
    return "".join("\\" + sign if sign in r"\`*_{}[]()<>#+-.!|~$:" else sign for sign in text)


def file_size(size: int, t: Texts) -> str:
    return t("file.kilobytes", size=t.number(max(1, round(size / 1024))))


def _with_query(path: str) -> str:
    reference = st.query_params.get("ref", "")
    return f"{path}?ref={quote(reference)}" if path == "/case" and reference else path
