"""Extension and pause: what moves the date of a case, and what never does."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from dashboard.act import Seen
from dashboard.data_requests.case import queries
from dashboard.data_requests.case.lifecycle import Status
from dashboard.data_requests.case.model import Case, CaseFile
from dashboard.data_requests.case.rows import CaseView
from dashboard.data_requests.case.terms import FilePurpose
from dashboard.data_requests.desk import deciding, handling
from dashboard.data_requests.law.rights import Ground, Outcome, Right
from dashboard.data_requests.outgoing import letters
from dashboard.data_requests.outgoing.letters import Letter
from dashboard.data_requests.outgoing.uploads import Upload
from dashboard.data_requests.requester import following
from dashboard.data_requests.requester.intake import NewRequest
from dashboard.data_requests.upkeep import bridge_days
from dashboard.db import reading, transaction
from dashboard.errors import InvalidInputError, NotAllowedError, NotPossibleError
from dashboard.i18n import Language
from dashboard.settings import Settings
from tests import cases
from tests.acts import NOW, by, seen
from tests.cases import PNG
from tests.people import AGENT, OFFICER, request, requester


def view(engine: Engine, settings: Settings, case: Case, now: datetime) -> CaseView:
    with reading(engine) as session:
        return queries.case_view(by(session, AGENT, now, settings), case.id)


def extend(
    engine: Engine, settings: Settings, case: Case, now: datetime, reason: str = "complexity", words: str = "Veel systemen."
) -> None:
    with transaction(engine) as session:
        handling.extend(by(session, AGENT, now, settings), seen(cases.fresh(engine, case)), reason=reason, explanation=words)


def received_at(engine: Engine, settings: Settings, moment: datetime, typed: NewRequest | None = None) -> Case:
    return cases.in_progress(engine, settings, moment, typed)


def test_an_extension_goes_to_three_months_from_receipt_with_a_notice_in_full(
    engine: Engine, settings: Settings, now: datetime
) -> None:
    case = received_at(engine, settings, now)
    extend(engine, settings, case, now + timedelta(days=20))
    found = cases.fresh(engine, case)
    assert (found.due_on, found.extended) == (date(2026, 6, 5), True)
    (mail,) = cases.mails(engine, "extended")
    for part in ("artikel 12 lid 3", "vrijdag 5 juni 2026", "dinsdag 7 april 2026", "ingewikkeld", "Veel systemen."):
        assert part in mail.body
    shown = view(engine, settings, case, now)
    assert (shown.dates.first.due_on, shown.dates.due.due_on) == (date(2026, 4, 7), date(2026, 6, 5))


@pytest.mark.parametrize(
    ("moment", "possible"),
    [
        # Received 10 June 2026: the last day for the notice is Friday 10 July, until midnight in Amsterdam.
        (datetime(2026, 7, 10, 21, 59, tzinfo=UTC), True),
        (datetime(2026, 7, 10, 22, 0, tzinfo=UTC), False),
        (datetime(2026, 7, 11, 10, 0, tzinfo=UTC), False),
    ],
)
def test_the_notice_goes_out_by_the_first_due_date_or_not_at_all(
    engine: Engine, settings: Settings, moment: datetime, possible: bool
) -> None:
    case = received_at(engine, settings, datetime(2026, 6, 10, 8, 0, tzinfo=UTC))
    assert case.due_on == date(2026, 7, 10)
    if possible:
        extend(engine, settings, case, moment)
        assert cases.fresh(engine, case).due_on == date(2026, 9, 10)
        return
    with pytest.raises(NotPossibleError) as refused:
        extend(engine, settings, case, moment)
    assert refused.value.text_key == "need.in_time_to_extend"
    assert cases.fresh(engine, case).due_on == date(2026, 7, 10)
    assert not cases.mails(engine, "extended")


def test_an_extension_is_once_and_only_for_one_of_two_reasons(engine: Engine, settings: Settings, now: datetime) -> None:
    case = received_at(engine, settings, now)
    for reason, words in (("holidays", "Vakantie."), ("", "x"), ("complexity", "  ")):
        with pytest.raises(InvalidInputError):
            extend(engine, settings, case, now, reason, words)
    extend(engine, settings, case, now, "number_of_requests")
    with pytest.raises(NotPossibleError) as refused:
        extend(engine, settings, case, now)
    assert refused.value.text_key == "need.not_extended"


@pytest.mark.parametrize("language", list(Language))
def test_a_template_that_was_not_filled_in_does_not_go_out(
    engine: Engine, settings: Settings, now: datetime, language: Language
) -> None:
    case = cases.in_progress(engine, settings, now, request(language=language))
    with reading(engine) as session:
        extension = letters.template(by(session, AGENT), Letter.EXTENSION, language)
        identity = letters.template(by(session, AGENT), Letter.IDENTITY, language)
    with pytest.raises(InvalidInputError) as refused:
        extend(engine, settings, case, now, words=extension)
    assert refused.value.problems == {"message": "invalid.letter_unfilled"}
    with pytest.raises(InvalidInputError) as refused, transaction(engine) as session:
        handling.doubt_identity(by(session, AGENT, now, settings), seen(case), doubt="x", question=identity)
    assert refused.value.problems == {"message": "invalid.letter_unfilled"}
    case = cases.decide(engine, case, now)
    with pytest.raises(InvalidInputError) as refused:
        cases.close(engine, settings, case, now, f"{cases.LETTER} {extension}")
    assert refused.value.problems == {"letter": "invalid.letter_unfilled"}


def test_a_pause_shows_a_second_date_and_leaves_the_statutory_one(engine: Engine, settings: Settings) -> None:
    # Received 31 August 2026, asked 2 September, answered 7 September: statutory 30 September, with the pause 5 October.
    case = received_at(engine, settings, datetime(2026, 8, 31, 8, 0, tzinfo=UTC))
    asked = datetime(2026, 9, 2, 9, 0, tzinfo=UTC)
    with transaction(engine) as session:
        handling.pause(by(session, AGENT, asked, settings), seen(case), "Welke jaren?")
    waiting = view(engine, settings, case, asked + timedelta(days=3))
    assert waiting.status is Status.WAITING_FOR_REQUESTER
    assert (waiting.dates.paused_since, waiting.dates.paused_days) == (date(2026, 9, 2), 3)
    assert "woensdag 30 september 2026" in cases.mails(engine, "paused")[0].body
    with transaction(engine) as session:
        following.reply(by(session, requester(case.id), datetime(2026, 9, 7, 9, 0, tzinfo=UTC)), Seen(case.id), "Alleen 2025.")
    shown = view(engine, settings, case, datetime(2026, 9, 20, 9, 0, tzinfo=UTC))
    assert shown.due_on == date(2026, 9, 30)
    assert shown.dates.with_pause == date(2026, 10, 5)
    assert (shown.dates.paused_since, shown.dates.paused_days) == (None, 5)
    ended = next(event for event in shown.events if event.kind.value == "pause_ended")
    assert ended.fields == {"days": 5}


def test_an_ordinary_question_is_no_pause_and_neither_is_the_mailed_code(
    engine: Engine, settings: Settings, now: datetime
) -> None:
    case = received_at(engine, settings, now)
    with transaction(engine) as session:
        handling.ask(by(session, AGENT, now, settings), seen(case), "Klopt dit?")
    with transaction(engine) as session:
        following.reply(by(session, requester(case.id), now + timedelta(days=9)), Seen(case.id), "Ja.")
    assert view(engine, settings, case, now).dates.with_pause is None


def test_two_pauses_add_up_and_closing_counts_by_the_statutory_date(engine: Engine, settings: Settings, now: datetime) -> None:
    case = received_at(engine, settings, now)
    moment = now
    for days in (2, 3):
        with transaction(engine) as session:
            version = cases.fresh(engine, case).version
            handling.pause(by(session, AGENT, moment, settings), Seen(case.id, version), "Wat?")
        moment += timedelta(days=days)
        with transaction(engine) as session:
            following.reply(by(session, requester(case.id), moment), Seen(case.id), "Dit.")
    assert cases.fresh(engine, case).paused_days == 5
    case = cases.decide(engine, case, moment)
    late = datetime(2026, 4, 8, 9, 0, tzinfo=UTC)
    cases.close(engine, settings, case, late)
    closed = view(engine, settings, case, late).events[0]
    assert closed.fields["on_time"] is False


def test_proof_of_identity_needs_a_recorded_doubt_and_is_deleted_when_looked_at(
    engine: Engine, settings: Settings, now: datetime
) -> None:
    case = received_at(engine, settings, now)
    with pytest.raises(InvalidInputError) as refused, transaction(engine) as session:
        handling.doubt_identity(by(session, AGENT, now, settings), seen(case), doubt=" ", question="Wie ben je?")
    assert refused.value.problems == {"doubt": "invalid.doubt_empty"}
    with transaction(engine) as session:
        handling.doubt_identity(
            by(session, AGENT, now, settings), seen(case), doubt="Ander adres dan in het CRM.", question="Wie ben je?"
        )
    with transaction(engine) as session:
        following.reply(by(session, requester(case.id), now, settings), Seen(case.id), "Hierbij.", identity=Upload("id.png", PNG))
    assert len(_stored(settings)) == 1
    case = cases.decide(engine, case, now)
    with pytest.raises(NotPossibleError) as blocked:
        cases.close(engine, settings, case, now)
    assert blocked.value.text_key == "need.identity_settled"
    with transaction(engine) as session:
        fresh = seen(cases.fresh(engine, case))
        handling.check_identity(by(session, AGENT, now, settings), fresh, confirmed=True)
    # What is left is the answer's.
    assert len(_stored(settings)) == 1
    with reading(engine) as session:
        (row,) = session.exec(select(CaseFile).where(CaseFile.purpose == FilePurpose.IDENTITY)).all()
    assert row.deleted_at is not None
    assert row.name == "-"
    shown = view(engine, settings, case, now)
    assert [event.kind.value for event in shown.events].count("identity_checked") == 1
    cases.close(engine, settings, cases.fresh(engine, case), now)


@pytest.mark.parametrize(
    ("role", "about", "words"),
    [
        ("parent", "custody", "gezag hebt over het kind"),
        ("agent", "authorisation", "wil dat jij dit vraagt"),
        ("parent", "identity", "of jij degene bent"),
        ("customer", "identity", "of jij degene bent"),
    ],
)
def test_a_doubt_asks_for_what_is_in_doubt(
    engine: Engine, settings: Settings, now: datetime, role: str, about: str, words: str
) -> None:
    asked = {"role": role, "subject_name": "Kees", "born_on": "1-2-2016", "authorisation": Upload("m.png", PNG)}
    case = received_at(engine, settings, now, request(**asked))
    with transaction(engine) as session:
        handling.doubt_identity(by(session, AGENT, now, settings), seen(case), doubt="x", question="Wat?", about=about)
    assert words in cases.mails(engine, "paused")[0].body


@pytest.mark.parametrize(("role", "about"), [("customer", "custody"), ("teacher", "authorisation"), ("customer", "niets")])
def test_a_doubt_that_cannot_be_about_this_requester_is_refused(
    engine: Engine, settings: Settings, now: datetime, role: str, about: str
) -> None:
    case = received_at(engine, settings, now, request(role=role))
    with pytest.raises(InvalidInputError, match="doubt_about"), transaction(engine) as session:
        handling.doubt_identity(by(session, AGENT, now, settings), seen(case), doubt="x", question="Wat?", about=about)


def test_a_pause_begins_on_the_due_day_and_not_on_the_next(engine: Engine, settings: Settings, now: datetime) -> None:
    case = received_at(engine, settings, now)
    late = datetime(2026, 4, 8, 9, 0, tzinfo=UTC)
    with pytest.raises(NotPossibleError) as refused, transaction(engine) as session:
        handling.pause(by(session, AGENT, late, settings), seen(case), "Welke jaren?")
    assert refused.value.text_key == "need.in_time_to_pause"
    # Who it is may still be asked; the clock doesn't stop for it.
    with transaction(engine) as session:
        handling.doubt_identity(by(session, AGENT, late, settings), seen(case), doubt="Ander adres.", question="Wie ben je?")
    assert cases.fresh(engine, case).paused_since is None
    other = cases.in_progress(engine, settings, now, request(email="ander@aanvrager.example"))
    on_the_day = datetime(2026, 4, 7, 21, 59, tzinfo=UTC)
    with transaction(engine) as session:
        handling.pause(by(session, AGENT, on_the_day, settings), seen(other), "Welke jaren?")
    assert cases.fresh(engine, other).paused_since == date(2026, 4, 7)


def test_an_answer_that_was_given_is_not_followed_by_an_extension(engine: Engine, settings: Settings, now: datetime) -> None:
    case = cases.close(engine, settings, cases.decide(engine, cases.in_progress(engine, settings, now), now), now)
    with transaction(engine) as session:
        following.reopen(by(session, requester(case.id), now, settings), Seen(case.id), "Niet tevreden.")
    with pytest.raises(NotPossibleError) as refused:
        extend(engine, settings, case, now + timedelta(days=1))
    assert refused.value.text_key == "need.never_answered"


@pytest.mark.parametrize(
    ("outcome", "day", "on_time"),
    [("granted", 20, True), ("refused", 20, False), ("partly", 20, False), ("refused", 7, True)],
)
def test_an_extension_gives_no_more_time_for_a_refusal(
    engine: Engine, settings: Settings, now: datetime, outcome: str, day: int, on_time: bool
) -> None:
    """Received 5 March 2026: a refusal by 7 April, an answer that grants by 5 June."""
    case = received_at(engine, settings, now)
    extend(engine, settings, case, now)
    moment = datetime(2026, 4, day, 9, 0, tzinfo=UTC)
    why = (
        {}
        if outcome == "granted"
        else {"ground": Ground.RIGHTS_OF_OTHERS if outcome == "partly" else Ground.MANIFESTLY_UNFOUNDED}
    )
    case = cases.decide(engine, case, moment, outcome=outcome, reason="x", evidence="x", **why)
    if outcome != "granted":
        with transaction(engine) as session:
            deciding.approve(by(session, OFFICER, moment, settings), seen(cases.fresh(engine, case)), "access")
    cases.close(engine, settings, case, moment)
    assert view(engine, settings, case, moment).events[0].fields["on_time"] is on_time


def test_a_closed_case_is_explained_by_the_bridge_days_of_then(engine: Engine, settings: Settings, now: datetime) -> None:
    """Received 15 April 2026, due 15 May: the Friday after Ascension Day, which is a bridge day only later on."""
    then = datetime(2026, 4, 15, 9, 0, tzinfo=UTC)
    closed = cases.close(engine, settings, cases.decide(engine, cases.in_progress(engine, settings, then), then), then)
    still = cases.in_progress(engine, settings, then, request(email="ander@aanvrager.example"))
    later = then + timedelta(days=2)
    with transaction(engine) as session:
        bridge_days.set_bridge_days(by(session, OFFICER, later, settings), Seen("bridge_days"), [date(2026, 5, 15)], reason="KB")
    dates = {case.id: view(engine, settings, case, later + timedelta(days=1)) for case in (closed, still)}
    assert (dates[closed.id].due_on, dates[closed.id].dates.due.due_on) == (date(2026, 5, 15), date(2026, 5, 15))
    assert (dates[still.id].due_on, dates[still.id].dates.due.due_on) == (date(2026, 5, 18), date(2026, 5, 18))


def found_wrong(engine: Engine, settings: Settings, now: datetime, case: Case) -> Case:
    """A doubt, an answer, and it is somebody else."""
    with transaction(engine) as session:
        handling.doubt_identity(by(session, AGENT, now, settings), seen(case), doubt="Ander adres.", question="Wie ben je?")
    with transaction(engine) as session:
        following.reply(by(session, requester(case.id), now, settings), Seen(case.id), "Ik ben het echt.")
    case = cases.fresh(engine, case)
    with transaction(engine) as session:
        handling.check_identity(by(session, AGENT, now, settings), seen(case), confirmed=False)
    return cases.fresh(engine, case)


def test_for_somebody_else_nothing_is_granted_until_a_new_question_settles_it(
    engine: Engine, settings: Settings, now: datetime
) -> None:
    asked = request(rights=("access", "consent_withdrawal"))
    case = found_wrong(engine, settings, now, cases.in_progress(engine, settings, now, asked))
    for outcome in (Outcome.GRANTED, Outcome.PARTLY):
        with pytest.raises(NotPossibleError) as refused:
            cases.decide(engine, case, now, outcome=outcome, ground=Ground.RIGHTS_OF_OTHERS, reason="x")
        assert refused.value.text_key == "need.identity_not_wrong"
    # A newsletter ends for whoever asks.
    case = cases.decide(engine, case, now, right=Right.CONSENT_WITHDRAWAL)
    with transaction(engine) as session:
        handling.doubt_identity(by(session, AGENT, now, settings), seen(case), doubt="Nog eens.", question="Wie ben je?")
    with transaction(engine) as session:
        following.reply(by(session, requester(case.id), now, settings), Seen(case.id), "Met een bewijs.")
    case, later = cases.fresh(engine, case), now + timedelta(minutes=1)
    with transaction(engine) as session:
        handling.check_identity(by(session, AGENT, later, settings), seen(case), confirmed=True)
    case = cases.decide(engine, cases.fresh(engine, case), later)
    assert cases.close(engine, settings, case, later).status is Status.CLOSED


def test_what_was_granted_before_the_identity_was_found_wrong_does_not_go_out(
    engine: Engine, settings: Settings, now: datetime
) -> None:
    case = cases.decide(engine, cases.in_progress(engine, settings, now), now)
    case = found_wrong(engine, settings, now, case)
    with pytest.raises(NotPossibleError) as refused:
        cases.close(engine, settings, case, now)
    assert refused.value.text_key == "need.identity_not_wrong"
    assert cases.mails(engine, "answered") == []


def test_without_an_open_doubt_there_is_nothing_to_check(engine: Engine, settings: Settings, now: datetime) -> None:
    case = received_at(engine, settings, now)
    with pytest.raises(NotPossibleError) as refused, transaction(engine) as session:
        handling.check_identity(by(session, AGENT, now, settings), seen(case), confirmed=True)
    assert refused.value.text_key == "need.doubt_open"


def test_a_bridge_day_moves_open_cases_after_a_preview_and_leaves_ended_ones(
    engine: Engine, settings: Settings, now: datetime
) -> None:
    moved = received_at(engine, settings, now)
    ended = cases.received(engine, settings, now, request(email="derde@aanvrager.example"))
    other = cases.received(engine, settings, now + timedelta(days=5), request(email="ander@aanvrager.example"))
    with transaction(engine) as session:
        following.withdraw(by(session, requester(ended.id), now, settings), Seen(ended.id))
    day = date(2026, 4, 7)
    with reading(engine) as session:
        shown = bridge_days.preview(by(session, OFFICER, NOW, settings), [day])
    assert [(row.reference, row.from_due, row.to_due) for row in shown] == [(moved.reference, date(2026, 4, 7), date(2026, 4, 8))]
    with pytest.raises(NotAllowedError), transaction(engine) as session:
        bridge_days.set_bridge_days(by(session, AGENT, now, settings), Seen("bridge_days", 0), [day], reason="Besluit")
    with transaction(engine) as session:
        assert (
            bridge_days.set_bridge_days(by(session, OFFICER, now, settings), Seen("bridge_days", 0), [day], reason="Besluit") == 1
        )
    assert cases.fresh(engine, moved).due_on == date(2026, 4, 8)
    assert cases.fresh(engine, other).due_on == other.due_on
    assert cases.fresh(engine, ended).due_on == date(2026, 4, 7)
    event = view(engine, settings, moved, now).events[0]
    assert (event.kind.value, event.fields) == ("due_moved", {"from_due": "2026-04-07", "to_due": "2026-04-08"})
    with transaction(engine) as session:
        assert (
            bridge_days.set_bridge_days(by(session, OFFICER, now, settings), Seen("bridge_days", 1), [], reason="Vervallen") == 1
        )
    assert cases.fresh(engine, moved).due_on == date(2026, 4, 7)


def _stored(settings: Settings) -> list[str]:
    return [path.name for path in (settings.data_dir / "files").rglob("*") if path.is_file()]
