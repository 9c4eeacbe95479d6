"""One function per message. The words stand in `data/mail/<language>/<name>.txt.j2`: the subject, a blank line, the body."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from sqlmodel import Session

from dashboard.content import DATA, organisation
from dashboard.data_requests.model import Case
from dashboard.i18n import Language, texts
from dashboard.mail.outbox import enqueue
from dashboard.settings import Settings


@dataclass(frozen=True, slots=True)
class Post:
    """What every message needs besides its words."""

    session: Session
    settings: Settings
    now: datetime

    def write(self, name: str, case: Case, **values: object) -> None:
        language = Language(case.language)
        t = texts(language)
        template = _templates().get_template(f"{language.value}/{name}.txt.j2")
        written = template.render(
            name=one_line(case.name),
            reference=case.reference,
            due=t.day(case.due_on),
            received=t.day(case.received_on),
            organisation=organisation(),
            portal=self.settings.base_url,
            **values,
        )
        subject, _, body = written.partition("\n")
        enqueue(
            self.session,
            kind=name,
            recipient=case.email,
            language=language,
            subject=one_line(subject),
            body=body.strip() + "\n",
            now=self.now,
            case_id=case.id,
        )


def verification(post: Post, case: Case, *, token: str, rights: list[str], reasons: str) -> None:
    """Received; confirm your address."""
    post.write("verification", case, link=_link(post, token), rights=rights, reasons=reasons)


def fresh_link(post: Post, case: Case, *, token: str) -> None:
    """The way back to a request whose code was lost."""
    post.write("fresh_link", case, link=_link(post, token))


def question(post: Post, case: Case, *, token: str) -> None:
    """We asked something: it is the requester's turn."""
    post.write("question", case, link=_link(post, token))


def news(post: Post, case: Case, *, token: str) -> None:
    """A message from the desk that asks nothing."""
    post.write("news", case, link=_link(post, token))


def answered(post: Post, case: Case, *, token: str, limited: bool) -> None:
    """The answer is ready. `limited`: a right was refused or granted in part, so the routes of complaint stand in the mail."""
    post.write("answered", case, link=_link(post, token), limited=limited)


def handed_over(post: Post, case: Case, *, school: str) -> None:
    """The school decides; its contact."""
    post.write("handed_over", case, school=one_line(school))


def closed_by_school(post: Post, case: Case) -> None:
    post.write("closed_by_school", case)


def withdrawn(post: Post, case: Case) -> None:
    post.write("withdrawn", case)


def expired(post: Post, case: Case, *, days: int) -> None:
    """Never confirmed: the request ends, and the requester hears so."""
    post.write("expired", case, days=days)


def one_line(text: str) -> str:
    """Text for a header or a salutation: no line breaks or other control signs."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


def _link(post: Post, token: str) -> str:
    # Behind the #: a browser sends it to no server, so it is in no log; the page at /open exchanges it.
    return f"{post.settings.base_url}/open#{token}"


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
    )
