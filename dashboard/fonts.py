"""The fonts of our papers, for whatever script people write in, and which signs none of them has.

Noto, from packages and from `data/fonts` (SIL Open Font License, beside them). A paper is PDF/UA: a sign without a glyph would
stop it, so such a sign is shown as a replacement that is named at the end.
"""

import unicodedata
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from pathlib import Path

from fontTools.ttLib import TTCollection, TTFont

from dashboard.content import DATA

PACKAGES = ("manimgx_fonts", "noto_cjk_sans_otc")
REPLACEMENT = "[?]"
# What shapes the text around it and is never seen by itself: joiners, marks of direction, variation selectors.
_UNSEEN = frozenset({0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0x2060, 0xAD, 0x9, 0xA, *range(0xFE00, 0xFE10)})


@cache
def folders() -> tuple[Path, ...]:
    return (*(Path(str(files(name))) for name in PACKAGES), DATA / "fonts")


@cache
def covered() -> frozenset[int]:
    """Every sign for which one of the fonts has a glyph."""
    found: set[int] = set(_UNSEEN)
    for folder in folders():
        for path in sorted(folder.glob("*.tt[fc]")):
            found |= _signs_of(path)
    return frozenset(found)


def _signs_of(path: Path) -> set[int]:
    if path.suffix == ".ttc":
        with TTCollection(path, lazy=True) as collection:
            return {sign for font in collection.fonts for sign in font.getBestCmap()}
    with TTFont(path, lazy=True) as font:
        return set(font.getBestCmap())


def without_glyph(text: str) -> set[str]:
    """The signs of a text that no font has."""
    return {sign for sign in set(text) if ord(sign) not in covered()}


def replaced(text: str, missing: Iterable[str]) -> str:
    return text.translate({ord(sign): REPLACEMENT for sign in missing})


def named(sign: str) -> str:
    """How a sign is called where it can't be shown: U+F0B7, with its name where Unicode gives one."""
    return f"U+{ord(sign):04X} {unicodedata.name(sign, '')}".strip()
