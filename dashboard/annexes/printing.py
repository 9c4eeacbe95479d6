"""An annex as a tagged PDF, from its content: the same input gives the same bytes."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from babel import Locale

from dashboard.content import DATA
from dashboard.papers import printed

TEMPLATE = DATA / "annexes" / "annex.typ"


@dataclass(frozen=True, slots=True)
class Paper:
    """What stands on it besides its sections. Annexes are Dutch: that is what a board signs."""

    kind: str
    title: str
    product: str
    version: str
    model: str
    valid_from: date
    content: dict[str, Any]
    deviation: str = ""
    # Made up, for the demo: it says so at the foot of each page.
    sample: bool = False


def pdf(paper: Paper) -> bytes:
    """PDF/UA. What people wrote reaches typst as JSON values, never as markup."""
    given = {
        "kind": paper.kind,
        "title": paper.title,
        "product": paper.product,
        "version": paper.version,
        "model": paper.model,
        "valid_from": paper.valid_from.strftime("%d-%m-%Y"),
        "deviation": paper.deviation,
        "sample": paper.sample,
        "content": _named_countries(paper.content),
    }
    made_on = datetime(paper.valid_from.year, paper.valid_from.month, paper.valid_from.day, tzinfo=UTC)
    return printed(TEMPLATE, given, made_at=made_on)


def _named_countries(content: dict[str, Any]) -> dict[str, Any]:
    """ISO codes as the names of countries, in the sections that have them."""
    names = Locale("nl").territories
    shown = dict(content)
    if "storage" in shown:
        shown["storage"] = [names[code] for code in shown["storage"]]
    for section in ("transfers", "subprocessors"):
        shown[section] = [{**each, "country": names[each["country"]]} for each in shown.get(section, ())]
    return shown
