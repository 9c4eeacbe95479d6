"""One function per message. The words stand in `data/mail/<language>/<name>.txt.j2`: the subject, a blank line, the body.

A body is plain text that is also Markdown: as text it is the mail's text part, rendered it is the HTML part (`html.py`).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from sqlmodel import Session

from dashboard.clock import local_day
from dashboard.content import DATA, organisation
from dashboard.data_requests.case.access_model import SchoolKey
from dashboard.data_requests.case.model import Case, CaseRight, ExtensionReason, PauseReason
from dashboard.data_requests.law.deadlines import court_until
from dashboard.data_requests.law.narrative import right_in_words
from dashboard.i18n import Language, texts
from dashboard.mail.model import MailState
from dashboard.mail.outbox import enqueue
from dashboard.policy.queries import period
from dashboard.policy.rules import Period
from dashboard.settings import Settings

_BLANK_LINES = re.compile(r"\n{3,}")


@dataclass(frozen=True, slots=True)
class Post:
    """What every message needs besides its words."""

    session: Session
    settings: Settings
    now: datetime

    def write(self, name: str, case: Case, **values: object) -> None:
        """To the requester: by mail, or on the pile to be printed and posted where we have no e-mail address."""
        state = MailState.QUEUED if case.email else MailState.TO_POST
        self._enqueue(name, case, case.email or case.postal_address, Language(case.language), case.name, state, values)

    def write_to_school(self, name: str, case: Case, school: SchoolKey, **values: object) -> None:
        """To the school's contact: in Dutch, and without a word about the person."""
        self._enqueue(name, case, school.contact_email, Language.NL, school.contact_name, MailState.QUEUED, values)

    def write_to(
        self, name: str, to: str, language: Language, to_name: str, *, unsubscribe_url: str = "", **values: object
    ) -> None:
        """To somebody of a school, in the language that they chose."""
        values = {**values, "unsubscribe": unsubscribe_url}
        self._enqueue(name, None, to, language, to_name, MailState.QUEUED, values)

    def write_to_staff(self, name: str, to: str, **values: object) -> None:
        self._enqueue(name, None, to, Language.NL, "", MailState.QUEUED, values)

    def _enqueue(
        self,
        name: str,
        case: Case | None,
        recipient: str,
        language: Language,
        to_name: str,
        state: MailState,
        values: dict[str, object],
    ) -> None:
        t = texts(language)
        about = {"reference": case.reference, "due": t.day(case.due_on), "received": t.day(case.received_on)} if case else {}
        written = (
            _templates()
            .get_template(f"{language.value}/{name}.txt.j2")
            .render(
                name=one_line(to_name),
                organisation=organisation(),
                portal=self.settings.base_url,
                by_post=state is MailState.TO_POST,
                court=t.day(court_until(local_day(self.now))),
                **about,
                **values,
            )
        )
        subject, _, body = written.strip().partition("\n")
        enqueue(
            self.session,
            kind=name,
            recipient=recipient,
            language=language,
            subject=one_line(subject),
            body=_BLANK_LINES.sub("\n\n", body).strip() + "\n",
            now=self.now,
            case_id=case.id if case else None,
            state=state,
            unsubscribe_url=str(values.get("unsubscribe", "")),
        )


def verification(post: Post, case: Case, *, token: str, rights: list[str], reasons: str, also: str = "") -> None:
    """Received; confirm your address."""
    post.write("verification", case, link=_link(post, token), rights=rights, reasons=reasons, also=also)


def confirm_reminder(post: Post, case: Case, *, token: str, days: int) -> None:
    """Not confirmed after a day."""
    post.write("confirm_reminder", case, link=_link(post, token), days=days)


def registered(post: Post, case: Case, *, code: str, rights: list[str], reasons: str, also: str = "") -> None:
    """A letter, call or mail that we entered: reference and code."""
    post.write("registered", case, code=code, rights=rights, reasons=reasons, also=also)


def acknowledged(post: Post, case: Case) -> None:
    """A person has seen it."""
    post.write("acknowledged", case)


def fresh_link(post: Post, case: Case, *, token: str) -> None:
    """The way back to a request whose code was lost."""
    post.write("fresh_link", case, link=_link(post, token))


def new_address(post: Post, case: Case, *, token: str, to: str) -> None:
    """To the new address, which this proves."""
    moved = Case(**{**case.model_dump(), "email": to})
    post.write("new_address", moved, link=_link(post, token))


def address_changed(post: Post, case: Case) -> None:
    """To the old address, the last time."""
    post.write("address_changed", case)


def joined(post: Post, case: Case, *, older: Case) -> None:
    """A repeat was put with the request that is open."""
    due = texts(Language(case.language)).day(older.due_on)
    post.write("joined", case, older=older.reference, older_due=due)


def question(post: Post, case: Case, *, token: str, body: str) -> None:
    """We asked something: it is the requester's turn."""
    post.write("question", case, link=_link(post, token), body=body)


def paused(post: Post, case: Case, *, token: str, reason: PauseReason, body: str) -> None:
    """We asked something without which we can't begin."""
    post.write("paused", case, link=_link(post, token), reason=reason.value, body=body)


def news(post: Post, case: Case, *, token: str, body: str) -> None:
    """A message from the desk that asks nothing."""
    post.write("news", case, link=_link(post, token), body=body)


def extended(post: Post, case: Case, *, token: str, reason: ExtensionReason, explanation: str, first_due: str) -> None:
    """The notice of art. 12(3), in full."""
    post.write("extended", case, link=_link(post, token), reason=reason.value, explanation=explanation, first_due=first_due)


def answered(post: Post, case: Case, *, token: str, limited: bool, body: str) -> None:
    """The answer is ready. `limited`: a right was refused or granted in part, so the routes of complaint stand in the mail."""
    days = period(post.session, Period.ANSWER)
    post.write("answered", case, link=_link(post, token), limited=limited, body=body, days=days)


def reopened(post: Post, case: Case) -> None:
    post.write("reopened", case)


def handed_over(post: Post, case: Case, *, school: str) -> None:
    """The school decides; its contact."""
    post.write("handed_over", case, school=one_line(school))


def school_decided(post: Post, case: Case, *, rights: Iterable[CaseRight]) -> None:
    post.write("school_decided", case, decided=_decided(case, rights))


def closed_by_school(post: Post, case: Case, *, rights: Iterable[CaseRight]) -> None:
    post.write("closed_by_school", case, decided=_decided(case, rights))


def withdrawn(post: Post, case: Case) -> None:
    post.write("withdrawn", case)


def expired(post: Post, case: Case, *, days: int) -> None:
    """Never confirmed: the request ends, and the requester hears so."""
    post.write("expired", case, days=days)


def for_school(post: Post, case: Case, *, school: SchoolKey, code: str, in_portal: bool, rights: Iterable[CaseRight]) -> None:
    """The hand-over: what, by when, and the code that opens it."""
    t = texts(Language.NL)
    asked = ", ".join(right_in_words(t, row.right).lower() for row in rights)
    post.write_to_school("for_school", case, school, code=code, in_portal=in_portal, rights=asked)


def school_reminder(post: Post, case: Case, *, school: SchoolKey) -> None:
    post.write_to_school("school_reminder", case, school)


def withdrawn_at_school(post: Post, case: Case, *, school: SchoolKey) -> None:
    post.write_to_school("withdrawn_at_school", case, school)


def executed_for_school(post: Post, case: Case, *, school: SchoolKey) -> None:
    post.write_to_school("executed_for_school", case, school)


def digest(post: Post, *, to: str, counted: object) -> None:
    """The desk's morning mail: counts only."""
    post.write_to_staff("digest", to, counted=counted)


def mentioned(post: Post, case: Case, *, to: str) -> None:
    """A colleague named you in a note: where, and nothing of what it says."""
    post.write_to_staff("mentioned", to, reference=case.reference)


def one_line(text: str) -> str:
    """Text for a header or a salutation: no line breaks, other control signs or brackets that make a link."""
    return " ".join("".join(sign if sign.isprintable() and sign not in "<>" else " " for sign in text).split())


def _decided(case: Case, rights: Iterable[CaseRight]) -> list[str]:
    t = texts(Language(case.language))
    return [f"{right_in_words(t, row.right)}: {t(f'outcome.{row.outcome.value}').lower()}" for row in rights if row.outcome]


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
