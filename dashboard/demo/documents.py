"""The sample documents: typst makes tagged PDFs from the structured content in `data/annexes`."""

import json
import tomllib
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

import typst

from dashboard.content import DATA, organisation

TEMPLATE = DATA / "annexes" / "annex.typ"


@dataclass(frozen=True, slots=True)
class Annex:
    """What one document is about."""

    kind: str
    title: str
    product: str
    about: str
    audience: str
    version: str
    model: str
    valid_from: date


def pdf(annex: Annex) -> bytes:
    """The document as PDF/UA; the same input gives the same bytes."""
    given = {
        "kind": annex.kind,
        "title": annex.title,
        "product": annex.product,
        "about": annex.about,
        "audience": annex.audience,
        "version": annex.version,
        "model": annex.model,
        "valid_from": annex.valid_from.strftime("%d-%m-%Y"),
        "organisation": organisation().model_dump(),
        "content": _content()[annex.kind],
    }
    made_on = datetime(annex.valid_from.year, annex.valid_from.month, annex.valid_from.day, tzinfo=UTC)
    made = typst.compile(
        TEMPLATE,
        root=DATA / "annexes",
        sys_inputs={"data": json.dumps(given, ensure_ascii=False)},
        format="pdf",
        pdf_standards="ua-1",
        ignore_system_fonts=True,
        timestamp=int(made_on.timestamp()),
    )
    return bytes(made)


@cache
def _content() -> dict[str, Any]:
    return tomllib.loads((DATA / "annexes" / "content.toml").read_text("utf-8"))
