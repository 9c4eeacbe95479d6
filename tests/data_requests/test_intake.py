import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.data_requests.intake import check, normal_email
from dashboard.data_requests.rights import RequesterRole, Right, Subject
from dashboard.errors import InvalidInputError
from tests.people import request


def problems(**changes: object) -> dict[str, str]:
    with pytest.raises(InvalidInputError) as refused:
        check(request(**changes))
    return refused.value.problems


def test_a_good_request_passes_trimmed_and_typed() -> None:
    found = check(request(rights=("erasure", "access"), name="  Noor   Voorbeeld ", explanation=" Wis\u0000 alles \n graag "))
    assert found.rights == (Right.ERASURE, Right.ACCESS)
    assert (found.role, found.subject) == (RequesterRole.CUSTOMER, Subject.OWN_RECORDS)
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
    assert check(request(school_name="Lyceum, Stad")).school_name == ""
    assert check(request(subject="learning_material", school_name=" Lyceum,  Stad ")).school_name == "Lyceum, Stad"


@given(st.text(max_size=80))
def test_an_address_is_accepted_in_its_normal_form_or_not_at_all(typed: str) -> None:
    found = normal_email(typed)
    assert not found or (normal_email(found) == found and "\n" not in found)
