"""The words somebody may search a case by. Pure."""

import unicodedata
from collections.abc import Iterable

LONGEST_WORD = 120


def words(*texts: str) -> set[str]:
    """Lower-case, without accents: "José Voorbeeld" is found by "jose" and by "voor"."""
    return {part[:LONGEST_WORD] for text in texts for part in plain(text).split()}


def plain(text: str) -> str:
    return "".join(sign for sign in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(sign))


def loosely(text: str) -> str:
    """For comparing: capitals and spaces make no difference."""
    return " ".join(text.casefold().split())


def after(word: str) -> str:
    """The first word that doesn't begin with `word`, for a range of the index."""
    return word + "\U0010ffff"


def asked(typed: str, longest: int = 5) -> Iterable[str]:
    """The words of a search, the longest first: they narrow most."""
    return sorted(words(typed), key=len, reverse=True)[:longest]
