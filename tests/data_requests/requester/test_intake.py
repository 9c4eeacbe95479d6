from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.addresses import normalized_or_empty
from dashboard.data_requests.law.rights import RequesterRole, Right, Subject
from dashboard.data_requests.outgoing.uploads import Upload
from dashboard.data_requests.requester.intake import CheckedRequest, NewRequest, Part, check, day_of
from dashboard.errors import InvalidInputError
from tests.people import request

TODAY = date(2026, 3, 5)


def check_now(typed: NewRequest) -> CheckedRequest:
    return check(typed, today=TODAY)


def problems(**changes: object) -> dict[str, str]:
    with pytest.raises(InvalidInputError) as refused:
        check_now(request(**changes))
    return refused.value.problems


def test_a_good_request_passes_trimmed_and_typed() -> None:
    found = check_now(request(rights=("erasure", "access"), name="  Noor   Voorbeeld ", explanation=" Wis\u0000 alles \n graag "))
    assert found.rights == (Right.ACCESS, Right.ERASURE)
    assert found.parts == (Part(Subject.OWN_RECORDS, (Right.ERASURE, Right.ACCESS)),)
    assert found.role is RequesterRole.CUSTOMER
    assert found.name == "Noor Voorbeeld"
    assert found.explanation == "Wis alles \n graag"


@pytest.mark.parametrize(
    ("changes", "field", "text_key"),
    [
        ({"rights": ()}, "rights", "invalid.rights"),
        ({"rights": ("access", "everything")}, "rights", "invalid.rights"),
        ({"role": "king"}, "role", "invalid.role"),
        ({"subject": ""}, "subject", "invalid.subject"),
        ({"subject": "learning_material"}, "school_name", "invalid.school_name"),
        ({"explanation": " \n\t "}, "explanation", "invalid.explanation_empty"),
        ({"explanation": "x" * 20_000}, "explanation", "invalid.explanation_long"),
        ({"name": ""}, "name", "invalid.name"),
        ({"name": "n" * 201}, "name", "invalid.name"),
        ({"email": "noor"}, "email", "invalid.email"),
        ({"email": "noor@aanvrager.example\nBcc: ander@elders.example"}, "email", "invalid.email"),
        ({"email": ""}, "email", "invalid.email"),
    ],
)
def test_each_bad_field_is_named_with_its_sentence(changes: dict[str, object], field: str, text_key: str) -> None:
    assert problems(**changes) == {field: text_key}


def test_everything_wrong_is_told_at_once_in_the_forms_order() -> None:
    found = problems(rights=(), role="", subject="", explanation="", name="", email="")
    assert list(found) == ["rights", "role", "subject", "explanation", "name", "email"]


def test_a_school_is_kept_only_where_it_matters() -> None:
    assert check_now(request(school_name="Lyceum, Stad")).school_name == ""
    assert check_now(request(subject="learning_material", school_name=" Lyceum,  Stad ")).school_name == "Lyceum, Stad"


@given(st.text(max_size=80))
def test_an_address_is_accepted_in_its_normal_form_or_not_at_all(typed: str) -> None:
    found = normalized_or_empty(typed)
    assert not found or (normalized_or_empty(found) == found and "\n" not in found)


@pytest.mark.parametrize(
    ("changes", "field", "text_key"),
    [
        ({"role": "parent", "born_on": "14-3-2018"}, "subject_name", "invalid.subject_name_parent"),
        ({"role": "parent", "subject_name": "Mees", "born_on": "14-3-2005"}, "born_on", "invalid.age_parent"),
        ({"role": "parent", "subject_name": "Mees", "born_on": ""}, "born_on", "invalid.born_on"),
        ({"role": "parent", "subject_name": "Mees", "born_on": "31-2-2018"}, "born_on", "invalid.born_on"),
        ({"role": "parent", "subject_name": "Mees", "born_on": "6-3-2026"}, "born_on", "invalid.born_on"),
        ({"role": "parent", "subject_name": "Mees", "born_on": "1-1-1800"}, "born_on", "invalid.born_on"),
        ({"role": "pupil", "born_on": "6-3-2010"}, "born_on", "invalid.age_pupil"),
        ({"rights": ("rectification",), "right_value": "Straat 2"}, "wrong_field", "invalid.wrong_field"),
        ({"rights": ("rectification",), "wrong_field": "adres"}, "right_value", "invalid.right_value"),
        ({"uploads": tuple(Upload(f"{n}.txt", b"x") for n in range(6))}, "uploads", "invalid.uploads_many"),
        ({"uploads": (Upload("a.exe", b"MZ"),)}, "uploads", "invalid.attachment_type"),
        ({"uploads": (Upload("a.pdf", b"<html>"),)}, "uploads", "invalid.file_content"),
        ({"subject": "both"}, "school_name", "invalid.school_name"),
    ],
)
def test_what_a_role_or_right_asks_more_is_named_when_missing(changes: dict[str, object], field: str, text_key: str) -> None:
    assert problems(**changes) == {field: text_key}


def test_who_asks_for_another_shows_an_authorisation() -> None:
    asked = {"role": "agent", "subject_name": "Oma Voorbeeld"}
    assert problems(**asked) == {"authorisation": "invalid.authorisation"}
    assert problems(**asked, authorisation=Upload("a.zip", b"PK")) == {"authorisation": "invalid.attachment_type"}
    found = check_now(request(**asked, authorisation=Upload("machtiging.txt", b"Ik machtig Noor.")))
    assert (found.role, found.subject_name) == (RequesterRole.AGENT, "Oma Voorbeeld")


def test_a_date_of_birth_is_kept_only_where_age_decides() -> None:
    assert check_now(request(born_on="1-1-1980")).born_on is None
    assert check_now(request(role="pupil", born_on="1-1-2005")).born_on == date(2005, 1, 1)


def test_newsletter_and_marketing_need_no_words_and_are_always_ours() -> None:
    found = check_now(request(rights=("consent_withdrawal",), explanation="", subject="learning_material", school_name="Lyceum"))
    assert found.parts == (Part(Subject.OWN_RECORDS, (Right.CONSENT_WITHDRAWAL,)),)


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("14-3-2012", date(2012, 3, 14)),
        ("14/03/2012", date(2012, 3, 14)),
        (" 1.1.2000 ", date(2000, 1, 1)),
        ("2012-03-14", None),
        ("14-13-2012", None),
        ("14-3-12", date(2012, 3, 14)),
        ("1/2/85", date(1985, 2, 1)),
        ("14 maart 2012", date(2012, 3, 14)),
        ("14 March 2012", date(2012, 3, 14)),
        ("3 mrt. 2012", date(2012, 3, 3)),
        ("3. mei 2013", date(2013, 5, 3)),
        ("31 februari 2012", None),
        ("14 brumaire 2012", None),
        ("14-3-112", None),
        ("١٤-٣-٢٠١٢", None),
        ("", None),
        ("x", None),
    ],
)
def test_a_day_is_read_as_people_here_type_it_or_not_at_all(typed: str, day: date | None) -> None:
    assert day_of(typed) == day
