"""Papers as tagged PDFs: a title, an introduction, and sections of facts and paragraphs."""

import json
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import typst

from dashboard import fonts
from dashboard.content import DATA, organisation
from dashboard.i18n import Texts

TEMPLATE = DATA / "papers" / "paper.typ"
ZERO_WIDTH_SPACE = "\u200b"
# Longer than any word, address or check number: it may break anywhere.
_LONG, _PIECE = re.compile(r"\S{80,}"), re.compile(r".{1,30}")
# As the compiler says it: the text "\u{f0b7}" could not be displayed; or the disallowed codepoint "\u{feff}".
_UNSHOWN = re.compile(r'(?:the text|disallowed codepoint) `"(.+?)"`', re.DOTALL)
_ESCAPED = re.compile(r"\\u\{([0-9a-f]+)\}")


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with facts, paragraphs, or both."""

    heading: str
    facts: tuple[tuple[str, str], ...] = ()
    text: tuple[str, ...] = ()


def pdf(t: Texts, title: str, intro: Sequence[str], sections: Sequence[Section], *, now: datetime) -> bytes:
    """The paper as PDF/UA. What people typed reaches typst as JSON values, never as markup."""
    given = {
        "language": t.language.value,
        "title": title,
        "intro": list(intro),
        "sections": [
            {"heading": section.heading, "facts": [list(fact) for fact in section.facts], "text": list(section.text)}
            for section in sections
        ],
        "words": {"fact": t("paper.fact"), "value": t("paper.value"), "missing": t("paper.missing")},
    }
    return printed(TEMPLATE, given, made_at=now)


def printed(template: Path, given: dict[str, Any], *, made_at: datetime) -> bytes:
    """A typst template with what is given, as PDF/UA: the same input and moment give the same bytes.

    Whatever people typed, it becomes a paper: a sign that no font has is replaced, and named at the end.
    """
    data = {**given, "organisation": organisation().model_dump()}
    missing = fonts.without_glyph(json.dumps(data, ensure_ascii=False))
    while True:
        try:
            return _compiled(template, data, missing, made_at)
        except typst.TypstError as fault:
            # A sign that has a glyph by itself and none where it stands: the compiler names the text.
            more = _unshown(fault, json.dumps(_shown(data, missing), ensure_ascii=False)) - missing
            if not more:
                raise
            missing |= more


def _compiled(template: Path, data: dict[str, Any], missing: set[str], made_at: datetime) -> bytes:
    named = [fonts.named(sign) for sign in sorted(missing)]
    written = {**_shown(data, missing), "missing": named}
    made = typst.compile(
        template,
        root=template.parent,
        sys_inputs={"data": json.dumps(written, ensure_ascii=False)},
        format="pdf",
        pdf_standards="ua-1",
        ignore_system_fonts=True,
        font_paths=list(fonts.folders()),
        timestamp=int(made_at.timestamp()),
    )
    return bytes(made)


def _shown(value: Any, missing: set[str]) -> Any:
    """The same, with every text as it can be printed: without signs that no font has, and a very long word in pieces."""
    if isinstance(value, dict):
        return {name: _shown(each, missing) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_shown(each, missing) for each in value]
    if isinstance(value, str):
        return _LONG.sub(lambda word: ZERO_WIDTH_SPACE.join(_PIECE.findall(word.group())), fonts.replaced(value, missing))
    return value


def _unshown(fault: typst.TypstError, written: str) -> set[str]:
    """The signs that the compiler couldn't show. Where it names a plain one, the mark of another script on it is meant."""
    found = _UNSHOWN.search(str(fault))
    if not found:
        return set()
    text = _ESCAPED.sub(lambda each: chr(int(each.group(1), 16)), found.group(1))
    marks = {written[place.end()] for place in re.finditer(re.escape(text), written) if place.end() < len(written)}
    return {sign for sign in text if not sign.isascii()} or {sign for sign in marks if unicodedata.category(sign)[0] in "MC"}
