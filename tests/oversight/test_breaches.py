"""A breach from noticing to closing: the clock, whose data it was (recounted by hand), what must be said before it closes."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, text
from sqlmodel import select

from dashboard import refusals
from dashboard.clock import AMSTERDAM, local_day
from dashboard.data_requests.desk import looking, register
from dashboard.data_requests.outgoing import papers
from dashboard.db import reading, transaction
from dashboard.errors import InvalidInputError, NotAllowedError, NotPossibleError, StaleError
from dashboard.files import FileStore
from dashboard.i18n import Language
from dashboard.oversight import breaches, drafts
from dashboard.oversight.breaches import BreachView
from dashboard.oversight.model import BreachCase
from dashboard.oversight.tracing import Traced, trace
from dashboard.permissions import Actor
from dashboard.portal import Portal
from dashboard.settings import Settings
from tests import cases
from tests.acts import by
from tests.people import AGENT, AUDITOR, COLLEAGUE, OFFICER, request

HAPPENED = "Een medewerker was zijn laptop kwijt, ingelogd en wel."


def noted(engine: Engine, settings: Settings, now: datetime, noticed: datetime | None = None) -> BreachView:
    with transaction(engine) as session:
        breaches.note(by(session, OFFICER, now, settings), noticed or now, HAPPENED)
    return newest(engine, settings, now)


def newest(engine: Engine, settings: Settings, now: datetime) -> BreachView:
    with reading(engine) as session:
        return breaches.breaches(by(session, AUDITOR, now, settings))[0]


def described(engine: Engine, settings: Settings, now: datetime, risk: str) -> BreachView:
    row = newest(engine, settings, now)
    with transaction(engine) as session:
        breaches.describe(by(session, OFFICER, now, settings), row.seen, "Namen gezien.", "Sessie beëindigd.", risk)
    return newest(engine, settings, now)


def looked(engine: Engine, settings: Settings, now: datetime, who: Actor, case_id: str) -> None:
    with transaction(engine) as session:
        looking.note_case(by(session, who, now, settings), case_id)


# Noticed, and until when the authority hears: by hand, on the clock of Amsterdam.
CLOCK = [
    ((2026, 3, 5, 9, 30), (2026, 3, 8, 9, 30)),
    # Over a weekend and Easter Monday: hours run on.
    ((2026, 4, 3, 17, 0), (2026, 4, 6, 17, 0)),
    # The clock goes forward in the night of 29 March, and back on 25 October: 72 hours are 72 hours.
    ((2026, 3, 28, 12, 0), (2026, 3, 31, 13, 0)),
    ((2026, 10, 24, 12, 0), (2026, 10, 27, 11, 0)),
    ((2026, 12, 30, 23, 59), (2027, 1, 2, 23, 59)),
]


@pytest.mark.parametrize(("noticed", "tell_by"), CLOCK)
def test_the_authority_hears_within_seventy_two_hours(
    engine: Engine, settings: Settings, noticed: tuple[int, ...], tell_by: tuple[int, ...]
) -> None:
    at = datetime(*noticed, tzinfo=AMSTERDAM)  # type: ignore[misc, arg-type]
    row = noted(engine, settings, at.astimezone(UTC) + timedelta(hours=1), at)
    assert row.tell_by.astimezone(AMSTERDAM).replace(tzinfo=None) == datetime(*tell_by)  # type: ignore[arg-type]  # noqa: DTZ001
    assert row.waits_for_authority


@pytest.mark.parametrize("noticed", [timedelta(minutes=1), timedelta(days=-400), None])
def test_a_breach_was_noticed_at_a_moment_that_has_been(
    engine: Engine, settings: Settings, now: datetime, noticed: timedelta | None
) -> None:
    with pytest.raises(InvalidInputError) as refused, transaction(engine) as session:
        breaches.note(by(session, OFFICER, now, settings), now + noticed if noticed else None, " ")
    assert refused.value.problems == {"noticed": "invalid.breach_noticed", "happened": "invalid.breach_happened_empty"}


def test_numbers_count_within_a_year(engine: Engine, settings: Settings) -> None:
    told = []
    for year, month in ((2026, 11), (2026, 12), (2027, 1), (2027, 1)):
        moment = datetime(year, month, 5, 12, tzinfo=UTC)
        with transaction(engine) as session:
            told.append(breaches.note(by(session, OFFICER, moment, settings), moment, HAPPENED))
    assert told == ["2026-1", "2026-2", "2027-1", "2027-2"]


def test_whose_data_somebody_reached_is_what_a_recount_by_hand_says(engine: Engine, settings: Settings, now: datetime) -> None:
    ours = [cases.received(engine, settings, now, request(email=f"{number}@x.example")) for number in range(4)]
    twice = cases.received(engine, settings, now, request(email="0@x.example", rights=("portability",)))
    for case, who, moment in (
        (ours[0], AGENT, now),
        (ours[0], AGENT, now + timedelta(minutes=5)),
        (ours[1], AGENT, now + timedelta(hours=1)),
        (twice, AGENT, now + timedelta(hours=2)),
        # Of somebody else, and on another day.
        (ours[2], COLLEAGUE, now),
        (ours[3], AGENT, now + timedelta(days=2)),
    ):
        looked(engine, settings, moment, who, case.id)
    with transaction(engine) as session:
        act = by(session, AGENT, now, settings)
        looking.note_desk(act)
        looking.note_search(act, "noor")
        register.note_taken(act, "csv")
    # What was refused reached nothing.
    refusals.note(Portal(settings, engine, FileStore.local(settings.data_dir / "files")), AGENT, "x", NotAllowedError())
    with reading(engine) as session:
        found = trace(by(session, OFFICER, now, settings), AGENT.id, local_day(now), local_day(now))
    assert set(found.cases.values()) == {ours[0].reference, ours[1].reference, twice.reference}
    # One of them asked twice.
    assert found.people == 2
    assert found.many == {"desk.read": 1, "desk.searched": 1, "register.taken": 1}
    assert (found.first_at, found.last_at) == (now, now + timedelta(hours=2))


def test_what_was_found_is_kept_with_the_breach(engine: Engine, settings: Settings, now: datetime) -> None:
    case = cases.received(engine, settings, now)
    looked(engine, settings, now, AGENT, case.id)
    row = noted(engine, settings, now + timedelta(hours=1))
    with transaction(engine) as session:
        breaches.keep_traced(by(session, OFFICER, now, settings), row.seen, AGENT.id, local_day(now), local_day(now))
    again = newest(engine, settings, now)
    assert (again.cases, again.traced_who) == (1, AGENT.id)
    with reading(engine) as session:
        assert [each.case_id for each in session.exec(select(BreachCase))] == [case.id]


@pytest.mark.parametrize(
    ("risk", "authority", "people", "closes"),
    [
        ("unknown", "told", "", "error.breach_undescribed"),
        ("unlikely", "", "", "error.breach_authority"),
        ("unlikely", "why", "", ""),
        ("unlikely", "told", "", ""),
        # A risk must be told, whatever the reason.
        ("risk", "why", "", "error.breach_authority"),
        ("risk", "told", "", ""),
        ("high", "told", "", "error.breach_people"),
        ("high", "told", "told", ""),
        ("high", "told", "why", ""),
    ],
)
def test_it_closes_once_all_is_said_that_the_register_must_say(
    engine: Engine, settings: Settings, now: datetime, risk: str, authority: str, people: str, closes: str
) -> None:
    noted(engine, settings, now)
    described(engine, settings, now, risk)
    for how, verb in ((authority, breaches.tell_authority), (people, breaches.tell_people)):
        if how:
            with transaction(engine) as session:
                act = by(session, OFFICER, now, settings)
                verb(
                    act,
                    newest(engine, settings, now).seen,
                    now if how == "told" else None,
                    "" if how == "told" else "Versleuteld.",
                )
    row = newest(engine, settings, now)
    if closes:
        with pytest.raises(NotPossibleError) as refused, transaction(engine) as session:
            breaches.close(by(session, OFFICER, now, settings), row.seen)
        assert refused.value.text_key == closes
        return
    with transaction(engine) as session:
        breaches.close(by(session, OFFICER, now, settings), row.seen)
    with pytest.raises(NotPossibleError), transaction(engine) as session:
        breaches.describe(by(session, OFFICER, now, settings), newest(engine, settings, now).seen, "x", "y", "high")


@pytest.mark.parametrize(
    ("hours", "why", "fits"), [(71, "", True), (72, "", True), (73, "", False), (73, "Nog niet geweten.", True), (-1, "", False)]
)
def test_a_late_notification_says_why(
    engine: Engine, settings: Settings, now: datetime, hours: int, why: str, fits: bool
) -> None:
    row, later = noted(engine, settings, now), now + timedelta(days=9)
    with transaction(engine) as session:
        act = by(session, OFFICER, later, settings)
        if fits:
            breaches.tell_authority(act, row.seen, now + timedelta(hours=hours), why)
        else:
            with pytest.raises(InvalidInputError):
                breaches.tell_authority(act, row.seen, now + timedelta(hours=hours), why)


def test_two_who_write_at_once_overwrite_nothing(engine: Engine, settings: Settings, now: datetime) -> None:
    row = noted(engine, settings, now)
    described(engine, settings, now, "risk")
    with pytest.raises(StaleError), transaction(engine) as session:
        breaches.describe(by(session, OFFICER, now, settings), row.seen, "x", "y", "high")


def test_an_auditor_reads_and_a_handler_sees_nothing(engine: Engine, settings: Settings, now: datetime) -> None:
    row = noted(engine, settings, now)
    with pytest.raises(NotAllowedError), transaction(engine) as session:
        breaches.close(by(session, AUDITOR, now, settings), row.seen)
    with pytest.raises(NotAllowedError), reading(engine) as session:
        breaches.breaches(by(session, AGENT, now, settings))


def test_what_happened_lies_sealed(engine: Engine, settings: Settings, now: datetime) -> None:
    noted(engine, settings, now)
    described(engine, settings, now, "high")
    with engine.connect() as connection:
        lying = repr(connection.execute(text("SELECT * FROM breach")).all())
    assert "laptop" not in lying
    assert "Namen gezien" not in lying


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("kind", [drafts.AUTHORITY, drafts.PEOPLE])
def test_a_draft_says_what_the_law_asks(engine: Engine, settings: Settings, now: datetime, kind: str, language: Language) -> None:
    noted(engine, settings, now)
    row = described(engine, settings, now, "high")
    traced = Traced({"a": "BS-1", "b": "BS-2"}, 2, now, now, {}, 0)
    for found in (traced, None):
        said = drafts.draft(kind, row, found, language)
        assert HAPPENED in said
        assert "Namen gezien." in said
        assert "Sessie beëindigd." in said
        assert "@" in said
        assert "BS-1" not in said


def test_the_dossier_of_a_case_counts_as_reached(engine: Engine, settings: Settings, now: datetime) -> None:
    case = cases.received(engine, settings, now)
    with transaction(engine) as session:
        papers.take_dossier(by(session, AGENT, now, settings), case.reference)
    with reading(engine) as session:
        found = trace(by(session, OFFICER, now, settings), AGENT.id, local_day(now), local_day(now))
    assert list(found.cases.values()) == [case.reference]
