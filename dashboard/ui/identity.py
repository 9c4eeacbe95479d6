"""Who looks at this page: cookies, address and language of the browser, resolved anew at every run."""

from datetime import datetime

import streamlit as st

from dashboard.accounts import service as accounts
from dashboard.data_requests.requester import entering
from dashboard.i18n import Language
from dashboard.networks import network_of
from dashboard.permissions import VISITOR, Actor
from dashboard.portal import Portal, Reader
from dashboard.ui import turns
from dashboard.web import cookies
from dashboard.web.identity import preferred


def read_cookie(name: str) -> str | None:
    """The one seam: tests without a browser put their cookie here."""
    return st.context.cookies.get(name)


def read_address() -> str:
    return network_of(st.context.ip_address or "local")


def language(portal: Portal) -> Language:
    chosen = read_cookie(cookies.name_of(cookies.LANGUAGE, portal.settings))
    return Language.or_default(chosen) if chosen else preferred(st.context.headers.get("Accept-Language", ""))


def visitor(portal: Portal) -> str | None:
    """The random number under which this browser's drafts and its receipt are kept."""
    return read_cookie(cookies.name_of(cookies.VISITOR, portal.settings))


def opening(portal: Portal) -> str | None:
    """The random number that ties an opened request to this browser, until it is closed or another one opened."""
    return read_cookie(cookies.name_of(cookies.OPENING, portal.settings))


def actor(reader: Reader, now: datetime) -> Actor:
    """The person signed in, or a visitor. Writes the last use, but not at every run."""
    cookie = read_cookie(cookies.name_of(cookies.SESSION, reader.portal.settings))
    if not cookie:
        return VISITOR
    act = reader.act(VISITOR, now)
    found = accounts.resolve(act, cookie)
    if found.signed_in and accounts.needs_touch(act, cookie):
        with turns.stepping_aside(reader), reader.portal.act(found, now) as writing:
            accounts.touch(writing)
    return found


def requester(reader: Reader, now: datetime) -> Actor:
    """The requester whose case this browser opened, or a visitor. Writes the last use, but not at every run."""
    cookie = opening(reader.portal)
    if not cookie:
        return VISITOR
    act = reader.act(VISITOR, now)
    found = entering.resolve_requester(act, cookie)
    if entering.needs_touch(act, cookie):
        with turns.stepping_aside(reader), reader.portal.act(found, now) as writing:
            entering.touch_grant(writing, cookie)
    return found
