"""Drafts of what is told of a breach: to the authority what art. 33(3) asks, to people what art. 34(2) does, in plain words."""

from functools import cache

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from dashboard.content import DATA, organisation
from dashboard.i18n import Language, texts
from dashboard.oversight.breaches import BreachView
from dashboard.oversight.tracing import Traced

AUTHORITY, PEOPLE = "authority", "people"


def draft(kind: str, breach: BreachView, traced: Traced | None, language: Language) -> str:
    """To be read and changed by a person before it goes anywhere."""
    t = texts(language)
    return (
        _templates()
        .get_template(f"{language.value}/{kind}.txt.j2")
        .render(
            breach=breach,
            noticed=t.moment(breach.noticed_at),
            traced=traced,
            first=t.moment(traced.first_at) if traced and traced.first_at else "",
            last=t.moment(traced.last_at) if traced and traced.last_at else "",
            organisation=organisation(),
            risk=t(f"breach.risk.{breach.risk.value}"),
        )
        .strip()
    )


@cache
def _templates() -> Environment:
    # Plain text that is copied: what was typed is a value, never a template.
    return Environment(
        loader=FileSystemLoader(DATA / "breach"),
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701
        trim_blocks=True,
        lstrip_blocks=True,
    )
