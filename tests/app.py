"""Pages through AppTest: the real entry script, a real database, and one seam, the function that reads a cookie."""

import re
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TypeVar

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Widget

from dashboard.accounts import service as accounts
from dashboard.clock import utc_now
from dashboard.db import transaction
from dashboard.demo.provider import configured, samples
from dashboard.insight import kept
from dashboard.permissions import VISITOR
from dashboard.portal import Portal
from dashboard.ui import folds, identity
from dashboard.web import cookies
from tests.acts import by
from tests.cases import BROWSER
from tests.conftest import ROOT

Open = Callable[..., AppTest]
W = TypeVar("W", bound=Widget)


def cookie_for(portal: Portal, provider: str, sub: str, now: datetime | None = None, /, **other: object) -> str:
    """Sign a sample user in, as the callback route would; `other` claims than the sample's make somebody else of them."""
    configured_one = next(each for each in configured(9000) if each.name == provider)
    sample = next(each for each in samples() if each["name"] == provider)
    user = next(each for each in sample["users"] if each["sub"] == sub)
    claims = {"iss": f"http://{provider}.example", "sub": sub, "name": user["name"], **user["claims"], **other}
    with transaction(portal.engine) as session:
        return accounts.sign_in(by(session, VISITOR, now or utc_now(), portal.settings), configured_one, claims)


def opener(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> Open:
    """A function that opens a page of this portal for somebody, in a language."""
    for module in ("dashboard.ui.navigation", "dashboard.ui.runtime", "dashboard.web.identity", "dashboard.web.responses"):
        monkeypatch.setattr(f"{module}.portal", lambda: portal, raising=False)

    def open_page(
        script: str = "public/home.py",
        *,
        session: str = "",
        language: str = "nl",
        query: dict[str, str] | None = None,
        folded: bool = False,
    ) -> AppTest:
        # AppTest can't unfold what folds. The browser tests do; so do those that ask for a page as it is drawn first.
        if not folded:
            monkeypatch.setattr(folds, "is_open", lambda _box, _key: True)
        jar = {cookies.SESSION: session, cookies.VISITOR: BROWSER, cookies.OPENING: BROWSER, cookies.LANGUAGE: language}
        monkeypatch.setattr(identity, "read_cookie", jar.get)
        # AppTest has no client: its address is a mock, another at every run.
        monkeypatch.setattr(identity, "read_address", lambda: "192.0.2.1")
        st.cache_resource.clear()
        kept.forget()
        at = AppTest.from_file(ROOT / "pages" / "navigation.py", default_timeout=30)
        for name, value in (query or {}).items():
            at.query_params[name] = value
        at.run()
        if script != "public/home.py":
            at.switch_page(f"{script}")
            for name, value in (query or {}).items():
                at.query_params[name] = value
            at.run()
        return at

    return open_page


def shown(at: AppTest) -> str:
    """Everything readable on the page."""
    kinds = ("title", "subheader", "markdown", "caption", "text", "error", "success", "info", "warning", "code")
    found = [element.value for kind in kinds for element in getattr(at, kind)]
    found += [button.label for button in at.button]
    found += [link.label for link in at.get("link_button")]
    return "\n".join(str(value) for value in found)


def named(widgets: Iterable[W], key: str) -> W:
    """The one widget of that name: a record's widgets end with the record, its version where they are bound to it, and a turn."""
    pattern = re.compile(rf"{re.escape(key)}(_[0-9a-f]{{8}}(-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}})?(_\d+)*")
    (found,) = (each for each in widgets if pattern.fullmatch(each.key or ""))
    return found


def button(at: AppTest, label: str) -> object:
    return next(each for each in at.button if each.label == label)
