from contextlib import nullcontext
from datetime import UTC, date, datetime

import pytest
from dateutil.relativedelta import relativedelta
from sqlalchemy import Engine
from sqlmodel import select

from dashboard.act import Seen
from dashboard.data_requests.case import queries
from dashboard.data_requests.case.lifecycle import Status
from dashboard.data_requests.case.model import Case
from dashboard.data_requests.desk import deciding, handling, registering
from dashboard.data_requests.desk.registering import Registration
from dashboard.data_requests.law.recipients import recipients, systems
from dashboard.data_requests.law.rights import Ground
from dashboard.data_requests.outgoing import letters
from dashboard.data_requests.outgoing.letters import Letter
from dashboard.data_requests.requester import following
from dashboard.db import reading, transaction
from dashboard.errors import InvalidInputError, NotAllowedError, NotFoundError, NotPossibleError
from dashboard.i18n import Language
from dashboard.policy import queries as policy
from dashboard.policy.service import set_rule
from dashboard.settings import Settings
from tests import cases
from tests.acts import by, seen
from tests.cases import LETTER
from tests.people import AGENT, AUDITOR, COLLEAGUE, OFFICER, request, requester

SEVEN_YEARS = "Facturen van 2024 blijven tot 2031."
ANSWER = Seen(letters.rule_name(Letter.ANSWER, Language.NL))
LEGAL_DUTY = Seen(letters.ground_rule(Ground.LEGAL_DUTY, Language.NL))


def partial(engine: Engine, settings: Settings, now: datetime) -> Case:
    """An erasure decided in part, looked at by a colleague, recipients told: ready to close."""
    case = cases.in_progress(engine, settings, now, request(rights=("erasure",)))
    cases.decide(engine, case, now, "erasure", "partly", "legal_duty", SEVEN_YEARS)
    cases.approve(engine, case, now, "erasure")
    return cases.tell_all(engine, case, now)


@pytest.mark.parametrize(
    ("right", "outcome", "ground", "reason", "needed"),
    [
        ("erasure", "granted", None, "", True),
        ("erasure", "partly", "legal_duty", "Zo.", True),
        ("access", "refused", "manifestly_unfounded", "Zo.", True),
        ("access", "partly", "rights_of_others", "Zo.", True),
        ("access", "granted", None, "", False),
        ("erasure", "not_applicable", "no_data", "Niets gevonden.", False),
        ("erasure", "refused", "no_ground_to_erase", "Zo.", True),
        ("access", "refused", "cannot_identify", "Zo.", True),
    ],
)
def test_every_refusal_and_every_erasure_needs_a_colleague(
    engine: Engine,
    settings: Settings,
    now: datetime,
    right: str,
    outcome: str,
    ground: str | None,
    reason: str,
    needed: bool,
) -> None:
    case = cases.in_progress(engine, settings, now, request(rights=(right,)))
    case = cases.decide(engine, case, now, right, outcome, ground, reason, evidence="Elf keer deze maand.")
    cases.tell_all(engine, case, now)
    if not needed:
        assert cases.close(engine, settings, case, now).status is Status.CLOSED
        return
    with pytest.raises(NotPossibleError) as refused:
        cases.close(engine, settings, case, now)
    assert refused.value.text_key == "need.approved"
    with pytest.raises(NotPossibleError) as own:
        cases.approve(engine, case, now, right, who=AGENT)
    assert own.value.text_key == "error.own_decision"
    cases.approve(engine, case, now, right, who=COLLEAGUE)
    assert cases.close(engine, settings, case, now).status is Status.CLOSED


@pytest.mark.parametrize(
    ("months", "right", "name", "answered", "may"),
    [
        (11, "access", "Jan Voorbeeld", True, True),
        # A year or more later never is.
        (12, "access", "Jan Voorbeeld", True, False),
        (15, "access", "Jan Voorbeeld", True, False),
        # Something else, somebody else, or never answered: nothing was repeated.
        (3, "erasure", "Jan Voorbeeld", True, False),
        (3, "access", "Piet Voorbeeld", True, False),
        (3, "access", "Jan Voorbeeld", False, False),
    ],
)
def test_too_much_is_only_what_was_asked_and_answered_less_than_a_year_before(
    engine: Engine, settings: Settings, now: datetime, months: int, right: str, name: str, answered: bool, may: bool
) -> None:
    before = now - relativedelta(months=months)
    earlier = cases.in_progress(engine, settings, before, request(rights=(right,), name=name))
    cases.decide(engine, earlier, before, right, "refused", "statutory_exception", "Zo.")
    cases.approve(engine, earlier, before, right)
    if answered:
        cases.close(engine, settings, earlier, before)
    else:
        with transaction(engine) as session:
            following.withdraw(by(session, requester(earlier.id), before, settings), Seen(earlier.id))
    case = cases.in_progress(engine, settings, now, request(name="Jan Voorbeeld"))
    with reading(engine) as session:
        shown = queries.case_view(by(session, AGENT, now, settings), case.id).staff
    assert shown
    assert [each.reference for each in shown.earlier if "access" in each.rights] == ([earlier.reference] if may else [])
    refused = pytest.raises(InvalidInputError, match="ground_excessive")
    with nullcontext() if may else refused:
        cases.decide(engine, case, now, "access", "refused", "excessive", "Zo.", evidence="Zie het vorige verzoek.")


@pytest.mark.parametrize(
    ("right", "outcome", "ground", "problem"),
    [
        ("erasure", "refused", "legal_duty", "invalid.ground_partly"),
        ("access", "refused", "rights_of_others", "invalid.ground_partly"),
        ("access", "not_applicable", None, "invalid.ground_fact"),
        ("access", "not_applicable", "statutory_exception", "invalid.ground_fact"),
        ("access", "refused", "no_data", "invalid.ground"),
        ("marketing_objection", "not_applicable", "no_data", "invalid.no_refusal_exists"),
        ("marketing_objection", "refused", "statutory_exception", "invalid.no_refusal_exists"),
    ],
)
def test_not_applicable_is_no_way_around_a_refusal(
    engine: Engine, settings: Settings, now: datetime, right: str, outcome: str, ground: str | None, problem: str
) -> None:
    case = cases.in_progress(engine, settings, now, request(rights=(right,)))
    with pytest.raises(InvalidInputError) as wrong:
        cases.decide(engine, case, now, right, outcome, ground, "Zo.")
    assert list(wrong.value.problems.values()) == [problem]


def entered(engine: Engine, settings: Settings, now: datetime, **asked: object) -> Case:
    """A call that an agent entered with an address of their own, and took."""
    with transaction(engine) as session:
        typed = Registration(request(**asked), "phone", f"{now:%d-%m-%Y}", recognised="called_back")
        registering.register(by(session, AGENT, now, settings), typed, key="call")
    with reading(engine) as session:
        case = session.exec(select(Case)).one()
    with transaction(engine) as session:
        handling.take(by(session, AGENT, now, settings), seen(case))
    return cases.fresh(engine, case)


def moved_address(engine: Engine, settings: Settings, now: datetime) -> Case:
    """A case of the form, whose address was changed since."""
    case = cases.in_progress(engine, settings, now)
    with transaction(engine) as session:
        following.ask_new_address(by(session, requester(case.id), now, settings), Seen(case.id), "nieuw@aanvrager.example")
    cases.open_link(engine, settings, cases.token_in(cases.mails(engine, "new_address")[-1]), now)
    return cases.fresh(engine, case)


def refusal_of(engine: Engine, settings: Settings, now: datetime, case: Case) -> str:
    """One agent alone grants it and sends the answer: empty when it went out, else why not."""
    case = cases.decide(engine, case, now)
    try:
        cases.close(engine, settings, case, now)
    except NotPossibleError as refused:
        return refused.text_key
    return ""


@pytest.mark.parametrize("rule", ["never", "unproven", "always"])
@pytest.mark.parametrize("kind", ["form", "entered", "moved"])
def test_one_agent_alone_gives_out_data_only_where_the_rule_says_so(
    engine: Engine, settings: Settings, now: datetime, rule: str, kind: str
) -> None:
    if rule != "unproven":
        with transaction(engine) as session:
            set_rule(by(session, OFFICER, now), Seen("answers_checked"), rule, reason="Zo spraken we af")
    made = {"form": cases.in_progress, "entered": entered, "moved": moved_address}
    case = made[kind](engine, settings, now)
    alone = rule == "never" or (rule, kind) == ("unproven", "form")
    assert refusal_of(engine, settings, now, case) == ("" if alone else "need.approved")


def test_a_colleague_who_looks_lets_the_answer_of_a_call_go_out_and_who_decided_cannot(
    engine: Engine, settings: Settings, now: datetime
) -> None:
    case = cases.decide(engine, entered(engine, settings, now), now)
    with reading(engine) as session:
        (row,) = queries.case_view(by(session, AGENT, now, settings), case.id).rights
    assert row.waits
    with pytest.raises(NotPossibleError) as refused, transaction(engine) as session:
        deciding.approve(by(session, AGENT, now, settings), seen(case), "access")
    assert refused.value.text_key == "error.own_decision"
    with transaction(engine) as session:
        deciding.approve(by(session, COLLEAGUE, now, settings), seen(case), "access")
    assert cases.close(engine, settings, cases.fresh(engine, case), now).status is Status.CLOSED


def test_a_call_that_gives_nothing_out_needs_no_colleague(engine: Engine, settings: Settings, now: datetime) -> None:
    case = entered(engine, settings, now, rights=("consent_withdrawal",))
    cases.close(engine, settings, cases.decide(engine, case, now, right="consent_withdrawal"), now)


def test_a_decision_that_changes_needs_a_new_look(engine: Engine, settings: Settings, now: datetime) -> None:
    case = partial(engine, settings, now)
    cases.decide(engine, case, now, "erasure", "refused", "legal_claims", "Er loopt een zaak.", who=COLLEAGUE)
    with pytest.raises(NotPossibleError) as refused:
        cases.close(engine, settings, case, now)
    assert refused.value.text_key == "need.approved"
    # Who decided now is the colleague: the other may look.
    cases.approve(engine, case, now, "erasure", who=AGENT)
    cases.close(engine, settings, case, now)


def test_what_needs_no_second_look_cannot_be_approved(engine: Engine, settings: Settings, now: datetime) -> None:
    case = cases.in_progress(engine, settings, now)
    with pytest.raises(NotPossibleError):
        cases.approve(engine, case, now, "access")
    with pytest.raises(NotAllowedError):
        cases.approve(engine, case, now, "access", who=AUDITOR)


@pytest.mark.parametrize(
    ("missing", "text_key"),
    [
        ("[besluiten]", "invalid.letter_decisions"),
        ("[klacht]", "invalid.letter_complaint"),
        ("[rechter]", "invalid.letter_court"),
    ],
)
def test_a_refusal_does_not_go_out_while_a_part_of_it_is_missing(
    engine: Engine, settings: Settings, now: datetime, missing: str, text_key: str
) -> None:
    case = partial(engine, settings, now)
    with pytest.raises(InvalidInputError) as refused:
        cases.close(engine, settings, case, now, LETTER.replace(missing, ""))
    assert refused.value.problems == {"letter": text_key}
    assert cases.fresh(engine, case).status is Status.IN_PROGRESS
    assert not cases.mails(engine, "answered")


def test_an_english_letter_is_held_to_the_english_parts(engine: Engine, settings: Settings, now: datetime) -> None:
    case = cases.in_progress(engine, settings, now, request(rights=("erasure",), language=Language.EN))
    cases.decide(engine, case, now, "erasure", "refused", "legal_claims", "A case is going on.")
    cases.approve(engine, case, now, "erasure")
    with pytest.raises(InvalidInputError):
        cases.close(engine, settings, case, now, LETTER)
    cases.close(engine, settings, case, now, "[decisions] [complaint] [court]")
    with reading(engine) as session:
        shown = queries.case_view(by(session, requester(case.id), now, settings), case.id)
    assert "Erasure: refused." in shown.messages[-1].body
    assert "Thursday 16 April 2026" in shown.messages[-1].body


def test_a_partial_erasure_says_what_stays_why_and_until_when(engine: Engine, settings: Settings, now: datetime) -> None:
    case = cases.close(engine, settings, partial(engine, settings, now), now)
    with reading(engine) as session:
        shown = queries.case_view(by(session, requester(case.id), now, settings), case.id)
    letter = shown.messages[-1].body
    for part in (
        "Wissen: deels toegewezen.",
        "artikel 17 lid 3 onder b",
        SEVEN_YEARS,
        "zeven jaar te bewaren (artikel 52 AWR",
        "autoriteitpersoonsgegevens.nl",
        "tot en met donderdag 16 april 2026",
    ):
        assert part in letter
    assert "[" not in letter
    assert shown.dates.court_until == date(2026, 4, 16)


def test_manifestly_unfounded_needs_evidence(engine: Engine, settings: Settings, now: datetime) -> None:
    case = cases.in_progress(engine, settings, now)
    with pytest.raises(InvalidInputError) as refused:
        cases.decide(engine, case, now, "access", "refused", "manifestly_unfounded", "Te veel.")
    assert refused.value.problems == {"evidence": "invalid.evidence_empty"}
    cases.decide(engine, case, now, "access", "refused", "manifestly_unfounded", "Te veel.", evidence="Elf keer.")


@pytest.mark.parametrize("right", ["marketing_objection", "consent_withdrawal"])
def test_against_marketing_and_for_consent_no_refusal_exists(
    engine: Engine, settings: Settings, now: datetime, right: str
) -> None:
    case = cases.in_progress(engine, settings, now, request(rights=(right,), explanation=""))
    for outcome in ("refused", "partly"):
        with pytest.raises(InvalidInputError) as refused:
            cases.decide(engine, case, now, right, outcome, "manifestly_unfounded", "Nee.", evidence="x")
        assert refused.value.problems == {"outcome": "invalid.no_refusal_exists"}


@pytest.mark.parametrize("right", ["rectification", "erasure", "restriction"])
def test_after_a_correction_erasure_or_restriction_every_recipient_is_told_or_exempt_with_a_reason(
    engine: Engine, settings: Settings, now: datetime, right: str
) -> None:
    typed = request(rights=(right,), wrong_field="adres", right_value="Straat 2")
    case = cases.in_progress(engine, settings, now, typed)
    case = cases.decide(engine, case, now, right)
    if right == "erasure":
        case = cases.approve(engine, case, now, right)
    with pytest.raises(NotPossibleError) as refused:
        cases.close(engine, settings, case, now)
    assert refused.value.text_key == "need.recipients_told"
    first, *others = [each.key for each in recipients()]
    with pytest.raises(InvalidInputError), transaction(engine) as session:
        deciding.tell_recipient(by(session, AGENT, now), seen(case), first, told=False, reason=" ")
    with pytest.raises(NotFoundError), transaction(engine) as session:
        deciding.tell_recipient(by(session, AGENT, now), seen(case), "nobody", told=True, reason="")
    for key in (first, *others):
        with transaction(engine) as session:
            version = cases.fresh(engine, case).version
            deciding.tell_recipient(
                by(session, AGENT, now), Seen(case.id, version), key, told=key != first, reason="Bestaat niet meer."
            )
    assert cases.close(engine, settings, case, now).status is Status.CLOSED


def test_for_access_nobody_has_to_be_told(engine: Engine, settings: Settings, now: datetime) -> None:
    case = cases.decide(engine, cases.in_progress(engine, settings, now), now)
    assert cases.close(engine, settings, case, now).status is Status.CLOSED


def test_a_template_keeps_its_history_and_its_required_parts(engine: Engine, now: datetime) -> None:
    with reading(engine) as session:
        shipped = letters.template(by(session, AGENT), Letter.ANSWER, Language.NL)
    with pytest.raises(InvalidInputError), transaction(engine) as session:
        letters.set_template(by(session, OFFICER, now), ANSWER, "Geen delen.", reason="Korter")
    with pytest.raises(NotAllowedError), transaction(engine) as session:
        letters.set_template(by(session, AGENT, now), ANSWER, shipped, reason="x")
    wanted = shipped.replace("Dit is ons antwoord.", "Hier is ons antwoord.")
    with transaction(engine) as session:
        letters.set_template(by(session, OFFICER, now), ANSWER, wanted, reason="Korter")
    with reading(engine) as session:
        assert "Hier is" in letters.answer_draft(by(session, AGENT), Language.NL, limited=True)
        (row,) = policy.history(by(session, OFFICER), letters.rule_name(Letter.ANSWER, Language.NL))
    assert (row.by, row.reason, row.number) == (OFFICER.name, "Korter", 1)


def test_a_ground_is_worded_anew_with_its_history_and_letters_say_it_so(
    engine: Engine, settings: Settings, now: datetime
) -> None:
    for wrong in ("", "x" * 501):
        with pytest.raises(InvalidInputError), transaction(engine) as session:
            letters.set_ground_text(by(session, OFFICER, now), LEGAL_DUTY, wrong, reason="Korter")
    with pytest.raises(NotAllowedError), transaction(engine) as session:
        letters.set_ground_text(by(session, AGENT, now), LEGAL_DUTY, "x", reason="Korter")
    with transaction(engine) as session:
        letters.set_ground_text(by(session, OFFICER, now), LEGAL_DUTY, "De wet wil het zo.", reason="Korter")
    case = cases.close(engine, settings, partial(engine, settings, now), now)
    with reading(engine) as session:
        shown = queries.case_view(by(session, AGENT, now, settings), case.id)
        assert len(policy.history(by(session, OFFICER), letters.ground_rule(Ground.LEGAL_DUTY, Language.NL))) == 1
    assert "De wet wil het zo." in shown.messages[-1].body


def test_an_answer_that_grants_all_needs_no_routes_in_its_draft(engine: Engine) -> None:
    with reading(engine) as session:
        assert "[rechter]" not in letters.answer_draft(by(session, AGENT), Language.NL, limited=False)
        assert "[court]" in letters.answer_draft(by(session, AGENT), Language.EN, limited=True)


def test_what_somebody_typed_is_never_taken_for_a_part(engine: Engine, settings: Settings, now: datetime) -> None:
    case = cases.in_progress(engine, settings, now, request(name="[besluiten] [rechter]"))
    case = cases.decide(engine, case, now)
    cases.close(engine, settings, case, now, "Beste [naam], [besluiten]")
    with reading(engine) as session:
        shown = queries.case_view(by(session, AGENT, now, settings), case.id)
    assert shown.messages[-1].body.startswith("Beste [besluiten] [rechter], Inzage")


def test_the_data_map_names_recipients_that_exist_and_what_an_erasure_leaves() -> None:
    assert {each.key for each in recipients()} == {key for system in systems() for key in system.recipients}
    assert any(system.told("stays", Language.NL) for system in systems())
    assert [system.key for system in systems("processor")] == ["learning_platform"]


def test_closing_an_undecided_case_says_so_before_anything_else(engine: Engine, settings: Settings) -> None:
    case = cases.in_progress(engine, settings, datetime(2026, 3, 5, 9, 0, tzinfo=UTC))
    with pytest.raises(NotPossibleError) as refused:
        cases.close(engine, settings, case, datetime(2026, 3, 6, 9, 0, tzinfo=UTC), "Leeg.")
    assert refused.value.text_key == "need.all_decided"
