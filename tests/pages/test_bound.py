"""What stands in the address: every such choice with a good, an unknown and a malformed value, and then changed once."""

import ast
from datetime import timedelta

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.accounts.queries import desk_people
from dashboard.clock import local_day, utc_now
from dashboard.permissions import SYSTEM
from dashboard.portal import Portal
from tests.app import Open, cookie_for, named
from tests.conftest import ROOT
from tests.pages.test_staff import agent, received

TODAY = local_day(utc_now())
LATER = TODAY + timedelta(days=40)
BOARD, DESK, OFFICER = ("entra", "bestuur"), ("medewerkers", "behandelaar"), ("medewerkers", "functionaris")
# Page and parameter: who, another good value, and how its widget is changed.
CHOICES: dict[tuple[str, str], tuple[tuple[str, str], str, str]] = {
    ("school/annexes.py", "day"): (BOARD, LATER.isoformat(), "date_input"),
    ("school/annexes.py", "for"): (BOARD, "90AB", "selectbox"),
    ("staff/desk.py", "desk_view"): (DESK, "overdue", "radio"),
    ("staff/desk.py", "desk_right"): (DESK, "erasure", "multiselect"),
    ("staff/desk.py", "desk_status"): (DESK, "closed", "multiselect"),
    ("staff/desk.py", "desk_handler"): (DESK, "", "selectbox"),
    ("staff/desk.py", "desk_order"): (DESK, "received", "selectbox"),
    ("staff/insight.py", "view"): (DESK, "volumes", "radio"),
    ("staff/insight.py", "period"): (DESK, "last_year", "selectbox"),
    ("staff/insight.py", "beside"): (DESK, "year", "selectbox"),
    ("staff/insight.py", "right"): (DESK, "erasure", "selectbox"),
    ("staff/insight.py", "role"): (DESK, "teacher", "selectbox"),
    ("staff/insight.py", "channel"): (DESK, "letter", "selectbox"),
    ("staff/audit.py", "who"): (OFFICER, "system", "selectbox"),
    ("staff/audit.py", "what"): (OFFICER, "case.read", "selectbox"),
    ("staff/audit.py", "outcome"): (OFFICER, "denied", "selectbox"),
    ("staff/audit.py", "about"): (OFFICER, "90AD", "text_input"),
    ("staff/schools.py", "school_search"): (DESK, "Voorbeeld", "text_input"),
}
BAD = ("zzzz", "", "2026-02-31", "Te laat (1)", "%00<script>", "9" * 200, "[]")


def _widget(at: AppTest, kind: str, key: str) -> object:
    return named(getattr(at, kind), key)


def _chosen(at: AppTest, kind: str, key: str) -> object:
    value = _widget(at, kind, key).value  # type: ignore[attr-defined]
    return value.isoformat() if kind == "date_input" else value


def _choose(at: AppTest, kind: str, key: str, value: str) -> None:
    wanted: object = LATER if kind == "date_input" else [value] if kind == "multiselect" else value
    _widget(at, kind, key).set_value(wanted)  # type: ignore[attr-defined]
    at.run()


def test_every_choice_that_stands_in_the_address_is_tried_here() -> None:
    found, bound = set(), []
    for path in (*(ROOT / "dashboard" / "ui").rglob("*.py"), *(ROOT / "pages").rglob("*.py")):
        tree = ast.parse(path.read_text("utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.keyword) and node.arg == "bind":
                bound.append(path.name)
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "bound.keep" and isinstance(node.args[0], ast.Constant):
                found.add(node.args[0].value)
    # Streamlit's own binding keeps words and fails beside a parameter of ours.
    assert bound == []
    assert found | {"desk_right", "desk_status", "period", "beside", "right", "role", "channel", "who", "what", "outcome"} == {
        name for _, name in CHOICES
    }


@pytest.mark.parametrize(("page", "name"), sorted(CHOICES))
def test_a_choice_in_the_address_is_taken_when_it_is_one_kept_when_changed_and_dropped_when_unknown(
    open_page: Open, school_portal: Portal, page: str, name: str
) -> None:
    who, given, kind = CHOICES[page, name]
    received(school_portal)
    session = cookie_for(school_portal, *who)
    plain = open_page(page, session=session)
    default, good = _chosen(plain, kind, name), given or _person(school_portal)
    _try(open_page(page, session=session, query={name: good}), kind, name, [good] if kind == "multiselect" else good)
    for bad in BAD:
        at = open_page(page, session=session, query={name: bad})
        assert not at.exception, bad
        if kind != "text_input":
            assert _chosen(at, kind, name) == default, bad
            assert name not in at.query_params, bad
        _choose(at, kind, name, good)
        _try(at, kind, name, [good] if kind == "multiselect" else good)


def _try(at: AppTest, kind: str, name: str, value: object) -> None:
    assert not at.exception
    assert _chosen(at, kind, name) == value
    assert _address(at, name) == ([value] if isinstance(value, str) else value)
    at.run()
    assert not at.exception
    assert _chosen(at, kind, name) == value


def _address(at: AppTest, name: str) -> list[str]:
    found = at.query_params[name]
    return [found] if isinstance(found, str) else list(found)


def _person(portal: Portal) -> str:
    with portal.look(SYSTEM) as act:
        return desk_people(act)[0].id


def test_a_day_and_a_part_in_one_address_can_each_be_changed(open_page: Open, school_portal: Portal) -> None:
    session = cookie_for(school_portal, *BOARD)
    at = open_page("school/annexes.py", session=session, query={"day": LATER.isoformat()})
    _choose(at, "selectbox", "for", "90AB")
    assert not at.exception
    assert (_address(at, "day"), _address(at, "for")) == ([LATER.isoformat()], ["90AB"])
    for both in ({"for": "zzzz", "day": LATER.isoformat()}, {"for": "90AB", "day": "gisteren"}):
        at = open_page("school/annexes.py", session=session, query=both)
        assert not at.exception
        at.run()
        assert not at.exception
    assert _address(at, "for") == ["90AB"]


@pytest.mark.parametrize("language", ["nl", "en"])
def test_a_saved_view_is_the_same_in_any_language_and_with_any_count(
    open_page: Open, school_portal: Portal, language: str
) -> None:
    at = open_page("staff/desk.py", session=agent(school_portal), language="nl")
    _choose(at, "radio", "desk_view", "mine")
    assert _address(at, "desk_view") == ["mine"]
    received(school_portal)
    at.run()
    assert _chosen(at, "radio", "desk_view") == "mine"
    again = open_page("staff/desk.py", session=agent(school_portal), language=language, query={"desk_view": "mine"})
    assert _chosen(again, "radio", "desk_view") == "mine"


def test_an_address_that_changes_by_itself_is_followed(open_page: Open, school_portal: Portal) -> None:
    at = open_page("staff/desk.py", session=agent(school_portal))
    _choose(at, "radio", "desk_view", "mine")
    del at.query_params["desk_view"]
    at.run()
    assert _chosen(at, "radio", "desk_view") == "open"
