"""The words somebody may search a case by. Pure."""

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

LONGEST_WORD = 120
SHORTEST_PART = 2
# Letters that Unicode doesn't take apart, as people type them without the right keyboard; and one kind of apostrophe.
_PLAIN = str.maketrans(
    {
        "ł": "l",
        "đ": "d",
        "ð": "d",
        "ø": "o",
        "æ": "ae",
        "œ": "oe",
        "þ": "th",
        "ħ": "h",
        "ı": "i",
        "ŋ": "n",
        "ŧ": "t",
        "’": "'",
        "‘": "'",
    }
)
_SIGNS = "-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"
_JOINS = re.compile(r"[-'@._+/‐‑]+")


def words(*texts: str) -> set[str]:
    """Lower-case, without accents, and from each part on: "José d'Oliveira-Łoś" is found by "jose", "oliveira" and "los"."""
    return {
        part[:LONGEST_WORD]
        for text in texts
        for word in plain(text).split()
        for part in (word, *(word[join.end() :] for join in _JOINS.finditer(word)))
        if len(part) >= SHORTEST_PART or part == word
    }


def plain(text: str) -> str:
    bare = "".join(sign for sign in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(sign))
    return bare.translate(_PLAIN)


def whole(text: str) -> str:
    """The one word that a text without spaces is found by."""
    return plain(text)[:LONGEST_WORD]


def loosely(text: str) -> str:
    """For comparing: capitals and spaces make no difference."""
    return " ".join(text.casefold().split())


# The ends of addresses come again and again.
@lru_cache(maxsize=4096)
def hidden(word: str, key: bytes) -> str:
    """A word as it stands in the index: each letter as three signs, which the key makes of the word up to it. So words that begin
    alike begin alike there, and a search for a beginning is a range; which letters they are isn't told.
    """
    upto, found = hashlib.blake2b(key=key, digest_size=3), []
    for sign in word:
        upto.update(sign.encode("utf-32-le"))
        found += [_SIGNS[byte & 63] for byte in upto.copy().digest()]
    return "".join(found)


def after(word: str) -> str:
    """The first word that doesn't begin with `word`, for a range of the index."""
    return word + "\U0010ffff"


def asked(typed: str, longest: int = 5) -> Iterable[str]:
    """The words of a search, the longest first: they narrow most."""
    return sorted({word[:LONGEST_WORD] for word in plain(typed).split()}, key=len, reverse=True)[:longest]
