from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine

from dashboard.accounts.model import Person
from dashboard.act import Seen
from dashboard.data_requests.case import queries
from dashboard.data_requests.case.lifecycle import Status
from dashboard.data_requests.case.model import Case
from dashboard.data_requests.desk import handing_over, handling, queue
from dashboard.data_requests.desk.handing_over import HandTo
from dashboard.data_requests.desk.rows import Filters, View
from dashboard.data_requests.outgoing import answers
from dashboard.data_requests.outgoing.uploads import Upload
from dashboard.data_requests.requester import following
from dashboard.data_requests.upkeep import upkeep
from dashboard.data_requests.upkeep.upkeep import CaseChore
from dashboard.db import reading, transaction
from dashboard.errors import InvalidInputError, NotAllowedError, NotFoundError, NotPossibleError, StaleError
from dashboard.settings import Settings
from tests import cases
from tests.acts import by, seen
from tests.people import AGENT, AUDITOR, COLLEAGUE, LYCEUM, OFFICER, request, requester

TO_SCHOOL = HandTo("Fem\n Functionaris", "fg@lyceum.example", other="Voorbeeldlyceum")
LEARNING = {"subject": "learning_material", "school_name": "Voorbeeldlyceum, Stad"}


def decide(
    engine: Engine, case: Case, right: str, outcome: str, now: datetime, ground: str | None = None, reason: str = ""
) -> Case:
    return cases.decide(engine, case, now, right, outcome, ground, reason)


def close(engine: Engine, case: Case, settings: Settings, now: datetime, letter: str = cases.LETTER) -> None:
    cases.close(engine, settings, case, now, letter)


def test_who_takes_a_case_handles_it_and_a_colleague_can_take_it_over(engine: Engine, settings: Settings, now: datetime) -> None:
    case = cases.in_progress(engine, settings, now)
    assert (case.status, case.handler_id) == (Status.IN_PROGRESS, AGENT.id)
    with transaction(engine) as session:
        handling.take(by(session, COLLEAGUE, now), seen(case))
    assert cases.fresh(engine, case).handler_id == COLLEAGUE.id


def test_the_second_of_two_staff_is_told_and_nothing_of_theirs_is_kept(engine: Engine, settings: Settings, now: datetime) -> None:
    case = cases.in_progress(engine, settings, now)
    with transaction(engine) as session:
        handling.note(by(session, AGENT, now), seen(case), "Eerste.")
    with pytest.raises(StaleError), transaction(engine) as session:
        handling.note(by(session, COLLEAGUE, now), seen(case), "Tweede.")
    with reading(engine) as session:
        found = queries.case_view(by(session, AGENT, now, settings), case.id)
    assert [message.body for message in found.messages] == ["Eerste."]
    assert found.version == case.version + 1


@pytest.mark.parametrize("outsider", [AUDITOR, LYCEUM, requester("x")])
def test_who_may_not_handle_cases_changes_nothing(engine: Engine, settings: Settings, now: datetime, outsider: object) -> None:
    case = cases.received(engine, settings, now)
    with pytest.raises(NotAllowedError), transaction(engine) as session:
        handling.take(by(session, outsider, now), seen(case))  # type: ignore[arg-type]
    assert cases.fresh(engine, case).version == case.version


def test_the_auditor_reads_a_case_all_the_same(engine: Engine, settings: Settings, now: datetime) -> None:
    case = cases.received(engine, settings, now)
    with reading(engine) as session:
        assert queries.case_view(by(session, AUDITOR, now, settings), case.id).reference == case.reference
        with pytest.raises(NotFoundError):
            queries.case_view(by(session, AUDITOR, now, settings), "another")


def test_a_question_waits_for_the_requester_and_the_reply_brings_it_back(
    engine: Engine, settings: Settings, now: datetime
) -> None:
    case = cases.in_progress(engine, settings, now)
    with transaction(engine) as session:
        handling.ask(by(session, AGENT, now, settings), seen(case), "Welk jaar bedoel je?")
    assert cases.fresh(engine, case).status is Status.WAITING_FOR_REQUESTER
    (mail,) = cases.mails(engine, "question")
    assert "Welk jaar" not in mail.body
    with transaction(engine) as session:
        following.reply(by(session, requester(case.id), now), Seen(case.id), "2024.")
    assert cases.fresh(engine, case).status is Status.IN_PROGRESS


def test_a_message_of_the_desk_brings_files_that_the_requester_opens(engine: Engine, settings: Settings, now: datetime) -> None:
    case = cases.in_progress(engine, settings, now)
    for name, content in (("a.exe", b"MZ"), ("a.pdf", b"<html>")):
        with pytest.raises(InvalidInputError), transaction(engine) as session:
            wrong = [Upload(name, content)]
            handling.inform(by(session, AGENT, now, settings), seen(case), "Zie bijlage.", uploads=wrong)
    assert cases.fresh(engine, case).version == case.version
    with transaction(engine) as session:
        handling.inform(
            by(session, AGENT, now, settings),
            seen(case),
            "Zie bijlage.",
            uploads=[Upload("uitleg.txt", b"Uitleg")],
        )
    with reading(engine) as session:
        shown = queries.case_view(by(session, requester(case.id), now, settings), case.id)
    (file,) = shown.messages[-1].files
    with transaction(engine) as session:
        assert answers.download(by(session, requester(case.id), now, settings), file.id).content == b"Uitleg"
    with pytest.raises(NotFoundError), transaction(engine) as session:
        answers.download(by(session, requester("another"), now, settings), file.id)


def test_a_colleague_named_in_a_note_finds_the_case_until_it_was_opened(
    engine: Engine, settings: Settings, now: datetime
) -> None:
    case = cases.in_progress(engine, settings, now)
    with transaction(engine) as session:
        session.add(
            Person(
                id=COLLEAGUE.id,
                issuer="i",
                subject="s",
                name="Cato Collega",
                created_at=now,
                staff_role="desk_agent",
                email="cato@publisher.example",
            )
        )
    with transaction(engine) as session:
        named = [COLLEAGUE.id, "somebody-else"]
        handling.note(by(session, AGENT, now, settings), seen(case), "Kijk jij?", mentions=named)
    (mail,) = cases.mails(engine, "mentioned")
    assert mail.recipient == "cato@publisher.example"
    assert "Kijk jij?" not in mail.body
    for opened, number in ((False, 1), (True, 0)):
        if opened:
            with transaction(engine) as session:
                handling.seen_mention(by(session, COLLEAGUE), case.id)
        with reading(engine) as session:
            page = queue.desk(by(session, COLLEAGUE, now), Filters(view=View.MENTIONED))
            assert len(page.rows) == number
            assert queue.desk_counts(by(session, COLLEAGUE, now))[View.MENTIONED] == number


def test_a_message_for_information_asks_nothing(engine: Engine, settings: Settings, now: datetime) -> None:
    case = cases.in_progress(engine, settings, now)
    with transaction(engine) as session:
        handling.inform(by(session, AGENT, now, settings), seen(case), "We zijn bezig.")
    assert cases.fresh(engine, case).status is Status.IN_PROGRESS
    assert len(cases.mails(engine, "news")) == 1


def test_a_case_closes_only_when_every_right_is_decided(engine: Engine, settings: Settings, now: datetime) -> None:
    case = cases.in_progress(engine, settings, now, request(rights=("access", "erasure")))
    case = decide(engine, case, "access", "granted", now)
    with pytest.raises(NotPossibleError) as refused:
        close(engine, case, settings, now)
    assert refused.value.text_key == "need.all_decided"
    case = decide(engine, case, "erasure", "granted", now)
    cases.approve(engine, case, now, "erasure")
    cases.tell_all(engine, case, now)
    close(engine, case, settings, now, "[besluiten]")
    assert cases.fresh(engine, case).status is Status.CLOSED
    (mail,) = cases.mails(engine, "answered")
    assert "rechtbank" not in mail.body


@pytest.mark.parametrize(
    ("right", "outcome", "ground", "reason", "problem"),
    [
        ("erasure", "refused", None, "Daarom.", {"ground": "invalid.ground"}),
        ("erasure", "partly", "legal_duty", " ", {"reason": "invalid.reason_empty"}),
        ("access", "refused", "legal_duty", "Daarom.", {"ground": "invalid.ground"}),
        ("access", "refused", "rights_of_others", "Daarom.", {"ground": "invalid.ground_partly"}),
        ("consent_withdrawal", "refused", "manifestly_unfounded", "Daarom.", {"outcome": "invalid.no_refusal_exists"}),
        ("access", "maybe", None, "", {"outcome": "invalid.outcome"}),
        ("access", "", None, "", {"outcome": "invalid.outcome"}),
    ],
)
def test_a_decision_without_what_the_law_asks_is_refused(
    engine: Engine,
    settings: Settings,
    now: datetime,
    right: str,
    outcome: str,
    ground: str | None,
    reason: str,
    problem: dict[str, str],
) -> None:
    case = cases.in_progress(engine, settings, now, request(rights=(right,)))
    with pytest.raises(InvalidInputError) as refused:
        decide(engine, case, right, outcome, now, ground, reason)
    assert refused.value.problems == problem
    assert cases.fresh(engine, case).version == case.version


def test_a_right_that_was_not_asked_for_cannot_be_decided(engine: Engine, settings: Settings, now: datetime) -> None:
    case = cases.in_progress(engine, settings, now)
    for right in ("erasure", "no-right"):
        with pytest.raises(NotFoundError):
            decide(engine, case, right, "granted", now)


def test_a_partial_refusal_carries_reason_authority_and_court(engine: Engine, settings: Settings, now: datetime) -> None:
    case = cases.in_progress(engine, settings, now, request(rights=("erasure",)))
    case = decide(engine, case, "erasure", "partly", now, "legal_duty", "Facturen blijven zeven jaar, tot 2033.")
    cases.approve(engine, case, now, "erasure")
    cases.tell_all(engine, case, now)
    close(engine, case, settings, now)
    (mail,) = cases.mails(engine, "answered")
    assert "autoriteitpersoonsgegevens.nl" in mail.body
    assert "verzoekschrift). Dat kan tot en met donderdag 16 april 2026" in mail.body
    with reading(engine) as session:
        shown = queries.case_view(by(session, requester(case.id), now, settings), case.id)
    assert shown.rights[0].reason == "Facturen blijven zeven jaar, tot 2033."
    closed = next(event for event in shown.events if event.kind.value == "closed")
    assert closed.fields["outcomes"] == {"erasure": "partly"}
    assert closed.fields["on_time"] is True


def test_closing_after_the_due_day_is_recorded_as_late(engine: Engine, settings: Settings, now: datetime) -> None:
    case = decide(engine, cases.in_progress(engine, settings, now), "access", "granted", now)
    close(engine, case, settings, now + timedelta(days=34))
    with reading(engine) as session:
        shown = queries.case_view(by(session, AGENT, now, settings), case.id)
    assert shown.events[0].fields["on_time"] is False


def test_about_learning_material_the_publisher_decides_nothing_and_hands_over(
    engine: Engine, settings: Settings, now: datetime
) -> None:
    case = cases.in_progress(engine, settings, now, request(**LEARNING))
    with pytest.raises(NotPossibleError) as refused:
        decide(engine, case, "access", "granted", now)
    assert refused.value.text_key == "need.controller"
    with transaction(engine) as session:
        handing_over.hand_over(by(session, AGENT, now, settings), seen(case), TO_SCHOOL)
    case = cases.fresh(engine, case)
    assert case.status is Status.HANDED_TO_SCHOOL
    assert "Voorbeeldlyceum, Fem Functionaris" in cases.mails(engine, "handed_over")[0].body
    with transaction(engine) as session:
        handing_over.close_by_school(by(session, AGENT, now, settings), seen(case))
    assert cases.fresh(engine, case).status is Status.CLOSED_BY_SCHOOL
    assert len(cases.mails(engine, "closed_by_school")) == 1


def test_our_own_records_are_never_handed_to_a_school(engine: Engine, settings: Settings, now: datetime) -> None:
    case = cases.in_progress(engine, settings, now)
    with pytest.raises(NotPossibleError) as refused, transaction(engine) as session:
        handing_over.hand_over(by(session, AGENT, now, settings), seen(case), TO_SCHOOL)
    assert refused.value.text_key == "need.processor"


@pytest.mark.parametrize(("typed", "cents"), [("12,50", 1250), ("12.5", 1250), ("€ 12", 1200), ("0,01", 1), ("1000", 100_000)])
def test_a_fee_is_said_beforehand_and_the_requester_thinks_again(
    engine: Engine, settings: Settings, now: datetime, typed: str, cents: int
) -> None:
    case = cases.in_progress(engine, settings, now)
    with transaction(engine) as session:
        handling.announce_fee(by(session, AGENT, now, settings), seen(case), typed, "Derde keer.", evidence="Zie BS-1.")
    case = cases.fresh(engine, case)
    assert (case.status, case.paused_since) == (Status.WAITING_FOR_REQUESTER, None)
    (mail,) = cases.mails(engine, "fee")
    assert f"€\xa0{cents // 100},{cents % 100:02}".replace("1000", "1.000") in mail.body
    with reading(engine) as session:
        view = queries.case_view(by(session, requester(case.id), now, settings), case.id)
    assert [message.body for message in view.messages] == ["Derde keer."]
    with transaction(engine) as session:
        following.withdraw(by(session, requester(case.id), now, settings), Seen(case.id))
    assert cases.fresh(engine, case).status is Status.WITHDRAWN


@pytest.mark.parametrize(
    ("typed", "evidence", "field"),
    [("", "x", "amount"), ("0", "x", "amount"), ("-5", "x", "amount"), ("12,505", "x", "amount"), ("1001", "x", "amount"),
     ("veel", "x", "amount"), ("12", " ", "evidence")],
)  # fmt: skip
def test_a_fee_without_an_amount_or_what_shows_it_is_refused(
    engine: Engine, settings: Settings, now: datetime, typed: str, evidence: str, field: str
) -> None:
    case = cases.in_progress(engine, settings, now)
    with pytest.raises(InvalidInputError) as refused, transaction(engine) as session:
        handling.announce_fee(by(session, AGENT, now, settings), seen(case), typed, "Daarom.", evidence=evidence)
    assert list(refused.value.problems) == [field]


def test_unconfirmed_requests_expire_after_thirty_days_with_a_message(engine: Engine, settings: Settings, now: datetime) -> None:
    old, young = cases.submit(engine, settings, now), cases.submit(engine, settings, now + timedelta(days=3))
    cases.chore(engine, settings, now + timedelta(days=5), CaseChore.REMIND_UNVERIFIED)
    assert cases.chore(engine, settings, now + timedelta(days=31), CaseChore.EXPIRE_UNVERIFIED) == 1
    assert cases.chore(engine, settings, now + timedelta(days=31), CaseChore.EXPIRE_UNVERIFIED) == 0
    assert cases.case_of(engine, old).status is Status.EXPIRED
    assert cases.case_of(engine, young).status is Status.UNVERIFIED
    assert len(cases.mails(engine, "expired")) == 1
    with pytest.raises(NotAllowedError), transaction(engine) as session:
        upkeep.due(by(session, OFFICER, now, settings), CaseChore.EXPIRE_UNVERIFIED)
