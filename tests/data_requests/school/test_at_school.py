from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine

from dashboard.clock import local_day
from dashboard.data_requests.case import queries
from dashboard.data_requests.case.asked import told
from dashboard.data_requests.case.lifecycle import Status
from dashboard.data_requests.case.model import Case
from dashboard.data_requests.desk import handing_over
from dashboard.data_requests.desk.handing_over import HandTo
from dashboard.data_requests.requester.links import Entry
from dashboard.data_requests.school import at_school
from dashboard.data_requests.school.at_school import SchoolDecision
from dashboard.data_requests.upkeep import upkeep
from dashboard.db import reading, transaction
from dashboard.errors import InvalidInputError, NotAllowedError, NotFoundError, StaleError
from dashboard.i18n import Language, texts
from dashboard.permissions import SYSTEM, VISITOR, Actor, Role, SchoolScope
from dashboard.settings import Settings
from tests import cases
from tests.acts import by, seen
from tests.people import AGENT, LYCEUM, OTHER_SCHOOL, request, requester

MENTOR = Actor(Role.SCHOOL, id="p-9", name="Mies Mentor", scope=SchoolScope(brin="90AD"), session="s9")
GRANT = [SchoolDecision("access", "granted", "")]


def open_it(engine: Engine, settings: Settings, case: Case, actor: Actor, code: str, now: datetime) -> Entry:
    with transaction(engine) as session:
        return at_school.enter_handed(by(session, actor, now, settings), case.id, code)


def decide(
    engine: Engine,
    settings: Settings,
    case: Case,
    now: datetime,
    decisions: list[SchoolDecision],
    answer: str = "Je krijgt een overzicht.",
    who: Actor = LYCEUM,
) -> None:
    with transaction(engine) as session:
        at_school.decide_at_school(by(session, who, now, settings), seen(case), decisions, answer)


def test_the_hand_over_keeps_moment_and_contact_and_tells_requester_and_school(
    engine: Engine, settings: Settings, now: datetime
) -> None:
    case = cases.handed(engine, settings, now)
    assert (case.status, case.handed_at, case.handed_brin) == (Status.HANDED_TO_SCHOOL, now, "90AD")
    assert (case.received_on, case.due_on) == (local_day(now), local_day(now).replace(month=4, day=7))
    assert "Vijf Bruggen Lyceum, Fem Functionaris" in cases.mails(engine, "handed_over")[0].body
    to_school = cases.mails(engine, "for_school")[0]
    assert to_school.recipient == "fem@lyceum.example"
    assert "Noor" not in to_school.body
    with reading(engine) as session:
        shown = queries.case_view(by(session, AGENT, now, settings), case.id)
    assert shown.staff is not None
    assert shown.staff.school_contact == "Fem Functionaris, fem@lyceum.example"


@pytest.mark.parametrize(
    ("to", "field"),
    [
        (HandTo("", "fem@lyceum.example", brin="90AD"), "contact_name"),
        (HandTo("Fem", "geen adres", brin="90AD"), "contact_email"),
        (HandTo("Fem", "fem@lyceum.example"), "school"),
        (HandTo("Fem", "fem@lyceum.example", brin="99ZZ"), "school"),
    ],
)
def test_a_hand_over_needs_a_known_school_or_its_name_and_a_contact(
    engine: Engine, settings: Settings, now: datetime, to: HandTo, field: str
) -> None:
    cases.handed(engine, settings, now)
    learning = request(subject="learning_material", school_name="x", email="ander@aanvrager.example")
    case = cases.received(engine, settings, now + timedelta(minutes=10), learning)
    with pytest.raises(InvalidInputError) as refused, transaction(engine) as session:
        handing_over.hand_over(by(session, AGENT, now, settings), seen(case), to)
    assert set(refused.value.problems) == {field}


def test_a_login_of_the_school_sees_a_reference_and_nothing_personal_until_the_code_is_typed(
    engine: Engine, settings: Settings, now: datetime
) -> None:
    case = cases.handed(engine, settings, now)
    with reading(engine) as session:
        (row,) = at_school.handed(by(session, LYCEUM, now))
        assert (row.reference, row.opened) == (case.reference, False)
        assert "Noor" not in repr(row)
        with pytest.raises(NotFoundError):
            at_school.handed_view(by(session, LYCEUM, now), case.id)
    assert not open_it(engine, settings, case, LYCEUM, "AAAA-AAAA-AAAA-AAAA-AAAA-AAAA", now).opened
    assert open_it(engine, settings, case, LYCEUM, cases.school_code(engine).lower(), now).opened
    with reading(engine) as session:
        assert at_school.handed_view(by(session, LYCEUM, now), case.id).name == "Noor Voorbeeld"
        # A colleague at the same school hasn't typed it.
        with pytest.raises(NotFoundError):
            at_school.handed_view(by(session, MENTOR, now), case.id)


@pytest.mark.parametrize("stranger", [OTHER_SCHOOL, Actor(Role.SCHOOL, id="b", scope=SchoolScope(board="90199"), session="x")])
def test_another_school_finds_nothing_even_with_the_code(
    engine: Engine, settings: Settings, now: datetime, stranger: Actor
) -> None:
    case = cases.handed(engine, settings, now)
    code = cases.school_code(engine)
    with reading(engine) as session:
        assert at_school.handed(by(session, stranger, now)) == []
    with pytest.raises(NotFoundError):
        open_it(engine, settings, case, stranger, code, now)
    with pytest.raises(NotFoundError):
        decide(engine, settings, case, now, GRANT, who=stranger)


@pytest.mark.parametrize("outsider", [VISITOR, AGENT, requester("x")])
def test_only_schools_open_what_was_handed_to_schools(engine: Engine, settings: Settings, now: datetime, outsider: Actor) -> None:
    case = cases.handed(engine, settings, now)
    with pytest.raises(NotAllowedError):
        open_it(engine, settings, case, outsider, cases.school_code(engine), now)


def test_wrong_codes_wait_longer_and_longer_for_that_person_only(engine: Engine, settings: Settings, now: datetime) -> None:
    case = cases.handed(engine, settings, now)
    waits = [open_it(engine, settings, case, LYCEUM, "fout", now).wait_seconds for _ in range(6)]
    assert waits == [0, 0, 0, 0, 60, 60]
    assert open_it(engine, settings, case, MENTOR, cases.school_code(engine), now).opened


def test_the_school_decides_and_the_publisher_carries_it_out(engine: Engine, settings: Settings, now: datetime) -> None:
    case = cases.handed(engine, settings, now)
    open_it(engine, settings, case, LYCEUM, cases.school_code(engine), now)
    case = cases.fresh(engine, case)
    decide(engine, settings, case, now, GRANT)
    case = cases.fresh(engine, case)
    assert case.status is Status.SCHOOL_DECIDED
    assert "Inzage: toegewezen" in cases.mails(engine, "school_decided")[0].body
    with reading(engine) as session:
        shown = queries.case_view(by(session, requester(case.id), now, settings), case.id)
    assert shown.messages[-1].body == "Je krijgt een overzicht."
    assert shown.rights[0].outcome is not None
    with transaction(engine) as session:
        handing_over.execute(by(session, AGENT, now, settings), seen(case))
    assert cases.fresh(engine, case).status is Status.CLOSED_BY_SCHOOL
    assert len(cases.mails(engine, "closed_by_school")) == 1
    assert cases.mails(engine, "executed_for_school")[0].recipient == "fem@lyceum.example"


@pytest.mark.parametrize(
    ("decisions", "problem"),
    [
        ([], "outcome_access"),
        ([SchoolDecision("access", "", "")], "outcome_access"),
        ([SchoolDecision("access", "maybe", "")], "outcome_access"),
        ([SchoolDecision("access", "refused", "  ")], "reason_access"),
        ([SchoolDecision("erasure", "granted", "")], "outcome_access"),
    ],
)
def test_a_decision_of_the_school_is_whole_or_not_there(
    engine: Engine, settings: Settings, now: datetime, decisions: list[SchoolDecision], problem: str
) -> None:
    case = cases.handed(engine, settings, now)
    open_it(engine, settings, case, LYCEUM, cases.school_code(engine), now)
    with pytest.raises(InvalidInputError) as refused:
        decide(engine, settings, cases.fresh(engine, case), now, decisions)
    assert set(refused.value.problems) == {problem}
    assert cases.fresh(engine, case).status is Status.HANDED_TO_SCHOOL


def test_a_school_reads_who_asks_and_what_and_not_what_was_for_us_alone(
    engine: Engine, settings: Settings, now: datetime
) -> None:
    case = cases.handed(engine, settings, now)
    assert case.born_on is not None
    open_it(engine, settings, case, LYCEUM, cases.school_code(engine), now)
    with reading(engine) as session:
        view = at_school.handed_view(by(session, LYCEUM, now), case.id)
    assert (view.name, view.school_name, view.born_on) == (case.name, "Vijf Bruggen Lyceum", None)
    assert [text for _, text in told(texts(Language.NL), view)] == ["Vijf Bruggen Lyceum"]


def test_two_people_of_a_school_deciding_at_once_are_told(engine: Engine, settings: Settings, now: datetime) -> None:
    case = cases.handed(engine, settings, now)
    for person in (LYCEUM, MENTOR):
        open_it(engine, settings, case, person, cases.school_code(engine), now)
    case = cases.fresh(engine, case)
    decide(engine, settings, case, now, GRANT)
    with pytest.raises(StaleError):
        decide(engine, settings, case, now, [SchoolDecision("access", "refused", "Nee.")], who=MENTOR)
    with reading(engine) as session:
        assert at_school.handed_view(by(session, LYCEUM, now), case.id).rights[0].reason == ""


def test_a_week_before_the_date_the_school_is_reminded_once(engine: Engine, settings: Settings, now: datetime) -> None:
    case = cases.handed(engine, settings, now)
    for days, sent in ((25, 0), (26, 1), (27, 0)):
        with transaction(engine) as session:
            moment = now + timedelta(days=days)
            assert upkeep.remind_schools(by(session, SYSTEM, moment, settings)) == sent
    assert case.reference in cases.mails(engine, "school_reminder")[0].subject
