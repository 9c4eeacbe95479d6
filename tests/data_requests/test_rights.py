from itertools import product

import pytest

from dashboard.data_requests.rights import ARTICLE, GROUNDS, Ground, Outcome, Right, allowed


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
