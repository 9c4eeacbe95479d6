"""Writing a message. The words stand in `data/mail/<language>/<name>.txt.j2`: the subject, a blank line, the body.

A body is plain text that is also Markdown: as text it is the mail's text part, rendered it is the HTML part (`html.py`). The
functions that say which message goes out live with their subjects, in a `messages.py` each.
"""

import re
from functools import cache

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from dashboard.act import Allowed
from dashboard.content import DATA, organisation
from dashboard.mail.model import LONGEST_SUBJECT
from dashboard.mail.outbox import Envelope, enqueue
from dashboard.typed import line_of

LONGEST_SALUTATION = 80
# Two words around a dot make a link in many mail programs.
_NO_NAME = re.compile(r"[:/\\@*_\[\]()#|~=<>{}`0-9]|[^\W\d_]{2,}\.[^\W\d_]{2,}")
_BLANK_LINES = re.compile(r"\n{3,}")


def write(act: Allowed, template: str, envelope: Envelope, **values: object) -> None:
    """Put the message in the outbox, in the act's transaction."""
    written = (
        _templates()
        .get_template(f"{envelope.language.value}/{template}.txt.j2")
        .render(
            name=one_line(envelope.name),
            organisation=organisation(),
            portal=act.settings.base_url,
            by_post=envelope.by_post,
            unsubscribe=envelope.unsubscribe_url,
            **values,
        )
    )
    subject, _, body = written.strip().partition("\n")
    enqueue(
        act, template, envelope, subject=one_line(subject)[:LONGEST_SUBJECT], body=_BLANK_LINES.sub("\n\n", body).strip() + "\n"
    )


def salutation(name: str) -> str:
    """A name to begin a message with; empty for one that holds more than a name: an address, a link, markup."""
    return "" if len(name) > LONGEST_SALUTATION or _NO_NAME.search(name) else one_line(name)


def one_line(text: str) -> str:
    """Text for a header or a salutation: no line breaks, other control signs or brackets that make a link."""
    return " ".join(line_of(text).replace("<", " ").replace(">", " ").split())


@cache
def _templates() -> Environment:
    # Plain text: nothing to escape, and what people typed is a value, never a template.
    return Environment(
        loader=FileSystemLoader(DATA / "mail"),
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        # They don't change while we run; looking each time took longer than writing the message.
        auto_reload=False,
    )
