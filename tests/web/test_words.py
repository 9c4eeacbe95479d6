"""What the library says by itself becomes Dutch: the pairs that our script gets."""

import html
import json
import re

import pytest

from dashboard.i18n import Language, texts
from dashboard.web.headers import index_html
from dashboard.web.words import WORDS, words_tag


def pairs(language: Language) -> list[list[str]]:
    found = re.search(r'name="bijsluiter-words" content="([^"]*)"', index_html(language))
    assert found
    return json.loads(html.unescape(found.group(1)))


def test_a_dutch_page_gets_a_pair_for_everything_and_one_for_each_month() -> None:
    known = dict(pairs(Language.NL))
    assert known["Navigate to home page"] == "Naar de startpagina"
    assert known["Help for {what}"] == "Uitleg bij {what}"
    assert known["{number} – March"] == "{number} – maart"
    assert known["Selected Date: October {day}, {year}"] == "Gekozen datum: {day} oktober {year}"
    assert len(known) == len(WORDS) - 2 + 2 * 12


def test_an_english_page_says_what_the_library_says() -> None:
    assert pairs(Language.EN) == []
    assert words_tag(Language.EN) in index_html(Language.EN)


@pytest.mark.parametrize("name", WORDS)
def test_what_stands_open_in_one_language_does_in_the_other(name: str) -> None:
    dutch, english = (set(re.findall(r"\{\w+\}", texts(each)(f"library.{name}"))) for each in Language)
    assert dutch == english
