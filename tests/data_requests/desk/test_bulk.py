from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine

from dashboard.act import Seen
from dashboard.data_requests.case import queries
from dashboard.data_requests.case.lifecycle import Status
from dashboard.data_requests.case.model import Case
from dashboard.data_requests.desk import bulk, handling, queue
from dashboard.data_requests.desk.rows import Filters, View
from dashboard.data_requests.law.rights import Right
from dashboard.data_requests.outgoing.uploads import Upload
from dashboard.db import reading, transaction
from dashboard.errors import NotAllowedError, NotFoundError, NotPossibleError, StaleError
from dashboard.permissions import Actor
from dashboard.settings import Settings
from tests import cases
from tests.acts import by, seen
from tests.cases import PNG
from tests.people import AGENT, AUDITOR, COLLEAGUE, request, requester


def pair(engine: Engine, settings: Settings, now: datetime, **second: object) -> tuple[Case, Case]:
    """Two open cases; the same person's, unless something else is given."""
    first = cases.received(engine, settings, now)
    other = cases.received(engine, settings, now + timedelta(minutes=10), request(**{"rights": ("erasure",), **second}))
    return first, other


def merge(engine: Engine, settings: Settings, case: Case, into: str, now: datetime, who: Actor = AGENT) -> None:
    with transaction(engine) as session:
        bulk.merge(by(session, who, now, settings), seen(case), into)


def picked(*found: Case) -> list[Seen]:
    return [seen(case) for case in found]


def test_a_duplicate_is_closed_with_a_message_and_the_other_case_keeps_its_date(
    engine: Engine, settings: Settings, now: datetime
) -> None:
    first, second = pair(engine, settings, now)
    merge(engine, settings, second, first.reference, now)
    found = cases.fresh(engine, second)
    assert (found.status, found.merged_into) == (Status.MERGED, first.id)
    assert cases.fresh(engine, first).due_on == first.due_on
    assert first.reference in cases.mails(engine, "joined")[0].body
    with reading(engine) as session:
        shown = queries.case_view(by(session, AGENT, now, settings), first.id)
        theirs = queries.case_view(by(session, requester(first.id), now, settings), first.id)
    assert shown.staff is not None
    assert [(row.reference, row.kind) for row in shown.staff.links] == [(second.reference, "duplicate")]
    assert shown.messages[-1].body.startswith(second.reference)
    assert theirs.messages == ()


def test_a_merge_keeps_every_right_every_file_and_the_earliest_day(engine: Engine, settings: Settings, now: datetime) -> None:
    first = cases.received(engine, settings, now, request(uploads=(Upload("a.png", PNG),)))
    later = now + timedelta(days=20)
    asked = request(
        rights=("erasure", "rectification"), wrong_field="adres", right_value="Laan 2", uploads=(Upload("b.png", PNG),)
    )
    other = cases.received(engine, settings, later, asked)
    merge(engine, settings, first, other.reference, later)
    found = cases.fresh(engine, other)
    assert (found.received_on, found.due_on) == (first.received_on, first.due_on)
    with reading(engine) as session:
        shown = queries.case_view(by(session, AGENT, later, settings), other.id)
        desk = queue.desk(by(session, AGENT, later, settings), Filters(rights=(Right.ACCESS,)))
        counts = queue.desk_counts(by(session, AGENT, later, settings))
    assert {row.right for row in shown.rights} == {Right.ACCESS, Right.ERASURE, Right.RECTIFICATION}
    assert next(row.correction for row in shown.rights if row.right is Right.RECTIFICATION) == "adres → Laan 2"
    assert {file.name for file in shown.files} == {"a.png", "b.png"}
    assert [row.reference for row in desk.rows] == [other.reference]
    assert (counts[View.OPEN], counts[View.WEEK]) == (1, 0)


def test_two_corrections_of_different_things_are_not_merged(engine: Engine, settings: Settings, now: datetime) -> None:
    asked = {"rights": ("rectification",), "wrong_field": "adres", "right_value": "Laan 2"}
    first = cases.received(engine, settings, now, request(**asked))
    other = cases.received(engine, settings, now + timedelta(minutes=10), request(**{**asked, "wrong_field": "naam"}))
    with pytest.raises(NotPossibleError) as refused:
        merge(engine, settings, other, first.reference, now)
    assert refused.value.text_key == "error.merge_other_correction"
    assert cases.fresh(engine, other).status is Status.RECEIVED


@pytest.mark.parametrize(
    ("second", "text_key"),
    [
        ({"name": "Iemand Anders"}, "error.merge_other_person"),
        ({"role": "teacher"}, "error.merge_other_person"),
        ({"email": "ander@aanvrager.example"}, "error.merge_other_person"),
        ({"subject": "learning_material", "school_name": "x"}, "error.merge_other_person"),
    ],
)
def test_a_merge_is_no_way_into_somebody_elses_case(
    engine: Engine, settings: Settings, now: datetime, second: dict[str, object], text_key: str
) -> None:
    first, other = pair(engine, settings, now, **second)
    with pytest.raises(NotPossibleError) as refused:
        merge(engine, settings, other, first.reference, now)
    assert refused.value.text_key == text_key
    with transaction(engine) as session:
        bulk.link(by(session, AGENT, now), seen(other), first.reference)
    assert cases.fresh(engine, other).status is Status.RECEIVED


def test_an_unconfirmed_case_is_neither_merged_nor_merged_into(engine: Engine, settings: Settings, now: datetime) -> None:
    first = cases.received(engine, settings, now)
    unconfirmed = cases.case_of(engine, cases.submit(engine, settings, now))
    with pytest.raises(NotPossibleError):
        merge(engine, settings, unconfirmed, first.reference, now)
    with pytest.raises(NotPossibleError) as refused:
        merge(engine, settings, first, unconfirmed.reference, now)
    assert refused.value.text_key == "error.merge_ended"


def test_itself_nothing_and_nobody_are_no_target(engine: Engine, settings: Settings, now: datetime) -> None:
    case = cases.received(engine, settings, now)
    for reference in (case.reference, "BS-111-111-111", ""):
        with pytest.raises(NotFoundError):
            merge(engine, settings, case, reference, now)
    with pytest.raises(NotAllowedError):
        merge(engine, settings, case, case.reference, now, who=AUDITOR)


def test_several_at_once_each_answer_for_themselves(engine: Engine, settings: Settings, now: datetime) -> None:
    first, second = pair(engine, settings, now)
    wanted = picked(first, second)
    with transaction(engine) as session:
        handling.take(by(session, AGENT, now), seen(second))
    with transaction(engine) as session:
        done = bulk.assign_all(by(session, AGENT, now), wanted, COLLEAGUE.id)
    assert [(one.case_id, type(one.refusal)) for one in done] == [
        (first.id, type(None)),
        (second.id, StaleError),
    ]
    assert cases.fresh(engine, first).handler_id == COLLEAGUE.id
    assert cases.fresh(engine, second).handler_id == AGENT.id


def test_acknowledging_several_mails_each_requester_once(engine: Engine, settings: Settings, now: datetime) -> None:
    first, second = pair(engine, settings, now)
    with transaction(engine) as session:
        done = bulk.acknowledge_all(by(session, AGENT, now, settings), picked(first, second))
    assert not [one for one in done if one.refusal]
    assert len(cases.mails(engine, "acknowledged")) == 2


def test_closing_several_as_duplicates_leaves_out_what_cannot_be(engine: Engine, settings: Settings, now: datetime) -> None:
    first, second = pair(engine, settings, now)
    stranger = cases.received(engine, settings, now + timedelta(minutes=20), request(email="ander@aanvrager.example"))
    with transaction(engine) as session:
        done = bulk.merge_all(by(session, AGENT, now, settings), picked(second, stranger), first.reference)
    assert [type(one.refusal) for one in done] == [type(None), NotPossibleError]
    assert cases.fresh(engine, second).status is Status.MERGED
    assert cases.fresh(engine, stranger).status is Status.RECEIVED
