from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine

from dashboard.accounts.model import Board, BoardSchool
from dashboard.accounts.terms import Governance
from dashboard.clock import local_day
from dashboard.data_requests.case import queries
from dashboard.data_requests.case.asked import told
from dashboard.data_requests.case.lifecycle import TURN, Status, Turn
from dashboard.data_requests.case.model import Case
from dashboard.data_requests.desk import handing_over, handling
from dashboard.data_requests.desk.handing_over import HandTo
from dashboard.data_requests.outgoing import answers
from dashboard.data_requests.outgoing.uploads import Upload
from dashboard.data_requests.requester import following
from dashboard.data_requests.requester.links import Entry
from dashboard.data_requests.school import at_school
from dashboard.data_requests.school.at_school import SchoolDecision
from dashboard.data_requests.upkeep.upkeep import CaseChore
from dashboard.db import reading, transaction
from dashboard.errors import InvalidInputError, NotAllowedError, NotFoundError, NotPossibleError, StaleError
from dashboard.i18n import Language, texts
from dashboard.permissions import VISITOR, Actor, Role, SchoolScope
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


def execute(engine: Engine, settings: Settings, case: Case, now: datetime) -> None:
    with transaction(engine) as session:
        handing_over.execute(by(session, AGENT, now, settings), seen(cases.fresh(engine, case)))


def at_the_school(engine: Engine, settings: Settings, now: datetime, **asked: object) -> Case:
    """Handed to the lyceum, and opened there."""
    case = cases.handed(engine, settings, now, **asked)
    open_it(engine, settings, case, LYCEUM, cases.school_code(engine), now)
    return cases.fresh(engine, case)


def as_school(
    engine: Engine, settings: Settings, now: datetime, case: Case, verb: Callable[..., object], *args: Any, **kwargs: Any
) -> Case:
    with transaction(engine) as session:
        verb(by(session, LYCEUM, now, settings), seen(cases.fresh(engine, case)), *args, **kwargs)
    return cases.fresh(engine, case)


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
            queries.case_view(by(session, LYCEUM, now), case.id)
    assert not open_it(engine, settings, case, LYCEUM, "AAAA-AAAA-AAAA-AAAA-AAAA-AAAA", now).opened
    assert open_it(engine, settings, case, LYCEUM, cases.school_code(engine).lower(), now).opened
    with reading(engine) as session:
        assert queries.case_view(by(session, LYCEUM, now), case.id).name == "Noor Voorbeeld"
        # A colleague at the same school hasn't typed it.
        with pytest.raises(NotFoundError):
            queries.case_view(by(session, MENTOR, now), case.id)


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
    cases.give(engine, settings, case, now)
    execute(engine, settings, case, now)
    assert cases.fresh(engine, case).status is Status.CLOSED_BY_SCHOOL
    assert len(cases.mails(engine, "executed")) == 1
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


def test_a_school_reads_all_that_was_said_and_sent(engine: Engine, settings: Settings, now: datetime) -> None:
    sent = {
        "role": "agent",
        "subject_name": "Piet Pupil",
        "authorisation": Upload("machtiging.png", cases.PNG),
        "uploads": (Upload("bijlage.png", cases.PNG),),
    }
    for_another = cases.handed(engine, settings, now, born_on="", **sent)
    child = cases.handed(engine, settings, now, role="parent", subject_name="Kees Kind", born_on="1-2-2014", email="o@o.example")
    seen_by_school = []
    for case in (for_another, child):
        open_it(engine, settings, case, LYCEUM, cases.school_code(engine, case), now)
        with reading(engine) as session:
            view = queries.case_view(by(session, LYCEUM, now, settings), case.id)
            seen_by_school.append(view)
            for file in view.files:
                assert answers.download(by(session, LYCEUM, now, settings), file.id).content == cases.PNG
    assert {file.purpose.value for file in seen_by_school[0].files} == {"attachment", "authorisation"}
    words = [text for _, text in told(texts(Language.NL), seen_by_school[1], {})]
    assert words == [
        "Kees Kind",
        "1 feb 2014",
        "Vijf Bruggen Lyceum",
    ]


def test_two_people_of_a_school_deciding_at_once_are_told(engine: Engine, settings: Settings, now: datetime) -> None:
    case = cases.handed(engine, settings, now)
    for person in (LYCEUM, MENTOR):
        open_it(engine, settings, case, person, cases.school_code(engine), now)
    case = cases.fresh(engine, case)
    decide(engine, settings, case, now, GRANT)
    with pytest.raises(StaleError):
        decide(engine, settings, case, now, [SchoolDecision("access", "refused", "Nee.")], who=MENTOR)
    with reading(engine) as session:
        assert queries.case_view(by(session, LYCEUM, now), case.id).rights[0].reason == ""


def test_a_week_before_the_date_the_school_is_reminded_once(engine: Engine, settings: Settings, now: datetime) -> None:
    case = cases.handed(engine, settings, now)
    for days, sent in ((25, 0), (26, 1), (27, 0)):
        assert cases.chore(engine, settings, now + timedelta(days=days), CaseChore.REMIND_SCHOOL) == sent
    assert case.reference in cases.mails(engine, "school_reminder")[0].subject


# A school that refuses on 10 April 2026; we carry it out on 4 May. By hand: six weeks from the tenth end on Friday 22 May.
REFUSED_ON, EXECUTED_ON = datetime(2026, 4, 10, 8, tzinfo=UTC), datetime(2026, 5, 4, 8, tzinfo=UTC)
UNTIL = "vrijdag 22 mei 2026"
WAYS = {
    Governance.PRIVATE: (f"rechtbank om een beslissing (een verzoekschrift). Dat kan tot en met {UNTIL}", "Maak bezwaar"),
    Governance.PUBLIC: (
        f"Maak bezwaar bij je schoolbestuur (Algemene wet bestuursrecht). Dat kan tot en met {UNTIL}",
        "rechtbank",
    ),
    Governance.UNKNOWN: (f"Maak dan bezwaar bij het schoolbestuur. Dat kan tot en met {UNTIL}", "nergens"),
}


@pytest.mark.parametrize("governance", Governance)
@pytest.mark.parametrize("outcome", ["refused", "partly", "not_applicable"])
def test_after_a_schools_refusal_the_six_weeks_run_from_its_decision_with_reason_and_the_ways_on(
    engine: Engine, settings: Settings, now: datetime, governance: Governance, outcome: str
) -> None:
    case = at_the_school(engine, settings, now)
    with transaction(engine) as session:
        session.add(Board(number="90111", name="Stichting Bruggen", governance=governance))
        session.flush()
        session.add(BoardSchool(board_number="90111", brin="90AD", valid_from=date(2020, 1, 1)))
    decide(
        engine, settings, case, REFUSED_ON, [SchoolDecision("access", outcome, "Het examen loopt nog.")], "Wij geven dit niet."
    )
    wanted, missing = WAYS[governance]
    (mail,) = cases.mails(engine, "school_decided")
    for part in ("Reden: Het examen loopt nog.", "autoriteitpersoonsgegevens.nl", wanted):
        assert part in mail.body
    assert missing not in mail.body
    if outcome == "partly":
        cases.give(engine, settings, cases.fresh(engine, case), EXECUTED_ON)
    execute(engine, settings, case, EXECUTED_ON)
    assert "15 juni" not in cases.mails(engine, "executed")[0].body
    with reading(engine) as session:
        shown = queries.case_view(by(session, requester(case.id), EXECUTED_ON, settings), case.id)
    assert (shown.dates.court_until, shown.governance) == (date(2026, 5, 22), governance)


@pytest.mark.parametrize(("typed", "until"), [("10-4-2026", date(2026, 5, 22)), ("", None)])
def test_of_an_answer_outside_the_portal_the_six_weeks_run_from_the_day_it_came_if_we_know_it(
    engine: Engine, settings: Settings, now: datetime, typed: str, until: date | None
) -> None:
    case = at_the_school(engine, settings, now)
    with transaction(engine) as session:
        handing_over.close_by_school(by(session, AGENT, EXECUTED_ON, settings), seen(case), typed)
    with reading(engine) as session:
        shown = queries.case_view(by(session, requester(case.id), EXECUTED_ON, settings), case.id)
    assert shown.dates.court_until == until
    (mail,) = cases.mails(engine, "closed_by_school")
    assert (UNTIL if until else "zes weken nadat je het antwoord kreeg") in mail.body


@pytest.mark.parametrize("typed", ["morgen", "1-1-2026", "5-5-2026"])
def test_the_day_of_a_schools_answer_lies_between_receipt_and_today(
    engine: Engine, settings: Settings, now: datetime, typed: str
) -> None:
    case = at_the_school(engine, settings, now)
    with pytest.raises(InvalidInputError, match="answered_on"), transaction(engine) as session:
        handing_over.close_by_school(by(session, AGENT, EXECUTED_ON, settings), seen(case), typed)


def test_what_a_school_grants_reaches_the_requester_once_we_deliver_it(engine: Engine, settings: Settings, now: datetime) -> None:
    case = at_the_school(engine, settings, now)
    case = as_school(engine, settings, now, case, answers.attach, Upload("cijfers.csv", b"vak;cijfer\nwiskunde;8\n"))
    decide(engine, settings, case, now, GRANT)
    cases.give(engine, settings, cases.fresh(engine, case), now)
    me = requester(case.id)
    with reading(engine) as session:
        files = [file.id for file in queries.case_view(by(session, AGENT, now, settings), case.id).files]
        assert queries.case_view(by(session, me, now, settings), case.id).files == ()
        with pytest.raises(NotFoundError):
            answers.download(by(session, me, now, settings), files[0])
    execute(engine, settings, case, now)
    with reading(engine) as session:
        shown = queries.case_view(by(session, me, now, settings), case.id)
    assert {file.name for file in shown.files} == {"cijfers.csv", "gegevens.csv"}
    with transaction(engine) as session:
        given = {file.name: answers.download(by(session, me, now, settings), file.id).content for file in shown.files}
    assert b"wiskunde" in given["cijfers.csv"]
    assert "klaar om te downloaden" in cases.mails(engine, "executed")[0].body


def test_a_grant_without_what_is_granted_is_not_carried_out(engine: Engine, settings: Settings, now: datetime) -> None:
    case = at_the_school(engine, settings, now)
    decide(engine, settings, case, now, GRANT)
    with pytest.raises(NotPossibleError) as refused:
        execute(engine, settings, case, now)
    assert refused.value.text_key == "need.has_answer"
    # The school gave it by itself.
    with transaction(engine) as session:
        handing_over.close_by_school(by(session, AGENT, now, settings), seen(cases.fresh(engine, case)))
    assert cases.fresh(engine, case).status is Status.CLOSED_BY_SCHOOL


def test_a_school_asks_and_the_requester_answers_it(engine: Engine, settings: Settings, now: datetime) -> None:
    case = as_school(engine, settings, now, at_the_school(engine, settings, now), handling.ask, "Om welk jaar gaat het?")
    assert (case.status, TURN[case.status]) == (Status.SCHOOL_ASKED, Turn.REQUESTER)
    (mail,) = cases.mails(engine, "question")
    assert "Je school heeft je antwoord nodig" in mail.body
    assert mail.recipient == case.email
    with transaction(engine) as session:
        following.reply(by(session, requester(case.id), now, settings), seen(case), "Dit schooljaar.")
    case = cases.fresh(engine, case)
    assert case.status is Status.HANDED_TO_SCHOOL
    (told_school,) = cases.mails(engine, "written_at_school")
    assert (told_school.recipient, "schooljaar" in told_school.body) == ("fem@lyceum.example", False)
    with reading(engine) as session:
        view = queries.case_view(by(session, LYCEUM, now, settings), case.id)
    assert [(message.author.value, message.body) for message in view.messages] == [
        ("school", "Om welk jaar gaat het?"),
        ("requester", "Dit schooljaar."),
    ]


def test_the_requester_writes_to_the_school_unasked_and_no_note_of_the_desk_is_read_there(
    engine: Engine, settings: Settings, now: datetime
) -> None:
    case = at_the_school(engine, settings, now)
    with transaction(engine) as session:
        handling.note(by(session, AGENT, now, settings), seen(case), "Alleen voor ons.")
    with transaction(engine) as session:
        following.reply(by(session, requester(case.id), now, settings), seen(cases.fresh(engine, case)), "Nog iets.")
    with reading(engine) as session:
        view = queries.case_view(by(session, LYCEUM, now, settings), case.id)
    assert [message.body for message in view.messages] == ["Nog iets."]
    assert view.staff is None
    assert "Alleen voor ons" not in repr(view)


def test_a_school_takes_more_time_by_the_first_date_and_no_later(engine: Engine, settings: Settings, now: datetime) -> None:
    case = at_the_school(engine, settings, now)
    why = {"reason": "complexity", "explanation": "Veel systemen."}
    with pytest.raises(NotPossibleError):
        as_school(engine, settings, datetime(2026, 4, 8, 8, tzinfo=UTC), case, handling.extend, **why)
    case = as_school(engine, settings, datetime(2026, 4, 7, 8, tzinfo=UTC), case, handling.extend, **why)
    assert case.due_on == date(2026, 6, 5)
    assert "Je school kan je verzoek" in cases.mails(engine, "extended")[0].body


@pytest.mark.parametrize("confirmed", [True, False])
def test_a_school_that_doubts_sees_the_proof_and_grants_nothing_to_somebody_else(
    engine: Engine, settings: Settings, now: datetime, confirmed: bool
) -> None:
    case = at_the_school(engine, settings, now)
    asked = {"doubt": "Een ander adres dan wij kennen.", "question": "Kun je laten zien wie je bent?"}
    case = as_school(engine, settings, now, case, handling.doubt_identity, **asked)
    assert case.paused_since == local_day(now)
    with transaction(engine) as session:
        proof = Upload("pas.png", cases.PNG)
        following.reply(by(session, requester(case.id), now, settings), seen(case), "Hier.", identity=proof)
    with reading(engine) as session:
        (file,) = queries.case_view(by(session, LYCEUM, now, settings), case.id).messages[-1].files
        assert answers.download(by(session, LYCEUM, now, settings), file.id).content == cases.PNG
    with pytest.raises(NotPossibleError):
        decide(engine, settings, cases.fresh(engine, case), now, GRANT)
    case = as_school(engine, settings, now, case, handling.check_identity, confirmed=confirmed)
    with reading(engine) as session, pytest.raises(NotFoundError):
        answers.download(by(session, LYCEUM, now, settings), file.id)
    if not confirmed:
        with pytest.raises(NotPossibleError):
            decide(engine, settings, case, now, GRANT)
        return
    decide(engine, settings, case, now, GRANT)
    assert cases.fresh(engine, case).status is Status.SCHOOL_DECIDED


@pytest.mark.parametrize("opened", [True, False])
def test_a_hand_over_to_the_wrong_school_is_taken_back_and_told_as_it_was(
    engine: Engine, settings: Settings, now: datetime, opened: bool
) -> None:
    case = at_the_school(engine, settings, now) if opened else cases.handed(engine, settings, now)
    code = cases.school_code(engine)
    with transaction(engine) as session:
        handing_over.take_back(by(session, AGENT, now, settings), seen(case))
    case = cases.fresh(engine, case)
    assert (case.status, case.handed_brin, case.due_on) == (Status.IN_PROGRESS, None, date(2026, 4, 7))
    (mail,) = cases.mails(engine, "taken_back")
    assert ("heeft je verzoek geopend" in mail.body) is opened
    assert "Vijf Bruggen Lyceum, Fem Functionaris" in mail.body
    (to_school,) = cases.mails(engine, "taken_back_from_school")
    assert (to_school.recipient, "Noor" in to_school.body) == ("fem@lyceum.example", False)
    with reading(engine) as session:
        assert at_school.handed(by(session, LYCEUM, now)) == []
        with pytest.raises(NotFoundError):
            queries.case_view(by(session, LYCEUM, now, settings), case.id)
    # Handed over again, even to the same school: the old code and the old opening are worth nothing.
    with transaction(engine) as session:
        handing_over.hand_over(by(session, AGENT, now, settings), seen(case), cases.TO_LYCEUM)
    assert not open_it(engine, settings, case, LYCEUM, code, now).opened
    with reading(engine) as session:
        assert not at_school.handed(by(session, LYCEUM, now))[0].opened


def test_a_schools_request_goes_with_the_school_when_its_board_merges(engine: Engine, settings: Settings, now: datetime) -> None:
    """Recorded while the case lies there: the school keeps it, the old board loses it on the day, and the new one gets it."""
    may = date(2026, 4, 1)
    case = cases.handed(engine, settings, now)
    with transaction(engine) as session:
        session.add(Board(number="90132", name="B"))
        session.flush()
        session.add(Board(number="90131", name="A", merged_into="90132", merged_on=may))
        session.flush()
        for board, first, last in (("90131", date(2020, 8, 1), may - timedelta(days=1)), ("90132", may, None)):
            session.add(BoardSchool(board_number=board, brin=str(case.handed_brin), valid_from=first, valid_to=last))
    boards = {
        name: Actor(Role.SCHOOL, id=name, scope=SchoolScope(board=number), session=name)
        for name, number in (("A", "90131"), ("B", "90132"))
    }
    for day, whose in ((may - timedelta(days=1), ["A"]), (may, ["B"])):
        with reading(engine) as session:
            assert [name for name, login in boards.items() if at_school.handed(by(session, login, day))] == whose
            assert at_school.handed(by(session, LYCEUM, day))


def test_a_merged_boards_request_is_its_successors(engine: Engine, settings: Settings, now: datetime) -> None:
    """A is B from 1 April, B is C from 1 May: on each day the request handed to A is for one of the three."""
    with transaction(engine) as session:
        session.add(Board(number="90123", name="C"))
        session.flush()
        session.add(Board(number="90122", name="B", merged_into="90123", merged_on=date(2026, 5, 1)))
        session.flush()
        session.add(Board(number="90121", name="A", merged_into="90122", merged_on=date(2026, 4, 1)))
    case = cases.handed(engine, settings, now, HandTo("Aad", "aad@a.example", board="90121"))
    logins = {
        name: Actor(Role.SCHOOL, id=name, scope=SchoolScope(board=f"9012{n}"), session=name)
        for n, name in ((1, "A"), (2, "B"), (3, "C"))
    }
    for day, whose in ((date(2026, 3, 31), "A"), (date(2026, 4, 1), "B"), (date(2026, 4, 30), "B"), (date(2026, 5, 1), "C")):
        with reading(engine) as session:
            found = [name for name, login in logins.items() if at_school.handed(by(session, login, day))]
        assert found == [whose], day
    may = datetime(2026, 5, 1, 8, tzinfo=UTC)
    assert open_it(engine, settings, case, logins["C"], cases.school_code(engine), may).opened
