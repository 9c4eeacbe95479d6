from datetime import date
from itertools import product

import pytest

from dashboard.data_requests.law.rights import (
    ARTICLE,
    GROUNDS,
    Ground,
    Outcome,
    RequesterRole,
    Right,
    allowed,
    limits,
    may_ask,
    needs_second_pair_of_eyes,
    outcomes_of,
)


def test_every_right_has_its_article_and_its_grounds() -> None:
    assert set(ARTICLE) == set(GROUNDS) == set(Right)


# By hand, from the articles: on what a right may be refused whole, only in part, and what leaves nothing to decide.
ANY = "cannot_identify manifestly_unfounded excessive statutory_exception"
BY_HAND = {
    "access": (ANY, "rights_of_others", "no_data"),
    "rectification": (f"data_is_right {ANY}", "", "no_data"),
    "erasure": (
        f"no_ground_to_erase expression public_health archive legal_claims {ANY}",
        "legal_duty",
        "no_data",
    ),
    "restriction": (f"no_ground_to_restrict {ANY}", "", "no_data"),
    "portability": (f"no_consent_or_contract not_automated {ANY}", "rights_of_others", "no_data"),
    "objection": (f"compelling_grounds legal_claims {ANY}", "", "no_data"),
    "automated_decision": (f"necessary_or_consented {ANY}", "", "no_such_decision"),
    "marketing_objection": ("", "", ""),
    "consent_withdrawal": ("", "", ""),
}


@pytest.mark.parametrize("right", Right)
def test_each_outcome_stands_on_the_grounds_of_its_article_alone(right: Right) -> None:
    whole, part, fact = ({Ground(name) for name in names.split()} for names in BY_HAND[right.value])
    grounds = {
        Outcome.GRANTED: {None},
        Outcome.PARTLY: whole | part,
        Outcome.REFUSED: whole,
        Outcome.NOT_APPLICABLE: fact,
    }
    for outcome in Outcome:
        found: set[Ground | None] = {ground for ground in (*Ground, None) if allowed(right, outcome, ground)}
        assert found == grounds[outcome], outcome


@pytest.mark.parametrize("right", [Right.MARKETING_OBJECTION, Right.CONSENT_WITHDRAWAL])
def test_marketing_and_consent_only_ever_end(right: Right) -> None:
    assert outcomes_of(right) == (Outcome.GRANTED,)


def test_the_duty_to_keep_invoices_limits_an_erasure_only() -> None:
    assert [right for right in Right if Ground.LEGAL_DUTY in GROUNDS[right]] == [Right.ERASURE]


@pytest.mark.parametrize(
    ("role", "born_on", "may"),
    [
        (RequesterRole.PUPIL, date(2010, 3, 5), True),  # 16 today
        (RequesterRole.PUPIL, date(2010, 3, 6), False),  # 16 tomorrow
        (RequesterRole.PARENT, date(2010, 3, 6), True),
        (RequesterRole.PARENT, date(2010, 3, 5), False),
        (RequesterRole.PARENT, date(2026, 3, 5), True),
        (RequesterRole.PUPIL, None, False),
        (RequesterRole.PARENT, None, False),
        (RequesterRole.CUSTOMER, None, True),
        (RequesterRole.TEACHER, None, True),
        (RequesterRole.AGENT, None, True),
    ],
)
def test_a_parent_asks_below_16_and_the_pupil_from_that_birthday_on(role: RequesterRole, born_on: date | None, may: bool) -> None:
    assert may_ask(role, born_on, date(2026, 3, 5)) is may


@pytest.mark.parametrize(("right", "outcome", "ground"), list(product(Right, Outcome, (*Ground, None))))
def test_a_colleague_looks_at_what_is_not_granted_and_at_every_erasure(
    right: Right, outcome: Outcome, ground: Ground | None
) -> None:
    answered = outcome is Outcome.NOT_APPLICABLE and ground in {Ground.NO_DATA, Ground.NO_SUCH_DECISION}
    limited = outcome is not Outcome.GRANTED and ground not in {Ground.NO_DATA, Ground.NO_SUCH_DECISION}
    erased = right is Right.ERASURE and outcome is Outcome.GRANTED
    assert needs_second_pair_of_eyes(right, outcome, ground) is (limited or erased)
    assert not (answered and limits(outcome, ground))
