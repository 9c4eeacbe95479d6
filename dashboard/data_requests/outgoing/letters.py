"""Letters: templates that staff may edit, the parts that the law wants in them, and the text as it goes out.

A part stands in a template as a word in brackets, in the letter's own language: [besluiten], [klacht], [rechter]. A refusal,
whole or partial, can't go out without them (GDPR art. 12(4); UAVG art. 35).
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from enum import StrEnum
from functools import cache
from typing import Protocol, TypeVar

from dashboard.act import Allowed, Seen, asks
from dashboard.content import DATA, organisation
from dashboard.data_requests.law.deadlines import court_until
from dashboard.data_requests.law.narrative import right_in_words
from dashboard.data_requests.law.recipients import systems
from dashboard.data_requests.law.rights import Ground, Outcome, Right, Subject
from dashboard.errors import InvalidInputError, NotFoundError
from dashboard.i18n import Language, Texts, texts
from dashboard.permissions import Permission
from dashboard.policy.queries import current
from dashboard.policy.service import keep

LONGEST_LETTER = 12_000
LONGEST_TEMPLATE = 5_000
LONGEST_GROUND = 500
N = TypeVar("N", bound=StrEnum)


class Letter(StrEnum):
    """The templates there are."""

    ANSWER = "answer"
    IDENTITY = "identity"
    CUSTODY = "custody"
    AUTHORISATION = "authorisation"
    SPECIFY = "specify"
    EXTENSION = "extension"


class Placeholder(StrEnum):
    """What can stand between brackets."""

    NAME = "name"
    REFERENCE = "reference"
    RECEIVED = "received"
    DECISIONS = "decisions"
    COMPLAINT = "complaint"
    COURT = "court"
    SENDER = "sender"


# A word in brackets.
_TOKEN = re.compile(r"\[[^\W\d_]{2,20}\]")
# Without these a refusal may not go out: the reasons, the complaint to the authority, the way to court.
REQUIRED_WHEN_LIMITED = (Placeholder.DECISIONS, Placeholder.COMPLAINT, Placeholder.COURT)
REQUIRED_ALWAYS = (Placeholder.DECISIONS,)


class Decision(Protocol):
    """A right and what was decided about it: a row of the table, or what a page shows of it."""

    @property
    def right(self) -> Right: ...
    @property
    def outcome(self) -> Outcome | None: ...
    @property
    def ground(self) -> Ground | None: ...
    @property
    def reason(self) -> str: ...


class Addressee(Protocol):
    """A case, or what a page shows of it."""

    @property
    def reference(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def language(self) -> Language: ...
    @property
    def subject(self) -> Subject: ...
    @property
    def received_on(self) -> date: ...


@asks(Permission.READ_POLICY)
def template(act: Allowed, letter: Letter, language: Language) -> str:
    """The template in use: what the privacy officer last set, else the one that came with the product."""
    return str(current(act, rule_name(letter, language)) or _shipped(letter, language))


@asks(Permission.SET_POLICY)
def set_template(act: Allowed, seen: Seen, text: str, *, reason: str) -> bool:
    """Change a template; the old one stays in the history. Raises InvalidInputError when a required part is missing."""
    letter, language = _named(seen.id, "letter", Letter)
    wanted = text.replace("\r\n", "\n").strip() + "\n"
    if not 1 < len(wanted) <= LONGEST_TEMPLATE:
        raise InvalidInputError({"value": "invalid.template_length"})
    if letter is Letter.ANSWER:
        require_parts(wanted, language, limited=True)
    return keep(act, seen, wanted, reason=reason)


@asks(Permission.READ_POLICY)
def ground_texts(act: Allowed, language: Language) -> dict[Ground, str]:
    """What a letter says of each ground: as the privacy officer last worded it, else as the product does."""
    t = texts(language)
    return {ground: str(current(act, ground_rule(ground, language)) or t(f"letter.ground.{ground.value}")) for ground in Ground}


@asks(Permission.SET_POLICY)
def set_ground_text(act: Allowed, seen: Seen, text: str, *, reason: str) -> bool:
    """Word a ground anew; the old words stay in the history."""
    _named(seen.id, "ground", Ground)
    wanted = " ".join(text.split())
    if not 0 < len(wanted) <= LONGEST_GROUND:
        raise InvalidInputError({"value": "invalid.ground_length"})
    return keep(act, seen, wanted, reason=reason)


def _named(rule: str, kind: str, of: type[N]) -> tuple[N, Language]:
    """Which letter or ground a rule is about, in which language. Raises NotFoundError for what names none."""
    parts = rule.split(".")
    if len(parts) != 3 or parts[0] != kind or parts[1] not in set(of) or parts[2] not in set(Language):  # noqa: PLR2004
        raise NotFoundError(rule)
    return of(parts[1]), Language(parts[2])


def ground_rule(ground: Ground, language: Language) -> str:
    return f"ground.{ground.value}.{language.value}"


def rule_name(letter: Letter, language: Language) -> str:
    return f"letter.{letter.value}.{language.value}"


@asks(Permission.READ_POLICY)
def answer_draft(act: Allowed, case_language: Language, *, limited: bool) -> str:
    """The answer's template, without the routes of complaint where everything was granted."""
    text = template(act, Letter.ANSWER, case_language)
    if limited:
        return text
    routes = {token(Placeholder.COMPLAINT, case_language), token(Placeholder.COURT, case_language)}
    paragraphs = [paragraph for paragraph in text.split("\n\n") if paragraph.strip() not in routes]
    return "\n\n".join(paragraphs)


def token(part: Placeholder, language: Language) -> str:
    return f"[{texts(language)(f'letter.part.{part.value}')}]"


def require_parts(letter: str, language: Language, *, limited: bool) -> None:
    """Raise InvalidInputError naming the first part that the letter lacks."""
    for part in REQUIRED_WHEN_LIMITED if limited else REQUIRED_ALWAYS:
        if token(part, language) not in letter:
            raise InvalidInputError({"letter": f"invalid.letter_{part.value}"})


def require_filled(text: str, field: str) -> None:
    """Raise InvalidInputError while a template's own "fill in" still stands in a message."""
    if any(f"[{texts(language)('letter.fill_in')}" in text for language in Language):
        raise InvalidInputError({field: "invalid.letter_unfilled"})


def require_known(letter: str, language: Language, parts: Iterable[Placeholder] = Placeholder, *, field: str = "letter") -> None:
    """Raise InvalidInputError for a word in brackets that nothing takes the place of: it would go out as it stands."""
    known = {token(part, language) for part in parts}
    if any(found not in known for found in _TOKEN.findall(letter)):
        raise InvalidInputError({field: "invalid.letter_token"})


def filled(case: Addressee, rights: Sequence[Decision], letter: str, grounds: Mapping[Ground, str], *, today: date) -> str:
    """The letter as it goes out on this day, in the requester's language. What people typed is put in as text, once."""
    language = Language(case.language)
    t = texts(language)
    o = organisation()
    values = {
        Placeholder.NAME: case.name,
        Placeholder.REFERENCE: case.reference,
        Placeholder.RECEIVED: t.day(case.received_on),
        Placeholder.DECISIONS: decisions(t, case, rights, grounds),
        Placeholder.COMPLAINT: t("letter.complaint", email=o.email, authority=o.authority_name, url=o.authority_complaint_url),
        Placeholder.COURT: t("letter.court", day=t.day(court_until(today))),
        Placeholder.SENDER: f"{o.name}, {o.department}",
    }
    by_token = {token(part, language): value for part, value in values.items()}
    return replaced(letter.replace("\r\n", "\n").strip(), by_token)


def decisions(t: Texts, case: Addressee, rights: Sequence[Decision], grounds: Mapping[Ground, str]) -> str:
    """Each right with its outcome, and for what was not granted the article, the reason and what stays."""
    parts = []
    for row in rights:
        if row.outcome is None:
            continue
        lines = [f"{right_in_words(t, row.right)}: {t(f'outcome.{row.outcome.value}').lower()}."]
        if row.ground:
            lines.append(grounds[row.ground])
        if row.reason:
            lines.append(row.reason)
        if stays := what_stays(t.language, case, row):
            lines.append(t("letter.stays", what=stays))
        parts.append("\n".join(lines))
    return "\n\n".join(parts)


def what_stays(language: Language, case: Addressee, row: Decision) -> str:
    """What an erasure leaves because the law wants it kept, from the data map."""
    if case.subject is not Subject.OWN_RECORDS or row.right is not Right.ERASURE or row.ground is not Ground.LEGAL_DUTY:
        return ""
    return " ".join(told for system in systems() if (told := system.told("stays", language)))


def replaced(text: str, by_token: dict[str, str]) -> str:
    """Tokens in the letter itself, never those in what replaced one."""
    pieces, rest = [], text
    while rest:
        found = [(place, name) for name in by_token if (place := rest.find(name)) >= 0]
        if not found:
            break
        place, name = min(found)
        pieces += [rest[:place], by_token[name]]
        rest = rest[place + len(name) :]
    return "".join((*pieces, rest))


@cache
def _shipped(letter: Letter, language: Language) -> str:
    return (DATA / "letters" / language.value / f"{letter.value}.txt").read_text("utf-8")
