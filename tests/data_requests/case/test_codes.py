import re

from hypothesis import given
from hypothesis import strategies as st

from dashboard.data_requests.case.codes import REFERENCE_SIGNS, code_for, code_hmac, new_reference, normal_code, normal_reference
from dashboard.tokens import digest, new_key, new_token


def test_a_code_has_120_bits_in_groups_of_four_crockford_signs() -> None:
    code = code_for(new_key(), "pepper")
    assert re.fullmatch(r"([0-9A-HJKMNP-TV-Z]{4}-){5}[0-9A-HJKMNP-TV-Z]{4}", code)


def test_the_same_form_gives_the_same_code_and_another_form_or_pepper_another() -> None:
    key = new_key()
    assert code_for(key, "pepper") == code_for(key, "pepper")
    assert code_for(key, "pepper") != code_for(new_key(), "pepper")
    assert code_for(key, "pepper") != code_for(key, "salt")


def test_a_hundred_thousand_codes_hold_no_double() -> None:
    assert len({code_for(new_key(), "pepper") for _ in range(100_000)}) == 100_000


def test_a_code_is_read_with_spaces_small_letters_and_look_alikes() -> None:
    code = code_for(new_key(), "pepper")
    sloppy = code.lower().replace("-", " ").replace("1", "l").replace("0", "O")
    assert normal_code(sloppy) == normal_code(code)
    assert code_hmac(sloppy, "pepper") == code_hmac(code, "pepper")


def test_what_is_stored_of_a_code_tells_neither_code_nor_pepper() -> None:
    code = code_for(new_key(), "pepper")
    assert normal_code(code) not in code_hmac(code, "pepper").upper()
    assert code_hmac(code, "pepper") != code_hmac(code, "other")


def test_tokens_are_random_and_stored_as_digests() -> None:
    assert len({new_token() for _ in range(1000)}) == 1000
    assert len(digest("x")) == 64


@given(st.integers(0, 8), st.sampled_from(REFERENCE_SIGNS))
def test_one_wrong_sign_in_a_reference_is_found(place: int, sign: str) -> None:
    reference = new_reference()
    bare = reference.removeprefix("BS-").replace("-", "")
    wrong = bare[:place] + sign + bare[place + 1 :]
    assert (normal_reference(wrong) == reference) == (wrong == bare)


@given(st.integers(0, 6))
def test_two_swapped_signs_in_a_reference_are_found(place: int) -> None:
    bare = new_reference().removeprefix("BS-").replace("-", "")
    swapped = bare[:place] + bare[place + 1] + bare[place] + bare[place + 2 :]
    assert normal_reference(swapped) is None or swapped == bare


@given(st.text(max_size=60))
def test_any_text_is_read_as_a_reference_or_refused(typed: str) -> None:
    found = normal_reference(typed)
    assert found is None or normal_reference(found) == found
