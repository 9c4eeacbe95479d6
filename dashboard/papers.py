"""Papers as tagged PDFs: a title, an introduction, and sections of facts and paragraphs."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

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
        "organisation": organisation().model_dump(),
    }
    made = typst.compile(
        TEMPLATE,
        root=DATA / "papers",
        sys_inputs={"data": json.dumps(given, ensure_ascii=False)},
        format="pdf",
        pdf_standards="ua-1",
        ignore_system_fonts=True,
        timestamp=int(now.timestamp()),
    )
    return bytes(made)
