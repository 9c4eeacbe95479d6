from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import Engine

from dashboard.clock import local_day
from dashboard.data_requests.case import queries
from dashboard.data_requests.case.lifecycle import Status
from dashboard.data_requests.desk import queue
from dashboard.data_requests.desk.rows import Cursor, DeskRow, Filters, Order, View
from dashboard.data_requests.law.rights import Right
from dashboard.data_requests.outgoing.uploads import Upload
from dashboard.db import reading, transaction
from dashboard.demo import seed
from dashboard.errors import NotAllowedError, NotFoundError
from dashboard.mail import outbox
from dashboard.permissions import SYSTEM, VISITOR
from dashboard.settings import Settings
from tests import cases
from tests.acts import by
from tests.people import AGENT, EDITOR, LYCEUM, request


def all_rows(engine: Engine, filters: Filters, today: date) -> list[DeskRow]:
    """Every page of the desk, one after another."""
    found: list[DeskRow] = []
    after: Cursor | None = None
    while True:
        with reading(engine) as session:
            page = queue.desk(by(session, AGENT, today), filters, start=after)
        found += page.rows
        after = page.next
        if after is None:
            return found


@pytest.mark.parametrize("order", list(Order))
def test_the_pages_of_the_desk_hold_every_case_once_in_order(
    engine: Engine, settings: Settings, now: datetime, order: Order
) -> None:
    with transaction(engine) as session:
        seed.requests(by(session, SYSTEM, now, settings), 400, seed=3)
    today = local_day(now)
    rows = all_rows(engine, Filters(order=order), today)
    ended = all_rows(engine, Filters(view=View.ENDED, order=order), today)
    assert len({row.id for row in rows + ended}) == len(rows) + len(ended) == 400
    value = {Order.DUE: lambda r: r.due_on, Order.RECEIVED: lambda r: r.received_on, Order.REFERENCE: lambda r: r.reference}[
        order
    ]
    assert [value(row) for row in rows] == sorted(value(row) for row in rows)


def test_the_files_of_one_form_stand_by_their_names(engine: Engine, settings: Settings, now: datetime) -> None:
    named = ["brief-3.txt", "brief-1.txt", "brief-4.txt", "brief-2.txt", "brief-5.txt"]
    sent = cases.received(engine, settings, now, request(uploads=tuple(Upload(name, b"Zie hier.") for name in named)))
    with reading(engine) as session:
        found = queries.case_view(by(session, AGENT, now, settings), sent.id).files
    assert [row.name for row in found] == sorted(named)


def test_the_counts_on_top_are_what_the_views_list(engine: Engine, settings: Settings, now: datetime) -> None:
    with transaction(engine) as session:
        seed.requests(by(session, SYSTEM, now, settings), 300, seed=4)
    cases.in_progress(engine, settings, now)
    today = local_day(now)
    with reading(engine) as session:
        counts = queue.desk_counts(by(session, AGENT, today))
    assert {view: len(all_rows(engine, Filters(view=view), today)) for view in counts} == counts
    assert counts[View.MINE] == 1
    assert counts[View.OVERDUE] > 0


def test_overdue_begins_the_day_after_the_due_day(engine: Engine, settings: Settings, now: datetime) -> None:
    case = cases.received(engine, settings, now)
    for today, views in (
        (case.due_on - timedelta(days=8), set()),
        (case.due_on - timedelta(days=7), {View.WEEK}),
        (case.due_on, {View.WEEK}),
        (case.due_on + timedelta(days=1), {View.OVERDUE}),
    ):
        found = {view for view in (View.WEEK, View.OVERDUE) if all_rows(engine, Filters(view=view), today)}
        assert found == views


def test_the_desk_filters_by_right_status_and_reference(engine: Engine, settings: Settings, now: datetime) -> None:
    first = cases.received(engine, settings, now, request(rights=("access", "erasure")))
    second = cases.in_progress(engine, settings, now, request(rights=("objection",)))
    today = local_day(now)
    assert [r.id for r in all_rows(engine, Filters(rights=(Right.ERASURE, Right.RESTRICTION)), today)] == [first.id]
    assert [r.id for r in all_rows(engine, Filters(statuses=(Status.IN_PROGRESS, Status.CLOSED)), today)] == [second.id]
    assert [r.id for r in all_rows(engine, Filters(search=second.reference.lower().replace("-", " ")), today)] == [second.id]
    assert all_rows(engine, Filters(search="' OR 1=1 --"), today) == []


@pytest.mark.parametrize("outsider", [VISITOR, LYCEUM, EDITOR])
def test_who_may_not_see_the_desk_sees_no_row_and_no_count(engine: Engine, now: datetime, outsider: object) -> None:
    today = local_day(now)
    with reading(engine) as session:
        for question in (
            lambda: queue.desk(by(session, outsider, today), Filters()),  # type: ignore[arg-type]
            lambda: queue.desk_counts(by(session, outsider, today)),  # type: ignore[arg-type]
            lambda: queries.case_id_of(by(session, outsider), "BS-111-111-111"),  # type: ignore[arg-type]
            lambda: outbox.dead_letters(by(session, outsider)),  # type: ignore[arg-type]
        ):
            with pytest.raises(NotAllowedError):
                question()


def test_an_unknown_reference_is_not_found(engine: Engine) -> None:
    with reading(engine) as session:
        for reference in ("", "BS-111-111-111", "<script>", "%"):
            with pytest.raises(NotFoundError):
                queries.case_id_of(by(session, AGENT), reference)


@pytest.mark.parametrize(
    ("name", "typed"), [("Ramaekers", "Ramaekers"), ("Sam Dekker", "Sam Dekker"), ("Ðorđe Łoś", "dorde los")]
)
def test_a_name_that_reads_like_a_reference_is_found_as_a_name(
    engine: Engine, settings: Settings, now: datetime, name: str, typed: str
) -> None:
    case = cases.received(engine, settings, now, request(name=name, email="x@elders.example"))
    cases.received(engine, settings, now + timedelta(hours=1), request(name="Piet Ander", email="piet@elders.example"))
    found = all_rows(engine, Filters(search=typed), local_day(now))
    assert [row.id for row in found] == [case.id]
