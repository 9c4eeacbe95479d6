"""A school in a line, as it is chosen from the register: "Sint-Jozefschool, Polderveen NH (70BC00)". Pure."""

import re

from dashboard.words import loosely

LENGTH_OF_BRIN = 4
# What stands around words and not in them.
AROUND = re.compile(r"[()\[\],;:\"!?&|]+")
_CODE = re.compile(r"\s*\(([0-9]{2}[A-Z]{2}(?:[0-9]{2})?)\)$")


def code_in(told: str) -> str:
    """The code at the end of such a line; nothing in what somebody wrote by themselves."""
    found = _CODE.search(told.strip())
    return found.group(1) if found else ""


def without_code(told: str) -> str:
    return _CODE.sub("", told.strip())


def may_be_one_school(one: str, other: str) -> bool:
    """Both chosen: by the school's code, whatever it or its town is called by then. Else by the words; what was written by hand
    may be the name alone.
    """
    codes = [code_in(each)[:LENGTH_OF_BRIN] for each in (one, other)]
    if all(codes):
        return codes[0] == codes[1]
    texts = [loosely(without_code(each)) for each in (one, other)]
    names = [text.partition(", ")[0] if code else text for text, code in zip(texts, codes, strict=True)]
    return texts[0] == texts[1] or (any(codes) and names[0] == names[1])
