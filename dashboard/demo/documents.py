"""What the sample annexes say, from `data/annexes/content.toml`."""

import tomllib
from functools import cache
from typing import Any

from dashboard.annexes.content import Content, parsed
from dashboard.annexes.terms import Structure
from dashboard.content import DATA

_STRUCTURES = {"annex_1": Structure.PRIVACY, "annex_2": Structure.SECURITY, "annex_3": Structure.CHANGES}


def content(product: dict[str, Any], kind: str, version: str) -> Content | None:
    """The content of a sample version, checked as a real one is; None for the agreement, which is no annex."""
    if kind not in _STRUCTURES:
        return None
    given = dict(_read()[kind])
    if kind == "annex_1":
        given |= {"about": product["about"], "audience": product["audience"]}
    given |= _read()["versions"].get(f"{product['slug']}/{kind}/{version}", {})
    return parsed(_STRUCTURES[kind], given)


def clauses(kind: str) -> dict[str, Any]:
    """What the sample agreement says."""
    return dict(_read()[kind])


@cache
def _read() -> dict[str, Any]:
    return tomllib.loads((DATA / "annexes" / "content.toml").read_text("utf-8"))
