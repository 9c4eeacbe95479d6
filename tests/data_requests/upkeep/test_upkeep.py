from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from dashboard import jobs
from dashboard.accounts.model import Person
from dashboard.act import Seen
from dashboard.clock import AMSTERDAM, local_day
from dashboard.data_requests.case.lifecycle import Status
from dashboard.data_requests.case.model import Case, CaseEvent, CaseMessage
from dashboard.data_requests.desk import bulk, handling, queue
from dashboard.data_requests.desk.rows import Filters
from dashboard.data_requests.outgoing import answers
from dashboard.data_requests.outgoing.uploads import Upload
from dashboard.data_requests.requester import following, links
from dashboard.data_requests.school import at_school
from dashboard.data_requests.upkeep import retention, upkeep
from dashboard.data_requests.upkeep.upkeep import CaseChore
from dashboard.db import Base, reading, transaction
from dashboard.demo import seed
from dashboard.errors import NotAllowedError, NotFoundError, NotPossibleError
from dashboard.files import FileStore
from dashboard.permissions import SYSTEM
from dashboard.policy.service import set_rule
from dashboard.portal import Portal
from dashboard.settings import Settings
from tests import cases
from tests.acts import by, seen
from tests.people import AGENT, LYCEUM, OFFICER, request, requester

TWO_YEARS = timedelta(days=731)


def answered(engine: Engine, settings: Settings, now: datetime) -> Case:
    """A closed case with an answer's file, a reason and messages."""
    case = cases.in_progress(engine, settings, now)
    with transaction(engine) as session:
        answers.attach(by(session, AGENT, now, settings), seen(case), Upload("a.json", b'{"naam": "Noor"}'))
    case = cases.decide(engine, case, now, reason="Alles gevonden.")
    return cases.close(engine, settings, case, now)


def purge(engine: Engine, settings: Settings, now: datetime) -> list[str]:
    portal = Portal(settings, engine, FileStore.local(settings.data_dir / "files"))
    return [each.rule for each in jobs.purge(portal, lambda: now)]


def everything(engine: Engine) -> str:
    """Every row of every table as text, opened with our secrets."""
    with reading(engine) as session:
        return "\n".join(repr(row) for model in _models(Base) for row in session.exec(select(model)))


def _models(kind: type[Base]) -> Iterator[type[Base]]:
    for each in kind.__subclasses__():
        if hasattr(each, "__table__"):
            yield each
        yield from _models(each)


def test_after_a_day_without_a_confirmation_one_reminder_with_a_link_that_works(
    engine: Engine, settings: Settings, now: datetime
) -> None:
    receipt = cases.submit(engine, settings, now)
    for hours, sent in ((23, 0), (25, 1), (49, 0)):
        assert cases.chore(engine, settings, now + timedelta(hours=hours), CaseChore.REMIND_UNVERIFIED) == sent
    (mail,) = cases.mails(engine, "confirm_reminder")
    cases.open_link(engine, settings, cases.token_in(mail), now + timedelta(days=20))
    case = cases.case_of(engine, receipt)
    assert (case.status, case.received_on) == (Status.RECEIVED, local_day(now))


def run(engine: Engine, settings: Settings, moment: datetime, *chores: CaseChore) -> list[int]:
    return [cases.chore(engine, settings, moment, chore) for chore in chores]


def digest(engine: Engine, settings: Settings, moment: datetime) -> int:
    with transaction(engine) as session:
        return upkeep.send_digest(by(session, SYSTEM, moment, settings))


UNVERIFIED = (CaseChore.REMIND_UNVERIFIED, CaseChore.EXPIRE_UNVERIFIED)
WAITS = (CaseChore.END_WAIT, CaseChore.REMIND_WAITING)


def test_after_a_month_without_a_worker_there_is_a_reminder_first_and_days_to_act_on_it(
    engine: Engine, settings: Settings, now: datetime
) -> None:
    receipt = cases.submit(engine, settings, now)
    back = now + timedelta(days=40)
    assert run(engine, settings, back, *UNVERIFIED) == [1, 0]
    (mail,) = cases.mails(engine, "confirm_reminder")
    assert "uiterlijk vrijdag 17 april 2026" in mail.body
    assert run(engine, settings, back + timedelta(days=2), *UNVERIFIED) == [0, 0]
    # The link in it works until then.
    with transaction(engine) as session:
        found = links.use_link(by(session, SYSTEM, back + timedelta(days=2), settings), cases.token_in(mail))
        found.used_at = None
    assert run(engine, settings, back + timedelta(days=3), *UNVERIFIED) == [0, 1]
    assert cases.case_of(engine, receipt).status is Status.EXPIRED


def test_a_request_in_two_parts_is_reminded_and_expires_with_one_mail_that_names_both(
    engine: Engine, settings: Settings, now: datetime
) -> None:
    receipt = cases.submit(engine, settings, now, request(subject="both", school_name="Lyceum"))
    assert run(engine, settings, now + timedelta(days=2), *UNVERIFIED) == [2, 0]
    assert run(engine, settings, now + timedelta(days=31), *UNVERIFIED) == [0, 2]
    for kind in ("confirm_reminder", "expired"):
        (mail,) = cases.mails(engine, kind)
        assert f"{receipt.reference} en {receipt.also}" in mail.body


def waiting(engine: Engine, settings: Settings, now: datetime) -> Case:
    case = cases.in_progress(engine, settings, now)
    with transaction(engine) as session:
        handling.pause(by(session, AGENT, now, settings), seen(case), "Welke jaren?")
    return cases.fresh(engine, case)


def test_a_wait_ends_by_itself_a_week_after_a_reminder(engine: Engine, settings: Settings, now: datetime) -> None:
    """By hand: asked on 5 March; 28 days end on 2 April, the reminder goes out on 26 March; 28 days of pause after 5 April."""
    case = waiting(engine, settings, now)
    done = {day: run(engine, settings, now + timedelta(days=day), *WAITS) for day in (20, 21, 22, 27, 28, 29)}
    assert done == {20: [0, 0], 21: [0, 1], 22: [0, 0], 27: [0, 0], 28: [1, 0], 29: [0, 0]}
    (mail,) = cases.mails(engine, "wait_reminded")
    assert "Antwoord uiterlijk donderdag 2 april 2026" in mail.body
    assert len(cases.mails(engine, "wait_ended")) == 1
    found = cases.fresh(engine, case)
    assert (found.status, found.paused_since, found.paused_days, found.due_on) == (
        *(Status.IN_PROGRESS, None, 28), date(2026, 4, 7),
    )  # fmt: skip


def test_a_wait_that_nobody_reminded_of_is_first_reminded_of(engine: Engine, settings: Settings, now: datetime) -> None:
    waiting(engine, settings, now)
    back = now + timedelta(days=60)
    assert run(engine, settings, back, *WAITS) == [0, 1]
    assert run(engine, settings, back + timedelta(days=6), *WAITS) == [0, 0]
    assert run(engine, settings, back + timedelta(days=7), *WAITS) == [1, 0]


def test_an_answer_ends_the_wait_and_the_next_question_has_a_wait_of_its_own(
    engine: Engine, settings: Settings, now: datetime
) -> None:
    case = waiting(engine, settings, now)
    assert run(engine, settings, now + timedelta(days=21), *WAITS) == [0, 1]
    later = now + timedelta(days=25)
    with transaction(engine) as session:
        following.reply(by(session, requester(case.id), later, settings), Seen(case.id), "Dit jaar.")
    assert run(engine, settings, now + timedelta(days=28), *WAITS) == [0, 0]
    with transaction(engine) as session:
        handling.ask(by(session, AGENT, later, settings), seen(cases.fresh(engine, case)), "En welke school?")
    assert run(engine, settings, later + timedelta(days=20), *WAITS) == [0, 0]
    assert run(engine, settings, later + timedelta(days=21), *WAITS) == [0, 1]


def test_a_schools_wait_ends_too_and_the_school_hears_it(engine: Engine, settings: Settings, now: datetime) -> None:
    case = cases.handed(engine, settings, now)
    with transaction(engine) as session:
        at_school.enter_handed(by(session, LYCEUM, now, settings), case.id, cases.school_code(engine))
    with transaction(engine) as session:
        handling.ask(by(session, LYCEUM, now, settings), seen(cases.fresh(engine, case)), "Welk jaar?")
    assert run(engine, settings, now + timedelta(days=21), *WAITS) == [0, 1]
    assert "Je school heeft je iets gevraagd" in cases.mails(engine, "wait_reminded")[0].body
    assert run(engine, settings, now + timedelta(days=28), *WAITS) == [1, 0]
    assert cases.fresh(engine, case).status is Status.HANDED_TO_SCHOOL
    assert cases.mails(engine, "wait_ended_at_school")[0].recipient == "fem@lyceum.example"


def test_the_day_after_the_date_who_got_no_answer_hears_it_from_us_once(
    engine: Engine, settings: Settings, now: datetime
) -> None:
    """Received 5 March, due Tuesday 7 April: told on the eighth. Not who was answered, nor who had it looked at again."""
    again = answered(engine, settings, now - timedelta(days=2))
    answered(engine, settings, now - timedelta(days=1))
    cases.in_progress(engine, settings, now)
    with transaction(engine) as session:
        following.reopen(by(session, requester(again.id), now, settings), Seen(again.id), "Niet goed.")
    handed = cases.handed(engine, settings, now + timedelta(hours=1))
    noon = datetime(2026, 4, 7, 12, tzinfo=UTC)
    assert [run(engine, settings, noon + timedelta(days=day), CaseChore.TELL_LATE) for day in (0, 1, 2)] == [[0], [2], [0]]
    ours, schools = sorted(cases.mails(engine, "late"), key=lambda mail: mail.case_id == handed.id)
    for part in ("uiterlijk dinsdag 7 april 2026", "autoriteitpersoonsgegevens.nl", "Daarvoor geldt geen termijn"):
        assert part in ours.body
    assert "Je school heeft nog niet geantwoord" in schools.body
    assert "Te laat" in cases.mails(engine, "school_reminder")[-1].subject


def test_the_digest_stays_away_on_a_public_holiday(engine: Engine, settings: Settings, now: datetime) -> None:
    """27 April 2026 is King's Day, a Monday; 3 April is Good Friday; 5 May is Liberation Day."""
    with transaction(engine) as session:
        set_rule(by(session, OFFICER, now), Seen("digest_to"), ["desk@publisher.example"], reason="Begin")
    at_nine = {
        day: datetime(2026, *day, 9, tzinfo=AMSTERDAM) for day in ((4, 2), (4, 3), (4, 6), (4, 27), (4, 28), (5, 5), (5, 6))
    }
    sent = {day: digest(engine, settings, moment) for day, moment in at_nine.items()}
    assert sent == {(4, 2): 1, (4, 3): 0, (4, 6): 0, (4, 27): 0, (4, 28): 1, (5, 5): 0, (5, 6): 1}


def test_the_digest_goes_out_once_a_working_day_after_seven(engine: Engine, settings: Settings, now: datetime) -> None:
    cases.received(engine, settings, now)
    with transaction(engine) as session:
        set_rule(by(session, OFFICER, now), Seen("digest_to"), ["fg@publisher.example"], reason="Meelezen")
        session.add(
            Person(
                id="agent-1",
                issuer="i",
                subject="s",
                name="Ben",
                created_at=now,
                staff_role="desk_agent",
                email="ben@publisher.example",
            )
        )
    sent = []
    for moment in (
        datetime(2026, 3, 6, 5, 59, tzinfo=UTC),  # 06:59 in Amsterdam
        datetime(2026, 3, 6, 6, 1, tzinfo=UTC),
        datetime(2026, 3, 6, 12, 0, tzinfo=UTC),
        datetime(2026, 3, 7, 8, 0, tzinfo=UTC),  # Saturday
        datetime(2026, 3, 9, 8, 0, tzinfo=UTC),
    ):
        with transaction(engine) as session:
            sent.append(upkeep.send_digest(by(session, SYSTEM, moment, settings)))
    assert sent == [0, 2, 0, 0, 2]
    mails = cases.mails(engine, "digest")
    assert {mail.recipient for mail in mails} == {"fg@publisher.example", "ben@publisher.example"}
    assert "Nog niemand op gezet: 1" in mails[0].body


def test_the_dry_run_says_what_would_go_and_takes_nothing(engine: Engine, settings: Settings, now: datetime) -> None:
    case = answered(engine, settings, now)
    with transaction(engine) as session:
        found = retention.due(by(session, SYSTEM, now + TWO_YEARS))
    assert {(each.rule, each.case_id) for each in found} == {
        ("keep_answer_days", case.id),
        ("keep_correspondence_days", case.id),
    }
    assert cases.fresh(engine, case).purged_at is None
    with pytest.raises(NotAllowedError), transaction(engine) as session:
        retention.due(by(session, OFFICER, now))


def test_an_answers_files_go_after_thirty_days_and_the_case_stays(
    engine: Engine, settings: Settings, now: datetime, tmp_path: Path
) -> None:
    case = answered(engine, settings, now)
    assert purge(engine, settings, now + timedelta(days=29)) == []
    assert purge(engine, settings, now + timedelta(days=30)) == ["keep_answer_days"]
    assert purge(engine, settings, now + timedelta(days=30)) == []
    stored = [path for path in (settings.data_dir / "files").rglob("*") if path.is_file()]
    assert stored == []
    with reading(engine) as session:
        from dashboard.data_requests.case.model import CaseFile  # noqa: PLC0415

        (row,) = session.exec(select(CaseFile)).all()
    with pytest.raises(NotFoundError), transaction(engine) as session:
        answers.download(by(session, requester(case.id), now, settings), row.id)
    assert cases.fresh(engine, case).name == "Noor Voorbeeld"


def test_after_two_years_nothing_personal_is_left_and_the_facts_stay(
    engine: Engine, settings: Settings, now: datetime, tmp_path: Path
) -> None:
    case = answered(engine, settings, now)
    code = cases.submit(engine, settings, now).code
    assert "Noor" in everything(engine)
    purge(engine, settings, now + TWO_YEARS)
    run(engine, settings, now + TWO_YEARS, CaseChore.REMIND_UNVERIFIED)
    run(engine, settings, now + TWO_YEARS + timedelta(days=3), CaseChore.EXPIRE_UNVERIFIED)
    purge(engine, settings, now + TWO_YEARS + timedelta(days=8))
    left = everything(engine)
    for personal in ("Noor", "noor@", "Ik wil mijn gegevens zien", "Alles gevonden", "Beste "):
        assert personal not in left
    found = cases.fresh(engine, case)
    assert (found.received_on, found.due_on, found.status) == (case.received_on, case.due_on, Status.CLOSED)
    with reading(engine) as session:
        kinds = [event.kind.value for event in session.exec(select(CaseEvent).where(CaseEvent.case_id == case.id)).all()]
        assert session.exec(select(CaseMessage)).all() == []
    assert "closed" in kinds
    assert "purged" in kinds
    assert not cases.enter(engine, settings, now + TWO_YEARS, case.reference, code).opened


def test_what_was_purged_is_purged_again_after_a_restore(
    engine: Engine, settings: Settings, now: datetime, tmp_path: Path
) -> None:
    case = answered(engine, settings, now)
    [ledger] = settings.ledgers
    retention.write_ledger(settings.ledgers, [retention.Purge("keep_correspondence_days", case.id)], now)
    assert "Noor" not in ledger.read_text("utf-8")
    for taken in (1, 0):
        with transaction(engine) as session:
            back = retention.replay(by(session, SYSTEM, now, settings))
        assert len(back) == taken
    assert cases.fresh(engine, case).purged_at == now
    assert "Noor" not in everything(engine)


def test_an_unconfirmed_request_that_was_withdrawn_goes_as_an_unconfirmed_one(
    engine: Engine, settings: Settings, now: datetime
) -> None:
    receipt = cases.submit(engine, settings, now)
    case = cases.case_of(engine, receipt)
    confirmed = cases.received(engine, settings, now, request(email="ander@aanvrager.example"))
    for each in (case, confirmed):
        with transaction(engine) as session:
            following.withdraw(by(session, requester(each.id), now + timedelta(days=20), settings), Seen(each.id))
    assert purge(engine, settings, now + timedelta(days=29)) == []
    assert purge(engine, settings, now + timedelta(days=30)) == ["keep_unverified_days"]
    assert cases.fresh(engine, case).name == "-"
    assert cases.fresh(engine, confirmed).name == "Noor Voorbeeld"


def test_nothing_is_written_into_what_was_purged(engine: Engine, settings: Settings, now: datetime) -> None:
    case = answered(engine, settings, now)
    purge(engine, settings, now + TWO_YEARS)
    left, later = everything(engine), now + TWO_YEARS + timedelta(days=1)
    tries = (
        lambda act: handling.note(act, seen(cases.fresh(engine, case)), "Alsnog een naam: Noor."),
        lambda act: bulk.link(act, seen(cases.fresh(engine, case)), case.reference),
    )
    for attempt in tries:
        with pytest.raises(NotPossibleError) as refused, transaction(engine) as session:
            attempt(by(session, AGENT, later, settings))
        assert refused.value.text_key == "error.purged"
    assert everything(engine) == left


def test_a_new_address_of_one_half_is_not_written_into_the_purged_other_half(
    engine: Engine, settings: Settings, now: datetime
) -> None:
    cases.submit(engine, settings, now, request(subject="both", school_name="De Brug"))
    cases.verify(engine, settings, now)
    with reading(engine) as session:
        ours, schools = sorted(session.exec(select(Case)).all(), key=lambda case: case.subject != "own_records")
    with transaction(engine) as session:
        following.withdraw(by(session, requester(ours.id), now, settings), Seen(ours.id))
    assert purge(engine, settings, now + TWO_YEARS) == ["keep_correspondence_days"]
    then = now + TWO_YEARS + timedelta(days=1)
    with transaction(engine) as session:
        following.ask_new_address(by(session, requester(schools.id), then, settings), Seen(schools.id), "nieuw@aanvrager.example")
    cases.open_link(engine, settings, cases.token_in(cases.mails(engine, "new_address")[-1]), then)
    assert cases.fresh(engine, schools).email == "nieuw@aanvrager.example"
    assert cases.fresh(engine, ours).email == ""


def test_a_period_that_the_officer_sets_is_the_one_that_counts(
    engine: Engine, settings: Settings, now: datetime, tmp_path: Path
) -> None:
    answered(engine, settings, now)
    with transaction(engine) as session:
        set_rule(by(session, OFFICER, now), Seen("keep_answer_days"), "90", reason="Langer")
    assert purge(engine, settings, now + timedelta(days=60)) == []
    assert purge(engine, settings, now + timedelta(days=90)) == ["keep_answer_days"]


def test_the_kept_counts_are_what_the_cases_say_after_every_kind_of_move(
    engine: Engine, settings: Settings, now: datetime
) -> None:
    with transaction(engine) as session:
        seed.requests(by(session, SYSTEM, now, settings), 200, seed=6)
    case = cases.handed(engine, settings, now)
    with transaction(engine) as session:
        following.withdraw(by(session, requester(case.id), now, settings), Seen(case.id))
    answered(engine, settings, now + timedelta(minutes=20))
    cases.submit(engine, settings, now)
    with reading(engine) as session:
        assert queue.kept_counts(by(session, SYSTEM)) == queue.recounted(by(session, SYSTEM))
        page = queue.desk(by(session, AGENT, now), Filters(search="noor voorb"))
    assert page.rows
