"""What a person typed, where markdown is read."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.ui.parts import plain

# As the reader of markdown in our pages looks for addresses in text, after all that is escaped was read (mdast's GFM
# autolinks): escaped or not makes no difference to it.
FOUND = (
    re.compile(r"(https?://|www(?=\.))([-.\w]+)([^ \t\r\n]*)", re.IGNORECASE),
    re.compile(r"([-.\w+]+)@([-\w]+(?:\.[-\w]+)+)"),
)


def read(text: str) -> str:
    """The text that a reader of markdown has once escapes are undone."""
    return re.sub(r"\\(.)", r"\1", text, flags=re.DOTALL)


@pytest.mark.parametrize(
    "typed",
    [
        "https://elders.example",
        "zie HTTP://elders.example/x?y=1",
        "www.elders.example",
        "noor@elders.example",
        "noor.v+x@post.elders.example en https://www.elders.example",
        "<form action='https://elders.example'>",
    ],
)
def test_what_looks_like_an_address_is_none(typed: str) -> None:
    shown = read(plain(typed))
    assert not any(each.search(shown) for each in FOUND)
    assert shown.replace("\u2060", "") == typed


@given(st.text())
def test_nothing_is_lost_and_no_address_is_left_whatever_is_typed(typed: str) -> None:
    shown = read(plain(typed))
    assert not any(each.search(shown) for each in FOUND)
    assert shown.replace("\u2060", "") == typed.replace("\u2060", "")


def test_a_name_is_left_as_it_is() -> None:
    assert plain("Zoë van 't Hoff") == "Zoë van 't Hoff"
