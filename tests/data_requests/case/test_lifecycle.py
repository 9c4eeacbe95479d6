from datetime import timedelta
from itertools import product

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import Engine, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col

from dashboard.data_requests.case import needs
from dashboard.data_requests.case.lifecycle import (
    AT_SCHOOL,
    ENDED,
    MOVES,
    ONLY_VERIFIED,
    OPEN,
    TURN,
    Need,
    Status,
    Turn,
    Verb,
    diagram,
    find_move,
    verbs_from,
)
from dashboard.data_requests.case.model import Case
from dashboard.data_requests.case.moves import move
from dashboard.db import transaction
from dashboard.errors import NotPossibleError
from dashboard.permissions import PERMISSIONS, SYSTEM, VISITOR, Permission, Role
from dashboard.settings import Settings
from tests.acts import NOW, by
from tests.cases import case_of, fresh, submit
from tests.conftest import ROOT
from tests.people import AGENT, LYCEUM, requester

# The whole table by hand: a new move has to be written here too.
EXPECTED = {
    "unverified": {"verify": "received", "expire": "expired", "withdraw": "withdrawn"},
    "received": {
        "join": "merged",
        "withdraw": "withdrawn",
        "reply": "received",
        "remind": "received",
        "acknowledge": "received",
        "take": "in_progress",
        "assign": "in_progress",
        "note": "received",
        "note_complaint": "received",
        "merge": "merged",
        "hand_over": "handed_to_school",
    },
    "in_progress": {
        "withdraw": "withdrawn",
        "reply": "in_progress",
        "remind": "in_progress",
        "take": "in_progress",
        "assign": "in_progress",
        "ask": "waiting_for_requester",
        "pause": "waiting_for_requester",
        "doubt_identity": "waiting_for_requester",
        "check_identity": "in_progress",
        "inform": "in_progress",
        "recognise": "in_progress",
        "announce_fee": "waiting_for_requester",
        "note": "in_progress",
        "note_complaint": "in_progress",
        "tick": "in_progress",
        "decide": "in_progress",
        "approve": "in_progress",
        "tell_recipient": "in_progress",
        "attach": "in_progress",
        "extend": "in_progress",
        "close": "closed",
        "merge": "merged",
        "hand_over": "handed_to_school",
    },
    "waiting_for_requester": {
        "withdraw": "withdrawn",
        "reply": "in_progress",
        "remind": "waiting_for_requester",
        "take": "in_progress",
        "assign": "waiting_for_requester",
        "note": "waiting_for_requester",
        "note_complaint": "waiting_for_requester",
        "extend": "waiting_for_requester",
        "merge": "merged",
        "end_wait": "in_progress",
    },
    "handed_to_school": {
        "withdraw": "withdrawn",
        "reply": "handed_to_school",
        "remind": "handed_to_school",
        "note": "handed_to_school",
        "note_complaint": "handed_to_school",
        "take_back": "in_progress",
        "ask": "school_asked",
        "doubt_identity": "school_asked",
        "check_identity": "handed_to_school",
        "extend": "handed_to_school",
        "attach": "handed_to_school",
        "school_decide": "school_decided",
        "close_by_school": "closed_by_school",
    },
    "school_asked": {
        "withdraw": "withdrawn",
        "reply": "handed_to_school",
        "remind": "school_asked",
        "note": "school_asked",
        "note_complaint": "school_asked",
        "take_back": "in_progress",
        "extend": "school_asked",
        "end_wait": "handed_to_school",
        "close_by_school": "closed_by_school",
    },
    "school_decided": {
        "note": "school_decided",
        "note_complaint": "school_decided",
        "attach": "school_decided",
        "close_by_school": "closed_by_school",
        "execute": "closed_by_school",
    },
    "closed": {"note": "closed", "note_complaint": "closed", "reopen": "in_progress"},
    "withdrawn": {},
    "expired": {},
    "merged": {},
    "closed_by_school": {"note_complaint": "closed_by_school"},
}


@pytest.mark.parametrize(("status", "verb"), list(product(Status, Verb)))
def test_every_pair_of_state_and_verb_is_as_written_here(status: Status, verb: Verb) -> None:
    found = find_move(status, verb)
    assert (found.target.value if found else None) == EXPECTED[status.value].get(verb.value)


def test_no_pair_stands_twice() -> None:
    assert len({(step.source, step.verb) for step in MOVES}) == len(MOVES)


def test_every_state_says_whose_turn_it_is_and_the_ended_ones_nobodys() -> None:
    assert set(TURN) == set(Status)
    assert {status for status in Status if TURN[status] is Turn.NOBODY} == set(Status) - OPEN


def test_a_requester_moves_only_by_own_verbs_and_staff_never_by_those() -> None:
    own = {step.verb for step in MOVES if step.permission is Permission.ACT_ON_OWN_CASE}
    assert own == {Verb.WITHDRAW, Verb.REPLY, Verb.REOPEN}
    assert Permission.ACT_ON_OWN_CASE not in PERMISSIONS[Role.DESK_AGENT]
    assert set(verbs_from(Status.IN_PROGRESS, Permission.HANDLE_CASE)) & own == set()


def test_what_the_publisher_decides_needs_the_controller_role_and_handing_over_the_processor_role() -> None:
    ours = {step.verb for step in MOVES if Need.CONTROLLER in step.needs}
    assert ours == {
        Verb.DECIDE,
        Verb.APPROVE,
        Verb.TELL_RECIPIENT,
        Verb.ATTACH,
        Verb.CLOSE,
        Verb.EXTEND,
        Verb.PAUSE,
        Verb.DOUBT_IDENTITY,
        Verb.ANNOUNCE_FEE,
    }
    assert {step.verb for step in MOVES if Need.PROCESSOR in step.needs} == {Verb.HAND_OVER}


def test_only_a_school_decides_what_was_handed_to_it() -> None:
    at_school = [step for step in MOVES if step.permission is Permission.DECIDE_HANDED_CASE]
    assert {step.source for step in at_school} == AT_SCHOOL
    assert {step.verb for step in at_school} == {
        *(Verb.ASK, Verb.DOUBT_IDENTITY, Verb.CHECK_IDENTITY, Verb.EXTEND, Verb.ATTACH, Verb.SCHOOL_DECIDE)
    }
    assert {role for role in Role if Permission.DECIDE_HANDED_CASE in PERMISSIONS[role]} == {Role.SCHOOL}


def test_the_diagram_in_the_docs_is_the_table() -> None:
    assert f"```mermaid\n{diagram()}\n```" in (ROOT / "CONTRIBUTING.md").read_text("utf-8")


def test_the_database_itself_refuses_an_answer_to_somebody_unverified(engine: Engine, settings: Settings) -> None:
    case = case_of(engine, submit(engine, settings, NOW))
    for status in ONLY_VERIFIED:
        with pytest.raises(IntegrityError), transaction(engine) as session:
            session.exec(update(Case).where(col(Case.id) == case.id).values(status=status))
    assert fresh(engine, case).status is Status.UNVERIFIED


@hypothesis_settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(list(Verb)), min_size=1, max_size=25))
def test_no_row_of_verbs_brings_an_unverified_case_to_an_answer(sqlite: Engine, settings: Settings, verbs: list[Verb]) -> None:
    # Nobody sends as many as hypothesis tries.
    case = case_of(sqlite, submit(sqlite, settings.model_copy(update={"limit_times": 1_000}), NOW))
    verified = False
    for step, verb in enumerate(verbs):
        before = fresh(sqlite, case)
        moved = _try(sqlite, before, verb, step)
        after = fresh(sqlite, case)
        verified = verified or (moved and verb is Verb.VERIFY)
        assert after.version == before.version + (1 if moved else 0)
        assert verified or after.status not in ONLY_VERIFIED
        if moved:
            expected = find_move(before.status, verb)
            assert expected is not None
            assert after.status is expected.target


def _try(engine: Engine, case: Case, verb: Verb, step: int) -> bool:
    """Do the verb as whoever the table asks for; whether it happened."""
    found = find_move(case.status, verb)
    actors = {
        Permission.HANDLE_CASE: AGENT,
        Permission.RUN_JOBS: SYSTEM,
        Permission.ENTER_OWN_CASE: VISITOR,
        Permission.DECIDE_HANDED_CASE: LYCEUM,
    }
    actor = actors.get(found.permission, requester(case.id)) if found else AGENT
    try:
        with transaction(engine) as session:
            _move(session, actor, session.get_one(Case, case.id), verb, step)
    except NotPossibleError:
        return False
    return True


def _move(session: Session, actor: object, case: Case, verb: Verb, step: int) -> None:
    from dashboard.data_requests.case.events import FIELDS  # noqa: PLC0415  only this helper

    now = NOW + timedelta(minutes=step)
    step_to = find_move(case.status, verb)
    changes: dict[str, object] = {"verified_at": now} if verb is Verb.VERIFY else {}
    changes |= {"closed_at": now if step_to and step_to.target in ENDED else None}
    fields = dict.fromkeys(FIELDS[verb.event], "x")
    move(by(session, actor, now), case, verb, fields=fields, **changes)  # type: ignore[arg-type]


def test_every_need_of_the_table_is_looked_up() -> None:
    assert set(needs._MET) == set(Need)  # noqa: SLF001
    assert {need for step in MOVES for need in step.needs} == set(Need)
