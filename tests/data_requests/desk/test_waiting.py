"""An answer waits a minute: it goes out once, in the name of who wrote it, or it was taken back, or something changed."""

from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine, text
from sqlmodel import col, select

from dashboard.accounts.model import Person
from dashboard.act import Seen
from dashboard.audit import AuditRow
from dashboard.data_requests.case.desk_model import WaitingAnswer
from dashboard.data_requests.case.events import EventKind
from dashboard.data_requests.case.lifecycle import Status
from dashboard.data_requests.case.model import Case, CaseEvent
from dashboard.data_requests.desk import handling, waiting
from dashboard.data_requests.requester import following
from dashboard.data_requests.upkeep import retention
from dashboard.db import put, reading, transaction
from dashboard.errors import InvalidInputError, NotAllowedError, NotPossibleError, StaleError
from dashboard.files import FileStore
from dashboard.jobs import housekeeping, send_answers
from dashboard.permissions import SYSTEM, Actor, Role
from dashboard.portal import Portal
from dashboard.settings import Settings
from tests import cases
from tests.acts import NOW, by, seen
from tests.people import AGENT, AUDITOR, COLLEAGUE, request

MINUTE = timedelta(minutes=1)


@pytest.fixture
def patient(settings: Settings) -> Settings:
    return settings.model_copy(update={"answer_delay_seconds": 60})


@pytest.fixture
def case(engine: Engine, patient: Settings) -> Case:
    """Decided, with a file: all that is left is the answer. Its writers work at the desk."""
    with transaction(engine) as session:
        for each in (AGENT, COLLEAGUE):
            address = f"{each.id}@uitgever.example"
            row = {"issuer": "https://id.example", "subject": each.id, "staff_role": each.role.value, "email": address}
            session.add(Person(id=each.id, name=each.name or each.id, created_at=NOW, **row))
    made = cases.decide(engine, cases.in_progress(engine, patient, NOW), NOW)
    return cases.give(engine, patient, made, NOW)


def send(
    engine: Engine, settings: Settings, case: Case, now: datetime = NOW, letter: str = cases.LETTER, who: Actor = AGENT
) -> bool:
    with transaction(engine) as session:
        lies = waiting.waiting(by(session, who, now, settings), case.id)
        seen_case = seen(cases.fresh(engine, case))
        return waiting.send_soon(by(session, who, now, settings), seen_case, letter, over=lies.seen if lies else None)


def held(engine: Engine, case: Case) -> waiting.Waiting | None:
    with reading(engine) as session:
        return waiting.waiting(by(session, AUDITOR), case.id)


def take_back(engine: Engine, case: Case, at: Seen, who: Actor = AGENT) -> None:
    with transaction(engine) as session:
        waiting.take_answer_back(by(session, who), at)


def work(engine: Engine, settings: Settings, now: datetime) -> int:
    return send_answers(Portal(settings, engine, FileStore.local(settings.data_dir / "files")), lambda: now)


def answered(engine: Engine) -> int:
    return len(cases.mails(engine, "answered"))


def test_an_answer_goes_out_after_its_minute_once_and_in_the_name_of_who_wrote_it(
    engine: Engine, patient: Settings, case: Case
) -> None:
    assert send(engine, patient, case)
    assert (cases.fresh(engine, case).status, answered(engine)) == (Status.IN_PROGRESS, 0)
    assert work(engine, patient, NOW + MINUTE - timedelta(seconds=1)) == 0
    assert work(engine, patient, NOW + MINUTE) == 1
    assert work(engine, patient, NOW + 2 * MINUTE) == 0
    done = cases.fresh(engine, case)
    assert (done.status, done.answered_at, answered(engine)) == (Status.CLOSED, NOW + MINUTE, 1)
    assert held(engine, case) is None
    with reading(engine) as session:
        event = session.exec(select(CaseEvent).where(CaseEvent.kind == EventKind.CLOSED)).one()
        assert (event.actor_id, event.actor_role) == (AGENT.id, AGENT.role.value)
        row = session.exec(select(AuditRow).where(AuditRow.action == "case.close")).one()
        assert row.actor_id == AGENT.id


def test_an_answer_that_was_taken_back_stays_home_with_its_words(engine: Engine, patient: Settings, case: Case) -> None:
    letter = cases.LETTER + "\n\nTot ziens."
    send(engine, patient, case, letter=letter)
    before = held(engine, case)
    assert before
    # A colleague may: it is the desk's.
    take_back(engine, case, before.seen, COLLEAGUE)
    assert work(engine, patient, NOW + 10 * MINUTE) == 0
    kept = held(engine, case)
    assert kept
    assert (kept.letter, kept.send_at, kept.problem) == (letter, None, "")
    with pytest.raises(NotPossibleError) as gone:
        take_back(engine, case, before.seen)
    assert gone.value.text_key == "error.answer_gone"
    # Sent anew it waits anew; who still looks at the first one takes nothing back.
    send(engine, patient, case, NOW + 10 * MINUTE, letter)
    with pytest.raises(StaleError):
        take_back(engine, case, before.seen)
    assert work(engine, patient, NOW + 11 * MINUTE) == 1
    assert answered(engine) == 1


def note(engine: Engine, settings: Settings, case: Case) -> None:
    with transaction(engine) as session:
        handling.note(by(session, COLLEAGUE, NOW, settings), seen(cases.fresh(engine, case)), "Wacht even.")


def give_away(engine: Engine, settings: Settings, case: Case) -> None:
    with transaction(engine) as session:
        handling.assign(by(session, COLLEAGUE, NOW, settings), seen(cases.fresh(engine, case)), COLLEAGUE.id)


def withdraw(engine: Engine, settings: Settings, case: Case) -> None:
    requester = Actor(role=Role.REQUESTER, case_id=case.id)
    with transaction(engine) as session:
        following.withdraw(by(session, requester, NOW, settings), seen(cases.fresh(engine, case)))


def decide_otherwise(engine: Engine, settings: Settings, case: Case) -> None:
    cases.decide(engine, case, NOW, reason="Toch anders.")


@pytest.mark.parametrize("change", [note, give_away, decide_otherwise])
def test_what_changes_while_it_waits_keeps_it_and_the_desk_is_told(
    engine: Engine, patient: Settings, case: Case, change: Callable[[Engine, Settings, Case], None]
) -> None:
    send(engine, patient, case)
    change(engine, patient, case)
    status = cases.fresh(engine, case).status
    assert work(engine, patient, NOW + MINUTE) == 1
    kept = held(engine, case)
    assert kept
    assert (kept.letter, kept.send_at, kept.problem) == (cases.LETTER, None, "error.stale")
    assert (cases.fresh(engine, case).status, answered(engine)) == (status, 0)
    with reading(engine) as session:
        assert waiting.unsent(by(session, AGENT)) == [case.reference]
        assert session.exec(select(AuditRow).where(AuditRow.action == "case.answer_kept")).one().detail == {"why": "error.stale"}
    (told,) = cases.mails(engine, "answer_kept")
    assert told.recipient == f"{AGENT.id}@uitgever.example"
    assert case.reference in told.subject
    assert work(engine, patient, NOW + 2 * MINUTE) == 0
    if change in {note, give_away}:
        send(engine, patient, case, NOW + 2 * MINUTE)
        assert work(engine, patient, NOW + 3 * MINUTE) == 1
        assert answered(engine) == 1
        with reading(engine) as session:
            assert waiting.unsent(by(session, AGENT)) == []


def test_an_answer_to_what_ended_meanwhile_is_nobodys_any_more(engine: Engine, patient: Settings, case: Case) -> None:
    send(engine, patient, case)
    withdraw(engine, patient, case)
    assert held(engine, case) is None
    assert work(engine, patient, NOW + MINUTE) == 0
    with reading(engine) as session:
        assert waiting.unsent(by(session, AGENT, NOW + timedelta(days=1))) == []


def test_a_letter_that_was_taken_back_is_not_overwritten_from_an_older_page(
    engine: Engine, patient: Settings, case: Case
) -> None:
    send(engine, patient, case, letter=cases.LETTER + " Lang.")
    shown = held(engine, case)
    assert shown
    take_back(engine, case, shown.seen)
    for older in (None, shown.seen):
        with pytest.raises(StaleError), transaction(engine) as session:
            act = by(session, COLLEAGUE, NOW, patient)
            waiting.send_soon(act, seen(cases.fresh(engine, case)), cases.LETTER, over=older)
    kept = held(engine, case)
    assert kept
    assert kept.letter == cases.LETTER + " Lang."


def test_an_answer_that_should_have_gone_is_told_at_the_desk(engine: Engine, patient: Settings, case: Case) -> None:
    send(engine, patient, case)
    with reading(engine) as session:
        assert waiting.unsent(by(session, AGENT, NOW + 5 * MINUTE)) == []
        assert waiting.unsent(by(session, AGENT, NOW + 7 * MINUTE)) == [case.reference]


def test_whoever_left_the_desk_meanwhile_answers_nobody(engine: Engine, patient: Settings, case: Case) -> None:
    send(engine, patient, case)
    with transaction(engine) as session:
        session.get_one(Person, AGENT.id).staff_role = ""
    assert work(engine, patient, NOW + MINUTE) == 1
    kept = held(engine, case)
    assert kept
    assert (kept.problem, answered(engine)) == ("error.answer_writer", 0)


def test_after_a_restore_nothing_goes_by_itself(engine: Engine, patient: Settings, case: Case) -> None:
    send(engine, patient, case)
    with transaction(engine) as session:
        assert waiting.keep_all(by(session, SYSTEM, NOW)) == 1
    assert work(engine, patient, NOW + MINUTE) == 0
    kept = held(engine, case)
    assert kept
    assert kept.problem == "error.answer_restored"


def test_of_two_who_send_at_once_the_second_is_told(engine: Engine, patient: Settings, case: Case) -> None:
    send(engine, patient, case)
    with pytest.raises(NotPossibleError) as refused:
        send(engine, patient, case, who=COLLEAGUE, letter=cases.LETTER + "!")
    assert refused.value.text_key == "error.answer_waits"
    kept = held(engine, case)
    assert kept
    assert kept.letter == cases.LETTER


def test_whatever_keeps_an_answer_home_is_said_when_it_is_sent(engine: Engine, patient: Settings, case: Case) -> None:
    with pytest.raises(InvalidInputError):
        send(engine, patient, case, letter=" ")
    with pytest.raises(InvalidInputError):
        send(engine, patient, case, letter="Beste [naam],")
    undecided = cases.in_progress(engine, patient, NOW + MINUTE, request(email="ander@aanvrager.example"))
    with pytest.raises(NotPossibleError):
        send(engine, patient, undecided)
    with pytest.raises(NotAllowedError):
        send(engine, patient, case, who=AUDITOR)
    assert held(engine, case) is None
    assert held(engine, undecided) is None


AMSTERDAM = ZoneInfo("Europe/Amsterdam")


@pytest.mark.parametrize(("clock", "waits"), [((23, 28), True), ((23, 29, 30), False), ((23, 59, 59), False), ((0, 0, 1), True)])
def test_shortly_before_the_end_of_a_legal_day_it_goes_at_once(
    engine: Engine, patient: Settings, case: Case, clock: tuple[int, ...], waits: bool
) -> None:
    day = NOW.date() + timedelta(days=1)
    assert send(engine, patient, case, datetime(day.year, day.month, day.day, *clock, tzinfo=AMSTERDAM)) is waits
    assert answered(engine) == (0 if waits else 1)


def test_with_no_delay_it_goes_at_once(engine: Engine, settings: Settings, case: Case) -> None:
    assert send(engine, settings, case) is False
    assert (cases.fresh(engine, case).status, answered(engine), held(engine, case)) == (Status.CLOSED, 1, None)


def test_a_worker_that_was_down_for_days_sends_it_late_and_once(engine: Engine, patient: Settings, case: Case) -> None:
    send(engine, patient, case)
    later = NOW + timedelta(days=40)
    assert work(engine, patient, later) == 1
    assert (cases.fresh(engine, case).answered_at, answered(engine)) == (later, 1)
    with reading(engine) as session:
        event = session.exec(select(CaseEvent).where(CaseEvent.kind == EventKind.CLOSED)).one()
        assert event.fields["on_time"] is False


def test_who_was_answered_on_the_last_day_is_not_told_that_it_is_late(engine: Engine, patient: Settings, case: Case) -> None:
    """The worker was down over midnight: the answer goes first."""
    noon = datetime(case.due_on.year, case.due_on.month, case.due_on.day, 12, tzinfo=AMSTERDAM)
    send(engine, patient, case, noon)
    portal = Portal(patient, engine, FileStore.local(patient.data_dir / "files"))
    housekeeping(portal, lambda: noon + timedelta(hours=14))
    assert (answered(engine), len(cases.mails(engine, "late"))) == (1, 0)


def test_a_waiting_answer_lies_sealed_and_goes_with_its_case(engine: Engine, patient: Settings, case: Case) -> None:
    send(engine, patient, case, letter=cases.LETTER + "\n\nKANARIE")
    with engine.connect() as connection:
        assert "KANARIE" not in connection.execute(text("SELECT letter FROM waiting_answer")).scalar_one()
    note(engine, patient, case)
    work(engine, patient, NOW + MINUTE)
    with transaction(engine) as session:
        # As a database of before could hold it: ended, with a letter beside it.
        row = session.get_one(WaitingAnswer, case.id)
        kept = WaitingAnswer(case_id=case.id, version=1, letter=row.letter, by_id=AGENT.id, by_role=AGENT.role.value)
    withdraw(engine, patient, case)
    with transaction(engine) as session:
        put(session, kept)
    much_later = NOW + timedelta(days=800)
    with reading(engine) as session:
        [due] = [each for each in retention.due(by(session, SYSTEM, much_later, patient)) if not each.file_id]
    with transaction(engine) as session:
        retention.purge(by(session, SYSTEM, much_later, patient), due)
    with reading(engine) as session:
        assert session.exec(select(WaitingAnswer).where(col(WaitingAnswer.case_id) == case.id)).all() == []
        assert waiting.unsent(by(session, AGENT)) == []
