import unicodedata
from xml.etree.ElementTree import Element, fromstring, tostring

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.typed import body_of, line_of


@pytest.mark.parametrize(
    ("typed", "body", "line"),
    [
        ("tien\u00a0euro", "tien euro", "tien euro"),
        ("tien\u202feuro", "tien euro", "tien euro"),
        ("een\u2028twee\u2029drie", "een\ntwee\ndrie", "een twee drie"),
        ("een\r\ntwee\rdrie\vvier", "een\ntwee\ndrie\nvier", "een twee drie vier"),
        ("👩\u200d👩\u200d👧", "👩\u200d👩\u200d👧", "👩\u200d👩\u200d👧"),
        ("می\u200cخواهم", "می\u200cخواهم", "می\u200cخواهم"),
        ("af\u00adbreken", "af\u00adbreken", "af\u00adbreken"),
        ("\uf0b7\tpunt", "\uf0b7\tpunt", "\uf0b7 punt"),
        ("a\x00b\x07c\ud800d", "abcd", "abcd"),
        ("gif\u202egnp.exe", "gifgnp.exe", "gifgnp.exe"),
        ("e\u0301", "é", "é"),
        ("a\ufffeb\U0001ffffc", "abc", "abc"),
    ],
)
def test_separators_become_spaces_or_lines_and_joiners_stay(typed: str, body: str, line: str) -> None:
    assert (body_of(typed), line_of(typed)) == (body, line)


@given(st.text(st.characters(exclude_categories=())))
def test_what_is_left_of_any_text_is_text_that_xml_holds_and_no_letter_is_lost(typed: str) -> None:
    body = body_of(typed)
    assert body_of(body) == body
    assert line_of(typed) == " ".join(body.split())
    assert not [sign for sign in body if unicodedata.category(sign) in {"Cc", "Cs", "Zl", "Zp"} and sign not in "\n\t"]
    element = Element("x")
    element.text = body
    # Our own writing, read again.
    assert (fromstring(tostring(element, encoding="utf-8")).text or "") == body  # noqa: S314
    letters = [sign for sign in unicodedata.normalize("NFC", typed) if unicodedata.category(sign)[0] in "LMNPS"]
    assert [sign for sign in body if unicodedata.category(sign)[0] in "LMNPS"] == [
        sign for sign in letters if ord(sign) & 0xFFFE != 0xFFFE
    ]
