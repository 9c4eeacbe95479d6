"""Text that people typed: the one rule for what stays of it. Pure.

Line ends are one kind; separators of any kind become a space or a line; signs that join (as in an emoji of several, or Persian)
stay, and so does every letter of every script. What is no text goes: control signs, halves of signs, and what turns the direction
of a line around so that it reads as something else.
"""

import re
import unicodedata

_LINE_ENDS = re.compile("\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
# Embedding, override and isolate of direction, and a mark of byte order: they change how the rest of a line is read.
_TURNS = re.compile("[\u202a-\u202e\u2066-\u2069\ufeff]")
_GONE = frozenset({"Cc", "Cs"})
# The last two of every plane, and these, are no characters for ever: no XML holds them.
_LAST_TWO = 0xFFFE
_NONE = range(0xFDD0, 0xFDF0)


def body_of(typed: str) -> str:
    """Text of several lines."""
    text = _TURNS.sub("", _LINE_ENDS.sub("\n", unicodedata.normalize("NFC", typed)))
    return "".join(_kept(sign) for sign in text).strip()


def line_of(typed: str) -> str:
    """One line: line ends and tabs are spaces, and several spaces are one."""
    return " ".join(body_of(typed).split())


def _kept(sign: str) -> str:
    if sign in "\n\t":
        return sign
    category = unicodedata.category(sign)
    if category == "Zs":
        return " "
    number = ord(sign)
    return "" if category in _GONE or number & _LAST_TWO == _LAST_TWO or number in _NONE else sign
