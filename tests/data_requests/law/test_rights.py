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
    may_ask,
    needs_second_pair_of_eyes,
)


def test_every_right_has_its_article_and_its_grounds() -> None:
    assert set(ARTICLE) == set(GROUNDS) == set(Right)


@pytest.mark.parametrize(("right", "outcome"), list(product(Right, [Outcome.GRANTED, Outcome.NOT_APPLICABLE])))
def test_what_is_granted_stands_on_no_ground(right: Right, outcome: Outcome) -> None:
    assert allowed(right, outcome, None)
    assert not any(allowed(right, outcome, ground) for ground in Ground)


@pytest.mark.parametrize(("right", "ground"), list(product(Right, Ground)))
def test_a_refusal_stands_only_on_a_ground_of_its_article(right: Right, ground: Ground) -> None:
    assert allowed(right, Outcome.PARTLY, ground) == (ground in GROUNDS[right])
    assert not allowed(right, Outcome.REFUSED, None)


def test_the_rights_of_others_limit_a_copy_but_never_refuse_it_whole() -> None:
    assert allowed(Right.ACCESS, Outcome.PARTLY, Ground.RIGHTS_OF_OTHERS)
    assert not allowed(Right.ACCESS, Outcome.REFUSED, Ground.RIGHTS_OF_OTHERS)


def test_withdrawing_consent_can_never_be_refused() -> None:
    assert not any(allowed(Right.CONSENT_WITHDRAWAL, Outcome.REFUSED, ground) for ground in (*Ground, None))


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


@pytest.mark.parametrize(("right", "outcome"), list(product(Right, Outcome)))
def test_a_colleague_looks_at_what_is_not_granted_and_at_every_erasure(right: Right, outcome: Outcome) -> None:
    limited = outcome in {Outcome.PARTLY, Outcome.REFUSED}
    erased = right is Right.ERASURE and outcome is Outcome.GRANTED
    assert needs_second_pair_of_eyes(right, outcome) is (limited or erased)
