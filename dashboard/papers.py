"""Papers as tagged PDFs: a title, an introduction, and sections of facts and paragraphs."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import typst

from dashboard.content import DATA, organisation
from dashboard.i18n import Texts

TEMPLATE = DATA / "papers" / "paper.typ"


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
        "words": {"fact": t("paper.fact"), "value": t("paper.value")},
    }
    return printed(TEMPLATE, given, made_at=now)


def printed(template: Path, given: dict[str, Any], *, made_at: datetime) -> bytes:
    """A typst template with what is given, as PDF/UA: the same input and moment give the same bytes."""
    made = typst.compile(
        template,
        root=template.parent,
        sys_inputs={"data": json.dumps({**given, "organisation": organisation().model_dump()}, ensure_ascii=False)},
        format="pdf",
        pdf_standards="ua-1",
        ignore_system_fonts=True,
        timestamp=int(made_at.timestamp()),
    )
    return bytes(made)
