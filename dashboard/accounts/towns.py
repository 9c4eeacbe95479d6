"""Names of towns as people write them. Pure."""

import re

LONGEST_TOWN = 80
# Within a name these begin small: "Capelle aan den IJssel", "Alteveer gem Noordenveld".
_SMALL = frozenset({"aan", "bij", "de", "den", "der", "en", "gem", "het", "in", "op", "te", "ten", "ter", "tot", "van"})
_APOSTROPHES = frozenset({"'s", "'t", "’s", "’t"})
# What tells one Bergen from the other.
_PROVINCES = frozenset({"dr", "fl", "fr", "gld", "gn", "lb", "nb", "nh", "ov", "ut", "ze", "zh", "zl"})
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_PART = re.compile(r"[^\s-]+")


def town(text: str) -> str:
    """A name in capitals, as DUO's files have it, in small letters where they belong; what is no name of a town is none."""
    said = " ".join(text.split())
    if _CONTROLS.search(text) or len(said) > LONGEST_TOWN:
        return ""
    if not said.isupper():
        return said
    return _PART.sub(lambda found: _cased(found.group().lower(), first=found.start() == 0), said)


def _cased(part: str, *, first: bool) -> str:
    if part in _APOSTROPHES or (part in _SMALL and not first):
        return part
    if part.strip("().") in _PROVINCES and not first:
        return part.upper()
    if part[0].isdigit():
        return part
    at = next((number for number, sign in enumerate(part) if sign.isalpha()), 0)
    # The Dutch ij is one letter.
    capitals = 2 if part[at:].startswith("ij") else 1
    return part[:at] + part[at : at + capitals].upper() + part[at + capitals :]
