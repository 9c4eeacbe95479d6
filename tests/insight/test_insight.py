from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from dashboard.clock import local_day, monday_of
from dashboard.data_requests.case.lifecycle import Status
from dashboard.data_requests.case.model import CaseEvent
from dashboard.data_requests.law.rights import Right
from dashboard.db import reading, transaction
from dashboard.demo import seed
from dashboard.errors import NotAllowedError
from dashboard.i18n import Language, texts
from dashboard.insight import figures, queries, tables
from dashboard.insight.queries import Health, StatusCount, WeekCount, health_of
from dashboard.permissions import SYSTEM, VISITOR
from dashboard.settings import Settings
from tests import cases
from tests.acts import by
from tests.people import AUDITOR, LYCEUM, request


def test_requests_count_in_the_week_of_receipt_once_for_each_right(engine: Engine, settings: Settings, now: datetime) -> None:
    cases.submit(engine, settings, now, request(rights=("access", "erasure")))
    cases.submit(engine, settings, now, request(rights=("access",)))
    cases.submit(engine, settings, now - timedelta(days=7))
    with reading(engine) as session:
        found = queries.requests_per_week(by(session, AUDITOR, now))
    week = date(2026, 3, 2)
    assert found == [
        WeekCount(week - timedelta(days=7), Right.ACCESS, 1),
        WeekCount(week, Right.ACCESS, 2),
        WeekCount(week, Right.ERASURE, 1),
    ]


def test_a_week_runs_from_monday_to_sunday_in_amsterdam() -> None:
    assert monday_of(date(2026, 3, 8)) == date(2026, 3, 2)
    assert monday_of(date(2026, 3, 9)) == date(2026, 3, 9)


def test_the_rollup_equals_a_count_of_the_events(engine: Engine, settings: Settings, now: datetime) -> None:
    with transaction(engine) as session:
        seed.requests(by(session, SYSTEM, now, settings), 300, seed=5)
    for _ in range(3):
        cases.submit(engine, settings, now, request(rights=("objection", "access")))
    with reading(engine) as session:
        found = {(row.monday, row.right): row.requests for row in queries.requests_per_week(by(session, AUDITOR, now), weeks=200)}
        recounted: dict[tuple[date, Right], int] = {}
        for event in session.exec(select(CaseEvent)).all():
            if event.kind == "submitted":
                for right in event.fields["rights"]:
                    key = (monday_of(date.fromisoformat(event.fields["received_on"])), Right(right))
                    recounted[key] = recounted.get(key, 0) + 1
    assert found == recounted


def test_open_cases_count_by_status_and_by_days_left(engine: Engine, settings: Settings, now: datetime) -> None:
    late = cases.in_progress(engine, settings, now - timedelta(days=60))
    cases.submit(engine, settings, now)
    with reading(engine) as session:
        assert queries.status_counts(by(session, AUDITOR)) == [
            StatusCount(Status.UNVERIFIED, 1),
            StatusCount(Status.IN_PROGRESS, 1),
        ]
        health = {row.health: row.cases for row in queries.deadline_health(by(session, AUDITOR, now))}
    assert late.due_on < local_day(now)
    assert health == {Health.OVERDUE: 1, Health.WITHIN_5: 0, Health.WITHIN_10: 0, Health.ON_TRACK: 1}


@pytest.mark.parametrize(
    ("days", "health"),
    [
        (-1, Health.OVERDUE),
        (0, Health.WITHIN_5),
        (5, Health.WITHIN_5),
        (6, Health.WITHIN_10),
        (10, Health.WITHIN_10),
        (11, Health.ON_TRACK),
    ],
)
def test_the_bounds_of_deadline_health(days: int, health: Health) -> None:
    today = date(2026, 3, 5)
    assert health_of(today + timedelta(days=days), today) is health


@pytest.mark.parametrize("language", list(Language))
def test_tables_and_figures_show_the_same_numbers_in_words(
    engine: Engine, settings: Settings, now: datetime, language: Language
) -> None:
    with transaction(engine) as session:
        seed.requests(by(session, SYSTEM, now, settings), 200, seed=6)
    t, today = texts(language), local_day(now)
    with reading(engine) as session:
        weeks = queries.requests_per_week(by(session, AUDITOR, today))
        statuses = queries.status_counts(by(session, AUDITOR))
        health = queries.deadline_health(by(session, AUDITOR, today))
        made = {name: make(by(session, AUDITOR, today), language) for name, make in tables.TABLES.items()}
    weekly = figures.weekly_figure(weeks, t)
    assert sum(sum(trace.y) for trace in weekly.data) == sum(row[2] for row in made["requests-per-week"].rows)  # type: ignore[misc]
    assert list(figures.status_figure(statuses, t).data[0].x) == [row[1] for row in made["open-by-status"].rows]
    assert list(figures.health_figure(health, t).data[0].y) == [row[0] for row in made["deadline-health"].rows]


@pytest.mark.parametrize("outsider", [VISITOR, LYCEUM])
def test_nobody_else_sees_a_number(engine: Engine, now: datetime, outsider: object) -> None:
    with reading(engine) as session:
        for make in tables.TABLES.values():
            with pytest.raises(NotAllowedError):
                make(by(session, outsider, now), Language.NL)
