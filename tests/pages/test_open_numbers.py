"""Numbers for everybody: only where the publisher chose so, and none by which one of a few could be found."""

from datetime import date, datetime

import pytest
from sqlalchemy import Engine

from dashboard.act import Seen
from dashboard.data_requests.desk.watched import Chosen
from dashboard.data_requests.law.rights import Right
from dashboard.db import reading, transaction
from dashboard.demo import seed
from dashboard.errors import InvalidInputError
from dashboard.insight import overview
from dashboard.insight.open_numbers import OpenNumbers, hidden, last_year, open_numbers
from dashboard.permissions import SYSTEM, VISITOR
from dashboard.policy.service import set_rule
from dashboard.portal import Portal
from dashboard.settings import Settings
from tests.acts import NOW, by
from tests.app import Open, cookie_for, opener
from tests.people import OFFICER


def opened(engine: Engine, now: datetime) -> None:
    with transaction(engine) as session:
        set_rule(by(session, OFFICER, now), Seen("open_numbers"), YES, reason="Wij laten zien hoe het gaat")


def shown(engine: Engine, now: datetime) -> OpenNumbers | None:
    with reading(engine) as session:
        return open_numbers(by(session, VISITOR, now))


def test_nothing_is_shown_until_somebody_chooses_so(engine: Engine, settings: Settings, now: datetime) -> None:
    with transaction(engine) as session:
        seed.requests(by(session, SYSTEM, now, settings), 200, seed=4)
    assert shown(engine, now) is None
    opened(engine, now)
    found = shown(engine, now)
    assert found
    with reading(engine) as session:
        went = overview.went(by(session, OFFICER, now), found.chosen)
    assert (found.received, found.answered) == (went.received, went.answered)
    assert (found.on_time, found.median_days) == (went.on_time_percent, went.median_days)


def test_a_portal_with_few_requests_shows_that_they_are_few(engine: Engine, settings: Settings, now: datetime) -> None:
    with transaction(engine) as session:
        seed.requests(by(session, SYSTEM, now, settings), 4, seed=4)
    opened(engine, now)
    found = shown(engine, now)
    assert found
    assert (found.received, found.answered, found.on_time, found.median_days) == (None, None, None, None)
    assert all(number is None for _, number in found.by_right)


YES = True
A, E, R = Right.ACCESS, Right.ERASURE, Right.RECTIFICATION


@pytest.mark.parametrize(
    ("numbers", "wanted"),
    [
        ({A: 10, E: 7, R: 6}, {A: 10, R: 6, E: 7}),
        # One alone could be worked out from the sum.
        ({A: 10, E: 3, R: 6}, {A: 10, R: None, E: None}),
        ({A: 10, E: 3, R: 4}, {A: 10, R: None, E: None}),
        ({A: 10, E: 0}, {A: 10}),
        ({A: 4}, {A: None}),
        ({A: 5}, {A: 5}),
        ({}, {}),
    ],
)
def test_few_are_hidden_and_never_one_alone(numbers: dict[Right, int], wanted: dict[Right, int | None]) -> None:
    assert hidden(numbers) == wanted


@pytest.mark.parametrize(
    ("today", "first", "last"),
    [
        ("2026-03-05", "2025-03-01", "2026-02-28"),
        ("2026-01-01", "2025-01-01", "2025-12-31"),
        ("2024-03-31", "2023-03-01", "2024-02-29"),
        ("2026-12-31", "2025-12-01", "2026-11-30"),
    ],
)
def test_a_year_is_the_last_twelve_whole_months(today: str, first: str, last: str) -> None:
    assert last_year(date.fromisoformat(today)) == Chosen(date.fromisoformat(first), date.fromisoformat(last))


@pytest.mark.parametrize("wrong", ["yes", 1, None])
def test_the_rule_is_a_yes_or_a_no(engine: Engine, now: datetime, wrong: object) -> None:
    with transaction(engine) as session, pytest.raises(InvalidInputError):
        set_rule(by(session, OFFICER, now), Seen("open_numbers"), wrong, reason="x")


def test_the_officer_opens_the_page_on_the_page_of_rules(school_portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    open_page: Open = opener(school_portal, monkeypatch)
    with transaction(school_portal.engine) as session:
        seed.requests(by(session, SYSTEM, NOW, school_portal.settings), 200, seed=4)
    closed = open_page("public/numbers.py")
    assert [each.value for each in closed.info] == ["Deze cijfers laten we niet zien."]
    at = open_page("staff/policy.py", session=cookie_for(school_portal, "medewerkers", "functionaris"))
    box = next(each for each in at.checkbox if (each.key or "").startswith("policy_value_open_numbers"))
    box.check()
    next(each for each in at.text_input if (each.key or "").startswith("policy_reason_open_numbers")).set_value("Voor iedereen")
    next(each for each in at.button if (each.key or "").startswith("policy_submit_open_numbers")).click().run()
    assert not at.exception
    for language, words in (("nl", "| Inzage | "), ("en", "| Access | ")):
        page = open_page("public/numbers.py", language=language)
        assert not page.exception
        assert len(page.metric) == 5
        assert any(words in each.value for each in page.markdown)
