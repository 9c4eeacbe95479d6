import warnings
from dataclasses import replace
from datetime import date, datetime, time

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from dashboard.clock import AMSTERDAM
from dashboard.data_requests.case.lifecycle import Status
from dashboard.data_requests.case.model import Case
from dashboard.data_requests.case.terms import Channel
from dashboard.data_requests.desk import handling, registering
from dashboard.data_requests.desk.registering import Registration
from dashboard.db import reading, transaction
from dashboard.errors import InvalidInputError, NotAllowedError, NotPossibleError
from dashboard.mail import outbox
from dashboard.mail.model import MailState
from dashboard.permissions import Actor
from dashboard.settings import Settings
from dashboard.tokens import new_key
from tests import cases
from tests.acts import by, seen
from tests.people import AGENT, AUDITOR, request

LETTER = Registration(request(email=""), "letter", "20-2-2026", "Straat 1\n1234 AB  Stad")


def register(
    engine: Engine, settings: Settings, now: datetime, entered: Registration = LETTER, key: str = "k", who: Actor = AGENT
) -> list[str]:
    with transaction(engine) as session:
        return registering.register(by(session, who, now, settings), entered, key=key)


def the_case(engine: Engine) -> Case:
    with reading(engine) as session:
        return session.exec(select(Case)).one()


def test_a_letter_counts_from_the_day_it_was_received_and_not_from_its_entry(
    engine: Engine, settings: Settings, now: datetime
) -> None:
    (reference,) = register(engine, settings, now)
    case = the_case(engine)
    assert (case.reference, case.channel, case.status) == (reference, Channel.LETTER, Status.RECEIVED)
    assert (case.received_on, case.due_on, case.submitted_at) == (date(2026, 2, 20), date(2026, 3, 20), now)
    (mail,) = cases.mails(engine, "registered")
    assert (mail.state, mail.recipient) == (MailState.TO_POST, "Straat 1\n1234 AB Stad")


@pytest.mark.parametrize(
    ("entered_on", "late"), [(date(2026, 2, 12), False), (date(2026, 2, 13), True), (date(2026, 3, 20), True)]
)
def test_a_letter_that_is_entered_after_its_date_says_so_and_why_and_where_one_can_go(
    engine: Engine, settings: Settings, entered_on: date, late: bool
) -> None:
    """Received on 12 January, due on Thursday 12 February."""
    moment = datetime.combine(entered_on, time(12), tzinfo=AMSTERDAM)
    register(engine, settings, moment, replace(LETTER, received_on="12-1-2026"))
    (mail,) = cases.mails(engine, "registered")
    assert ("krijgt uiterlijk donderdag 12 februari 2026 antwoord" in mail.body) is not late
    said = ("We zijn te laat", "op maandag 12 januari 2026 bij ons binnen", "autoriteitpersoonsgegevens.nl", "geldt geen termijn")
    assert [part in mail.body for part in said] == [late] * 4


def test_the_code_in_the_letter_opens_the_case(engine: Engine, settings: Settings, now: datetime) -> None:
    (reference,) = register(engine, settings, now)
    body = cases.mails(engine, "registered")[0].body
    code = next(line for line in body.splitlines() if line.startswith("Je code is: ")).removeprefix("Je code is: ")
    assert cases.enter(engine, settings, now, reference, code).opened


def test_with_an_address_it_is_a_mail(engine: Engine, settings: Settings, now: datetime) -> None:
    register(engine, settings, now, Registration(request(), "phone", "5/3/2026"))
    assert cases.mails(engine, "registered")[0].state is MailState.QUEUED


@pytest.mark.parametrize(
    ("changes", "field", "text_key"),
    [
        ({"received_on": "6-3-2026"}, "received_on", "invalid.received_future"),
        ({"received_on": ""}, "received_on", "invalid.received_none"),
        ({"received_on": "31-2-2026"}, "received_on", "invalid.received_none"),
        ({"received_on": "1-1-2020"}, "received_on", "invalid.received_old"),
        ({"channel": "form"}, "channel", "invalid.channel"),
        ({"channel": "pigeon"}, "channel", "invalid.channel"),
        ({"postal_address": ""}, "email", "invalid.email"),
        ({"postal_address": "x" * 501}, "postal_address", "invalid.postal_address"),
        ({"request": request(name="", email="")}, "name", "invalid.name"),
    ],
)
def test_each_wrong_field_is_named(
    engine: Engine, settings: Settings, now: datetime, changes: dict[str, object], field: str, text_key: str
) -> None:
    with pytest.raises(InvalidInputError) as refused:
        register(engine, settings, now, replace(LETTER, **changes))  # type: ignore[arg-type]
    assert refused.value.problems == {field: text_key}
    with reading(engine) as session:
        assert session.exec(select(Case)).all() == []


def test_a_letter_or_call_needs_no_words_of_its_own(engine: Engine, settings: Settings, now: datetime) -> None:
    register(engine, settings, now, replace(LETTER, request=request(email="", explanation="")))
    assert the_case(engine).explanation == ""


@pytest.mark.parametrize("how", ["", "van_gezicht"])
def test_how_somebody_was_recognised_is_one_of_the_ways_there_are(
    engine: Engine, settings: Settings, now: datetime, how: str
) -> None:
    with pytest.raises(InvalidInputError) as refused:
        register(engine, settings, now, replace(LETTER, recognised=how))
    assert refused.value.problems == {"recognised": "invalid.recognised"}


def test_who_wrote_gets_nothing_before_it_is_recorded_how_we_know_who_it_is(
    engine: Engine, settings: Settings, now: datetime
) -> None:
    register(engine, settings, now, Registration(request(), "letter", f"{now:%d-%m-%Y}"))
    with transaction(engine) as session:
        handling.take(by(session, AGENT, now, settings), seen(the_case(engine)))
    case = cases.decide(engine, the_case(engine), now)
    cases.approve(engine, case, now, "access")
    with pytest.raises(NotPossibleError, match="identity_known"):
        cases.close(engine, settings, case, now)
    with pytest.raises(InvalidInputError, match="recognised"), transaction(engine) as session:
        handling.recognise(by(session, AGENT, now, settings), seen(the_case(engine)), "not_yet")
    with transaction(engine) as session:
        handling.recognise(by(session, AGENT, now, settings), seen(the_case(engine)), "own_facts")
    assert cases.close(engine, settings, case, now).status is Status.CLOSED


def test_a_refusal_needs_no_recognition(engine: Engine, settings: Settings, now: datetime) -> None:
    register(engine, settings, now, Registration(request(), "letter", f"{now:%d-%m-%Y}"))
    with transaction(engine) as session:
        handling.take(by(session, AGENT, now, settings), seen(the_case(engine)))
    case = cases.decide(engine, the_case(engine), now, "access", "refused", "cannot_identify", "Geen adres.")
    cases.approve(engine, case, now, "access")
    assert cases.close(engine, settings, case, now).status is Status.CLOSED


def test_who_asks_for_another_by_letter_sends_an_authorisation_on_paper(
    engine: Engine, settings: Settings, now: datetime
) -> None:
    lawyer = replace(LETTER, request=request(email="", role="agent", subject_name="Oma Voorbeeld"))
    with pytest.raises(InvalidInputError) as refused:
        register(engine, settings, now, lawyer)
    assert refused.value.problems == {"authorisation": "invalid.authorisation"}
    register(engine, settings, now, replace(lawyer, has_authorisation=True))
    assert the_case(engine).subject_name == "Oma Voorbeeld"


def test_a_double_click_is_one_case(engine: Engine, settings: Settings, now: datetime) -> None:
    assert register(engine, settings, now) == register(engine, settings, now)
    the_case(engine)


def test_the_same_form_about_both_sent_twice_gives_both_references_twice(
    engine: Engine, settings: Settings, now: datetime
) -> None:
    both = replace(LETTER, request=request(email="", subject="both", school_name="De Brug"))
    first = register(engine, settings, now, both)
    assert len(first) == 2
    assert register(engine, settings, now, both) == first


@pytest.mark.parametrize(("role", "works"), [("parent", True), ("pupil", False)])
def test_who_may_ask_is_a_matter_of_age_on_the_day_of_receipt(
    engine: Engine, settings: Settings, now: datetime, role: str, works: bool
) -> None:
    """Received on 20 February of a child that turned 16 on 1 March; entered on 5 March."""
    about = {"subject_name": "Kim Kind"} if role == "parent" else {}
    entered = replace(LETTER, request=request(email="", role=role, born_on="1-3-2010", **about))
    if works:
        assert register(engine, settings, now, entered)
    else:
        with pytest.raises(InvalidInputError) as refused:
            register(engine, settings, now, entered)
        assert refused.value.problems == {"born_on": f"invalid.age_{role}"}


def test_only_the_desk_enters_letters_and_posts_them(engine: Engine, settings: Settings, now: datetime) -> None:
    with pytest.raises(NotAllowedError):
        register(engine, settings, now, who=AUDITOR)
    register(engine, settings, now)
    with transaction(engine) as session:
        (letter,) = outbox.to_post(by(session, AGENT))
        outbox.posted(by(session, AGENT, now), letter.id)
        outbox.posted(by(session, AGENT, now), letter.id)
    with reading(engine) as session:
        assert outbox.to_post(by(session, AGENT)) == []
        with pytest.raises(NotAllowedError):
            outbox.to_post(by(session, AUDITOR))
    assert cases.mails(engine, "registered")[0].body == ""


@pytest.mark.parametrize("name", ["\u0301", "\u0651"])
def test_a_letter_from_somebody_whose_name_leaves_no_word_to_search_by_is_kept(
    engine: Engine, settings: Settings, now: datetime, name: str
) -> None:
    asked = Registration(request(name=name, email=""), "letter", "05-03-2026", postal_address="Straat 1\n1234 AB Plaats")
    with warnings.catch_warnings(), transaction(engine) as session:
        warnings.simplefilter("error")
        registering.register(by(session, AGENT, now, settings), asked, key=new_key())
    with reading(engine) as session:
        assert session.exec(select(Case)).one().name
