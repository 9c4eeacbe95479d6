"""Whoever does what the page says comes next gets to the end: the table and its needs refuse none of it."""

from datetime import datetime

import pytest
from sqlalchemy import Engine

from dashboard.data_requests.case.lifecycle import Status
from dashboard.data_requests.case.model import Case
from dashboard.data_requests.case.next_step import NextStep, Step, next_step
from dashboard.data_requests.case.queries import case_view
from dashboard.data_requests.case.rows import CaseView
from dashboard.data_requests.desk import deciding, handing_over, handling
from dashboard.data_requests.desk.deciding import NewDecision
from dashboard.data_requests.desk.handing_over import HandTo
from dashboard.data_requests.law.rights import GROUNDS, NEEDS_GROUND, Outcome, Right, allowed, outcomes_of
from dashboard.data_requests.requester import following
from dashboard.db import reading, transaction
from dashboard.permissions import Actor
from dashboard.settings import Settings
from tests import cases
from tests.acts import by, seen
from tests.people import AGENT, COLLEAGUE, request, requester

PAIRS = [
    (right, outcome)
    for right in Right
    for outcome in outcomes_of(right)
    if outcome is not Outcome.NOT_APPLICABLE and (outcome not in NEEDS_GROUND or GROUNDS[right])
]


def view(engine: Engine, settings: Settings, case: Case, now: datetime) -> CaseView:
    with reading(engine) as session:
        return case_view(by(session, AGENT, now, settings), case.id)


def ahead(engine: Engine, settings: Settings, case: Case, now: datetime, who: Actor = AGENT) -> NextStep:
    return next_step(view(engine, settings, case, now), who.id)


def test_a_new_request_is_to_be_taken_and_a_question_is_waited_for(engine: Engine, settings: Settings, now: datetime) -> None:
    sent = cases.case_of(engine, cases.submit(engine, settings, now))
    assert ahead(engine, settings, sent, now) == NextStep(Step.PROVE)
    cases.verify(engine, settings, now)
    assert ahead(engine, settings, sent, now) == NextStep(Step.TAKE)
    with transaction(engine) as session:
        handling.take(by(session, AGENT, now, settings), seen(cases.fresh(engine, sent)))
    assert ahead(engine, settings, sent, now) == NextStep(Step.DECIDE, Right.ACCESS)
    with transaction(engine) as session:
        handling.ask(by(session, AGENT, now, settings), seen(cases.fresh(engine, sent)), "Welk jaar?")
    assert ahead(engine, settings, sent, now) == NextStep(Step.REQUESTER)
    with transaction(engine) as session:
        following.withdraw(by(session, requester(sent.id), now, settings), seen(cases.fresh(engine, sent)))
    assert ahead(engine, settings, sent, now) == NextStep(Step.NOTHING)


def test_what_a_school_decides_about_is_handed_over_and_waited_for(engine: Engine, settings: Settings, now: datetime) -> None:
    asked = request(subject="learning_material", school_name="Lyceum, Stad", rights=("erasure",))
    case = cases.in_progress(engine, settings, now, asked)
    assert ahead(engine, settings, case, now) == NextStep(Step.HAND_OVER)
    with transaction(engine) as session:
        to = HandTo("Fem Functionaris", "fem@lyceum.example", other="Het Lyceum")
        handing_over.hand_over(by(session, AGENT, now, settings), seen(cases.fresh(engine, case)), to)
    assert ahead(engine, settings, case, now) == NextStep(Step.SCHOOL)


def test_who_decided_waits_for_a_colleague_who_is_told_to_look(engine: Engine, settings: Settings, now: datetime) -> None:
    case = cases.in_progress(engine, settings, now, request(rights=("erasure",)))
    cases.decide(engine, case, now, "erasure", "refused", "legal_claims", "Er loopt een zaak.")
    assert ahead(engine, settings, case, now) == NextStep(Step.COLLEAGUE, Right.ERASURE)
    assert ahead(engine, settings, case, now, COLLEAGUE) == NextStep(Step.APPROVE, Right.ERASURE)


@pytest.mark.parametrize("with_access", [False, True])
@pytest.mark.parametrize(("right", "outcome"), PAIRS)
def test_doing_what_comes_next_ends_with_the_answer_and_nothing_is_refused_on_the_way(
    engine: Engine, settings: Settings, now: datetime, right: Right, outcome: Outcome, *, with_access: bool
) -> None:
    rights = tuple(dict.fromkeys((*(("access",) if with_access else ()), right.value)))
    more = {"wrong_field": "Achternaam", "right_value": "Voorbeeld"} if right is Right.RECTIFICATION else {}
    case = cases.received(engine, settings, now, request(rights=rights, **more))
    done: list[Step] = []
    while (step := ahead(engine, settings, case, now)).step is not Step.NOTHING:
        assert done.count(step.step) < 6, done
        done.append(step.step)
        with transaction(engine) as session:
            act, colleague = by(session, AGENT, now, settings), by(session, COLLEAGUE, now, settings)
            shown = seen(cases.fresh(engine, case))
            match step.step:
                case Step.TAKE:
                    handling.take(act, shown)
                case Step.DECIDE:
                    assert step.right
                    deciding.decide(act, shown, decision(step.right, outcome if step.right is right else Outcome.GRANTED))
                case Step.COLLEAGUE:
                    assert step.right
                    deciding.approve(colleague, shown, step.right.value)
                case Step.TELL_RECIPIENTS:
                    untold = case_view(act, case.id).staff.untold  # type: ignore[union-attr]
                    deciding.tell_recipient(act, shown, untold[0], told=True, reason="")
                case Step.CLOSE:
                    deciding.close(act, shown, cases.LETTER)
                case Step.PACKAGE:
                    pass
                case other:
                    pytest.fail(f"{other} is not the desk's")
        if step.step is Step.PACKAGE:
            cases.give(engine, settings, case, now)
    assert cases.fresh(engine, case).status is Status.CLOSED
    assert done[0] is Step.TAKE
    assert done[-1] is Step.CLOSE


def decision(right: Right, outcome: Outcome) -> NewDecision:
    ground = next((each for each in GROUNDS[right] if allowed(right, outcome, each)), None) if outcome in NEEDS_GROUND else None
    evidence = "Zie de brief." if ground else ""
    return NewDecision(right.value, outcome.value, ground.value if ground else None, "Daarom." if ground else "", evidence)
