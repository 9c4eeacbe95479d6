"""What pages share: the line on top, notices, problems beside fields, the gate in front of a page."""

import re
from collections.abc import Collection, Mapping
from datetime import date
from html import escape
from importlib.metadata import version
from typing import Literal
from urllib.parse import quote, urlencode, urlsplit

import streamlit as st

from dashboard.accounts.queries import names_of_scopes
from dashboard.accounts.service import choose_school, provider_of
from dashboard.content import organisation
from dashboard.data_requests.case.lifecycle import Status
from dashboard.errors import BijsluiterError, FreshSignInError, InvalidInputError, TooManyTriesError, TooMuchError
from dashboard.i18n import Language, Texts
from dashboard.ui import state
from dashboard.ui.visit import Visit, visit

MINUTE = 60
# What a reader of markdown takes for an address of a site, or for one to mail to; and a word joiner, which breaks no line.
_ADDRESS = re.compile(r"https?(?=:)|www(?=\.)|[\w.+-](?=@)", re.IGNORECASE)
_JOINED = "\u2060"
VERSION = version("bijsluiter")
FOOT = ("home", "request", "track", "documents", "statement", "children", "complaint", "accessibility")
Colour = Literal["red", "orange", "blue", "green", "gray"]

_STATUS_COLOUR: dict[Status, Colour] = {
    Status.UNVERIFIED: "orange",
    Status.WAITING_FOR_REQUESTER: "orange",
    Status.CLOSED: "green",
    Status.CLOSED_BY_SCHOOL: "green",
    Status.SCHOOL_ASKED: "orange",
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
    Status.SCHOOL_ASKED: ":material/hourglass_top:",
    Status.SCHOOL_DECIDED: ":material/how_to_reg:",
    Status.CLOSED_BY_SCHOOL: ":material/task_alt:",
}


def chrome(now_here: Visit, path: str) -> None:
    """The line on top of every page: language, and who is signed in."""
    t, actor = now_here.t, now_here.actor
    line = st.container(horizontal=True, horizontal_alignment="right", vertical_alignment="center", key="chrome")
    with st.sidebar.container(key="chrome_side") if actor.is_staff else line:
        if actor.signed_in:
            st.caption(t("chrome.signed_in", name=plain(actor.name)) if actor.name else t("chrome.signed_in_unnamed"))
        other = Language.EN if t.language is Language.NL else Language.NL
        st.link_button(t("chrome.other_language"), f"/language/{other.value}?to={back_to(path)}", type="tertiary")
        if actor.signed_in:
            st.link_button(t("chrome.sessions"), "/sessions", type="tertiary")
            st.link_button(t("chrome.sign_out"), "/sign-out", type="tertiary")
    if actor.choices:
        _schools(now_here)
    if keys := state.take_sent():
        sent(*keys)
    if notice := state.take_notice():
        with st.container(key="notice"):
            st.success(notice, icon=":material/check_circle:")


def foot(here: Visit) -> None:
    """Whose site this is, and the way to what stands in no menu of theirs. Our own script keeps its links in this tab."""
    if here.actor.is_staff:
        return
    t, o = here.t, organisation()
    links = " · ".join(f"[{t(f'page.{name}')}](/{name.removeprefix('home')})" for name in FOOT)
    with st.container(key="foot"):
        st.markdown(f"**{plain(o.name)}**, {plain(o.town)} · {plain(o.email)}  \n{links}")
        st.caption(f"{t('site.name')} {VERSION}")


def _schools(here: Visit) -> None:
    """Which of their schools somebody of several looks at."""
    keys = [scope.key for scope in here.actor.choices]
    names = here.ask(names_of_scopes)
    mine = here.actor.scope.key if here.actor.scope else keys[0]
    chosen = st.selectbox(
        here.t("chrome.school"),
        keys,
        index=keys.index(mine),
        format_func=lambda key: f"{names[key]} ({key})",
        key=f"chrome_school_{mine}",
    )
    if chosen != mine and here.attempt(choose_school, chosen).refusal is None:
        st.rerun()


def go_here(label: str, key: str, **query: str) -> None:
    """A link to another record on this same page. Streamlit's own would draw the other one and leave the address as it was."""
    if st.button(label, key=key, type="tertiary"):
        st.query_params.from_dict(query)
        st.rerun()


def follow(address: str, label: str) -> None:
    """A link in this tab that our own script follows by itself; by hand where there is none."""
    st.html(f'<a class="bijsluiter-follow" href="{address}" target="_self">{escape(label)}</a>')


def mark(name: str) -> None:
    """What isn't seen, for the style of the page: an own name, never a person's words."""
    st.html(f'<span class="{escape(name)}"></span>')


def sent(*keys: str) -> None:
    """What was typed in the boxes with these in their keys was sent: our script keeps it no longer."""
    st.html("".join(f'<span class="bijsluiter-sent" id="bijsluiter-sent-{key}"></span>' for key in keys))


def refused(error: BijsluiterError | None, t: Texts) -> None:
    """A refusal of the core in the reader's words, with a list when it is about fields."""
    if error is None:
        return
    if isinstance(error, InvalidInputError):
        list_of_problems(error.problems, t)
    elif isinstance(error, TooManyTriesError):
        st.error(t("error.too_many_tries", wait=waiting(error.wait_seconds, t)), icon=":material/error:")
    elif isinstance(error, TooMuchError):
        st.error(t("error.too_much", wait=waiting(error.wait_seconds, t)), icon=":material/error:")
    else:
        st.error(t(error.text_key), icon=":material/error:")
        if isinstance(error, FreshSignInError):
            _again(t)


def _again(t: Texts) -> None:
    """Sign in once more, where they did, and come back to this page."""
    path = urlsplit(st.context.url or "/").path
    address = f"/sign-in/{visit().ask(provider_of)}?to={back_to(path)}&again=1"
    st.link_button(t("fresh.again"), address, type="primary", icon=":material/login:")


def list_of_problems(problems: Mapping[str, str], t: Texts, *, linked: Collection[str] | bool = False) -> None:
    """What is wrong, on top; `linked`: each sentence, or that of these fields, leads to its field, where it stands too
    (`beside`). Our script does that, and brings the reader here.
    """
    if problems:
        said = {field: t(text_key) for field, text_key in problems.items()}
        leads = said.keys() if linked is True else set(linked or ())
        lines = "\n".join(f"- [{text}](#wrong_{field})" if field in leads else f"- {text}" for field, text in said.items())
        with st.container(key=f"wrong_summary_{'_'.join(said)}"):
            st.error(f"**{t('error.summary')}**\n\n{lines}", icon=":material/error:")


def beside(problems: Mapping[str, str], field: str, t: Texts) -> None:
    """The same sentence beside its field."""
    if field in problems:
        with st.container(key=f"wrong_{field}"):
            st.markdown(f":red[:material/error: {t(problems[field])}]")


def announced(text: str) -> None:
    """What came of typing, also for who doesn't see it: our script reads it out."""
    with st.container(key="announced"):
        st.caption(text)


def status_badge(status: Status, t: Texts) -> None:
    st.badge(t(f"status.{status.value}"), icon=STATUS_ICON[status], color=_STATUS_COLOUR.get(status, "blue"))


def waiting(seconds: int, t: Texts) -> str:
    """A wait in whole minutes, or seconds under one."""
    return t.count("wait.seconds", seconds) if seconds < MINUTE else t.count("wait.minutes", -(-seconds // MINUTE))


def by_letter(t: Texts) -> None:
    """The way without a screen."""
    o = organisation()
    with st.expander(t("letter.title"), icon=":material/mail:"):
        st.write(t("letter.intro"))
        st.text(f"{o.name}\n{t('letter.attention', department=o.department)}\n{o.postal_address}\n{o.postal_code}")
        st.write(t("letter.what"))


def plain(text: str) -> str:
    """Text of a person's for a place that reads markdown: every sign that means something there is escaped, and what looks like
    an address to click is parted by a sign that isn't seen. To escape that isn't enough: it is found after the rest was read.
    """
    parted = _ADDRESS.sub(lambda found: found.group() + _JOINED, text)
    return "".join("\\" + sign if sign in r"\`*_{}[]()<>#+-.!|~$:" else sign for sign in parted)


def days(begin: date, end: date | None, t: Texts) -> str:
    """From when to when, or from when on."""
    if end is None:
        return t("annexes.past_days_open", begin=t.short_day(begin))
    return t("annexes.past_days", begin=t.short_day(begin), end=t.short_day(end))


def file_size(size: int, t: Texts) -> str:
    return t("file.kilobytes", size=t.number(max(1, round(size / 1024))))


def back_to(path: str) -> str:
    """The page with everything its address says, to come back to: after signing in, or in another language."""
    asked = urlencode([(name, value) for name in st.query_params for value in st.query_params.get_all(name)])
    return quote(f"{path}?{asked}" if asked else path, safe="")
