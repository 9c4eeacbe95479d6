"""A mail's text as simple HTML: the same words, with lists and links as such. Anything else of Markdown is off, so that what
people typed can't become more than text.
"""

from functools import cache

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markdown_it import MarkdownIt

from dashboard.content import DATA, organisation
from dashboard.i18n import Language

RULES = ["list", "autolink", "emphasis", "balance_pairs", "newline"]


def rendered(subject: str, body: str, language: Language) -> str:
    """A whole HTML document: no images, nothing from elsewhere, readable at any width and in the dark."""
    content = _markdown().render(body)
    return _template().render(subject=subject, content=content, language=language.value, organisation=organisation())


@cache
def _markdown() -> MarkdownIt:
    return MarkdownIt("zero", {"html": False, "breaks": True}).enable(RULES)


@cache
def _template() -> Template:
    environment = Environment(loader=FileSystemLoader(DATA / "mail"), autoescape=True, undefined=StrictUndefined)
    return environment.get_template("layout.html.j2")
