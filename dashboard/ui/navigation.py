"""Every page with the capability it needs, and the menu that a person gets."""

import re
from collections.abc import Callable, Collection
from contextlib import suppress
from copy import copy
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from typing import Literal

import streamlit as st
from streamlit.navigation.page import Page
from streamlit.runtime.scriptrunner import StopException, get_script_run_ctx
from streamlit.util import calc_hash

from dashboard import refusals
from dashboard.clock import utc_now
from dashboard.errors import NotAllowedError
from dashboard.i18n import Texts, texts
from dashboard.permissions import Actor, Permission
from dashboard.portal import Reader, portal
from dashboard.ui import acting, chosen_files, gate, identity, parts, state, turns
from dashboard.ui.visit import Visit, arrive, visit

MARK = "/assets/wordmark.svg"


class Area(StrEnum):
    PUBLIC = "public"
    SCHOOL = "school"
    STAFF = "staff"


@dataclass(frozen=True, slots=True)
class PageSpec:
    """A page: its script under pages/, its address, and what one must be allowed to open it."""

    script: str
    path: str
    permission: Permission
    area: Area
    in_menu: bool = True
    wide: bool = False
    demo_only: bool = False
    # Where its address doesn't say how it is called.
    title: str = ""

    @property
    def title_key(self) -> str:
        return f"page.{self.title or self.path or 'home'}"


PAGES: tuple[PageSpec, ...] = (
    PageSpec("public/home.py", "", Permission.READ_PUBLIC, Area.PUBLIC),
    PageSpec("public/request.py", "request", Permission.SUBMIT_REQUEST, Area.PUBLIC),
    PageSpec("public/track.py", "track", Permission.ENTER_OWN_CASE, Area.PUBLIC),
    PageSpec("public/schools.py", "schools", Permission.READ_PUBLIC, Area.PUBLIC),
    PageSpec("public/documents.py", "documents", Permission.READ_PUBLIC, Area.PUBLIC, in_menu=False),
    PageSpec("public/verify.py", "verify", Permission.READ_PUBLIC, Area.PUBLIC, in_menu=False),
    PageSpec("public/statement.py", "statement", Permission.READ_PUBLIC, Area.PUBLIC),
    PageSpec("public/numbers.py", "numbers", Permission.READ_PUBLIC, Area.PUBLIC, in_menu=False),
    PageSpec("public/complaint.py", "complaint", Permission.READ_PUBLIC, Area.PUBLIC),
    PageSpec("public/accessibility.py", "accessibility", Permission.READ_PUBLIC, Area.PUBLIC, in_menu=False),
    PageSpec("public/children.py", "children", Permission.READ_PUBLIC, Area.PUBLIC, in_menu=False),
    PageSpec("public/sessions.py", "sessions", Permission.OWN_SESSIONS, Area.PUBLIC, in_menu=False),
    PageSpec("public/mailbox.py", "mailbox", Permission.READ_DEMO_MAILBOX, Area.PUBLIC, demo_only=True),
    PageSpec("school/annexes.py", "annexes", Permission.READ_OWN_ANNEXES, Area.SCHOOL, wide=True),
    PageSpec("school/notices.py", "notices", Permission.READ_OWN_ANNEXES, Area.SCHOOL),
    PageSpec("school/agreement.py", "agreement", Permission.READ_OWN_ANNEXES, Area.SCHOOL),
    PageSpec("school/handed.py", "handed", Permission.READ_HANDED_CASE, Area.SCHOOL),
    PageSpec("school/school.py", "school", Permission.MANAGE_OWN_SCHOOL, Area.SCHOOL),
    PageSpec("staff/setup.py", "setup", Permission.MANAGE_SCHOOLS, Area.STAFF),
    PageSpec("staff/desk.py", "desk", Permission.READ_DESK, Area.STAFF, wide=True),
    PageSpec("staff/case.py", "case", Permission.READ_CASE, Area.STAFF, in_menu=False, wide=True),
    PageSpec("staff/register.py", "register", Permission.HANDLE_CASE, Area.STAFF, in_menu=False, wide=True),
    PageSpec("staff/insight.py", "insight", Permission.READ_INSIGHT, Area.STAFF, wide=True),
    PageSpec("staff/catalogue.py", "catalogue", Permission.READ_CATALOGUE, Area.STAFF, wide=True),
    PageSpec("staff/annex.py", "annex", Permission.READ_CATALOGUE, Area.STAFF, in_menu=False),
    PageSpec("staff/subprocessors.py", "subprocessors", Permission.READ_NOTICES, Area.STAFF, wide=True),
    PageSpec("staff/schools.py", "directory", Permission.READ_SCHOOLS, Area.STAFF, wide=True),
    PageSpec("staff/access.py", "access", Permission.READ_SCHOOLS, Area.STAFF),
    PageSpec("staff/policy.py", "policy", Permission.READ_POLICY, Area.STAFF),
    PageSpec("staff/breaches.py", "breaches", Permission.READ_AUDIT, Area.STAFF),
    PageSpec("staff/audit.py", "audit", Permission.READ_AUDIT, Area.STAFF, wide=True),
)
_PATH = re.compile(r"[A-Za-z0-9_-]{1,60}")
PATHS = frozenset(spec.path for spec in PAGES if spec.path)


def run() -> None:
    """One run: the page that was asked for."""
    with turns.a_turn(identity.read_address()), Reader(portal()) as reader, suppress(StopException):
        page = current_page(reader)
        # A page that stops early has a foot as well.
        with suppress(StopException):
            page.run()
        parts.foot(visit())
        chosen_files.end_run()
    state.end_press()


def current_page(reader: Reader) -> Page:
    """Resolve who is here, build the pages they may open, and return the one that was asked for."""
    found, now = reader.portal, utc_now()
    actor = identity.actor(reader, now)
    t = texts(identity.language(found))
    here = Visit(t=t, actor=actor, now=now, reader=reader)
    state.begin_run()
    acting.begin_run()
    chosen_files.begin_run()
    arrive(here)
    specs = [spec for spec in PAGES if (found.settings.demo or not spec.demo_only) and actor.may(spec.permission)]
    built = {_page(spec, actor, t): spec for spec in specs}
    if closed := _closed({spec.path for spec in specs}, actor):
        built[st.Page(_gate(closed), title=t(closed.title_key), url_path=closed.path, visibility="hidden")] = closed
    arrive(replace(here, pages={spec.script: page for page, spec in built.items()}))
    chosen = st.navigation(_sections(built, actor), position="sidebar" if actor.is_staff else "top")
    spec = next((spec for page, spec in built.items() if page == chosen), PAGES[0])
    st.set_page_config(page_title=f"{t(spec.title_key)} · {t('site.name')}", layout="wide" if spec.wide else "centered")
    # By address: given a file, Streamlit reads and encodes it at every run.
    st.logo(f"{found.settings.base_url}{MARK}", size="large")
    parts.chrome(here, "/" + spec.path)
    return chosen


def _page(spec: PageSpec, actor: Actor, t: Texts) -> Page:
    menu: Literal["visible", "hidden"] = "visible" if spec.in_menu and _belongs(spec, actor) else "hidden"
    return copy(_script(spec.script, t(spec.title_key), spec.path, menu))


def _closed(open_paths: Collection[str], actor: Actor) -> PageSpec | None:
    """What was asked for and isn't this visitor's: it looks the same whether there is such a page or not, and nothing tells of
    the others. After signing in the same address leads on.
    """
    run = get_script_run_ctx()
    asked = run.pages_manager.intended_page_name if run else None
    if run and run.pages_manager.intended_page_script_hash:
        # A tab that was open before, by the digest of its page's address.
        asked = next((path for path in PATHS if calc_hash(path) == run.pages_manager.intended_page_script_hash), asked)
    if not asked or asked in open_paths or not _PATH.fullmatch(asked):
        return None
    if actor.signed_in and asked in PATHS and state.is_first_look(("closed", asked)):
        refusals.note(portal(), actor, f"page {asked}", NotAllowedError())
    return PageSpec("", asked, Permission.READ_PUBLIC, Area.PUBLIC, in_menu=False, title="gate")


@cache
def _script(script: str, title: str, path: str, visibility: Literal["visible", "hidden"]) -> Page:
    """A page to copy: making one looks its file up on disk, which at every run of every tab was half the time."""
    return st.Page(script, title=title, url_path=path or "home", default=not path, visibility=visibility)


def _belongs(spec: PageSpec, actor: Actor) -> bool:
    """Staff see the desk in their menu, a school its own pages, everybody else the public ones; those stand at the foot too."""
    if actor.is_staff:
        return spec.area is Area.STAFF or spec.demo_only
    if actor.is_of_school:
        return spec.area is Area.SCHOOL or spec.demo_only
    return spec.area is Area.PUBLIC


def _gate(spec: PageSpec) -> Callable[[], None]:
    def closed() -> None:
        gate.gate(path="/" + spec.path)

    closed.__name__ = f"gate_{spec.path}"
    return closed


def _sections(built: dict[Page, PageSpec], actor: Actor) -> list[Page]:
    """The menu's order: for staff the desk first, for a school its own pages."""
    if actor.is_staff:
        return sorted(built, key=lambda page: built[page].area is not Area.STAFF)
    if actor.is_of_school:
        return sorted(built, key=lambda page: built[page].area is not Area.SCHOOL)
    return list(built)
