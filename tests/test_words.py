import pytest

from dashboard.words import asked, words


@pytest.mark.parametrize(
    ("text", "found_by"),
    [
        ("Łukasz Đurić", ["lukasz", "duric", "Łuk", "Đ"]),
        ("Anne-Marie d’Angelo", ["marie", "anne-marie", "angelo", "d'angelo", "d’angelo"]),
        ("noor@vijf-bruggen.example", ["noor@vijf", "vijf-bruggen", "bruggen", "example"]),
        ("Søren Groß", ["soren", "gross", "groß"]),
        ("Ramaekers", ["ramaekers", "Rama"]),
    ],
)
def test_a_name_is_found_by_its_parts_and_without_the_right_keyboard(text: str, found_by: list[str]) -> None:
    for typed in found_by:
        assert any(word.startswith(next(iter(asked(typed)))) for word in words(text)), typed
