"""What somebody may ask: the form as a plain value, checked field by field."""

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from typing import TypeVar

from babel.dates import get_month_names

from dashboard.addresses import normalized_or_empty
from dashboard.data_requests.case.asked import Asked
from dashboard.data_requests.case.moves import LONGEST_MESSAGE
from dashboard.data_requests.law.deadlines import age_on
from dashboard.data_requests.law.rights import AGE_MATTERS, ASKS_FOR_ANOTHER, ONE_CLICK, RequesterRole, Right, Subject, may_ask
from dashboard.data_requests.outgoing.uploads import ATTACHMENT_KINDS, Upload, checked_kind
from dashboard.errors import InvalidInputError, reject
from dashboard.i18n import Language
from dashboard.typed import body_of, line_of

LONGEST_NAME = 200
LONGEST_VALUE = 1_000
OLDEST = 120
MOST_UPLOADS = 5
BOTH = "both"
# ASCII digits only; a year in four.
_DAY = re.compile(r"(?P<day>[0-9]{1,2})(?:[-/. ]|\. ?)(?P<month>[0-9]{1,2}|[a-zé]{3,9}\.?)[-/. ](?P<year>[0-9]{4}|[0-9]{2})")
# A year of two digits is of this century up to here: people who ask were born, or letters written, by then.
_THIS_CENTURY = 39
_SUBJECTS = {
    Subject.OWN_RECORDS.value: (Subject.OWN_RECORDS,),
    Subject.LEARNING_MATERIAL.value: (Subject.LEARNING_MATERIAL,),
    BOTH: (Subject.OWN_RECORDS, Subject.LEARNING_MATERIAL),
}
_Choice = TypeVar("_Choice", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class NewRequest:
    """As it was typed: nothing here is trusted."""

    rights: tuple[str, ...]
    role: str
    subject: str
    explanation: str
    name: str
    email: str
    school_name: str = ""
    subject_name: str = ""
    born_on: str = ""
    wrong_field: str = ""
    right_value: str = ""
    # The slug of a product of ours, if it is about one.
    product: str = ""
    uploads: tuple[Upload, ...] = ()
    authorisation: Upload | None = None
    language: Language = Language.NL


@dataclass(frozen=True, slots=True)
class Part:
    """What one case is about: one submission may be about our records and the school's."""

    subject: Subject
    rights: tuple[Right, ...]


@dataclass(frozen=True, slots=True)
class CheckedRequest(Asked):
    parts: tuple[Part, ...]
    wrong_field: str
    right_value: str

    @property
    def rights(self) -> tuple[Right, ...]:
        return tuple(right for right in Right if any(right in part.rights for part in self.parts))


def check(
    typed: NewRequest, *, today: date, needs_email: bool = True, by_desk: bool = False, on_paper: bool = False
) -> CheckedRequest:
    """The request, or InvalidInputError with a sentence for every field that is wrong, in the form's order.

    `by_desk`: staff enter it; the words are in the letter, or were said. `on_paper`: an authorisation that came with a letter
    isn't a file.
    """
    rights = tuple(dict.fromkeys(right for asked in typed.rights if (right := _choice(Right, asked))))
    role, subjects = _choice(RequesterRole, typed.role), _SUBJECTS.get(typed.subject, ())
    asked = CheckedRequest(
        parts=_parts(rights, subjects),
        role=role or RequesterRole.CUSTOMER,
        explanation=body_of(typed.explanation),
        name=line_of(typed.name),
        email=normalized_or_empty(typed.email),
        product=typed.product,
        school_name=line_of(typed.school_name) if Subject.LEARNING_MATERIAL in subjects else "",
        subject_name=line_of(typed.subject_name) if role in ASKS_FOR_ANOTHER else "",
        born_on=day_of(typed.born_on) if role in AGE_MATTERS else None,
        wrong_field=line_of(typed.wrong_field) if Right.RECTIFICATION in rights else "",
        right_value=line_of(typed.right_value) if Right.RECTIFICATION in rights else "",
        language=typed.language,
    )
    problems: dict[str, str] = {}
    if not rights or len(rights) != len(set(typed.rights)):
        problems["rights"] = "invalid.rights"
    if role is None:
        problems["role"] = "invalid.role"
    if not subjects:
        problems["subject"] = "invalid.subject"
    problems |= _about_whom(asked, role, today)
    problems |= _about_what(asked, subjects, rights, needs_words=not by_desk)
    problems |= _files(typed, role, on_paper=on_paper)
    problems |= _contact(asked, typed, needs_email=needs_email)
    reject(problems)
    return asked


def day_of(typed: str) -> date | None:
    """A day as people here type it: 14-3-2012, 14/03/12, 14 3 2012, 14 maart 2012; None when it isn't one."""
    found = _DAY.fullmatch(" ".join(typed.lower().split()))
    if found is None:
        return None
    year, month = int(found["year"]), found["month"].rstrip(".")
    if len(found["year"]) == 2:  # noqa: PLR2004
        year += 2000 if year <= _THIS_CENTURY else 1900
    try:
        return date(year, int(month) if month.isdigit() else _months()[month], int(found["day"]))
    except KeyError:
        return None
    except ValueError:
        return None


@cache
def _months() -> dict[str, int]:
    """By name and abbreviation, in each of our languages."""
    names = (get_month_names(width, locale=language.value) for width in ("wide", "abbreviated") for language in Language)
    return {name.lower().rstrip("."): number for each in names for number, name in each.items()}


def _parts(rights: tuple[Right, ...], subjects: tuple[Subject, ...]) -> tuple[Part, ...]:
    """A case per controller. Newsletter and marketing are always ours: the school has no part in them."""
    ours = rights if Subject.OWN_RECORDS in subjects else tuple(right for right in rights if right in ONE_CLICK)
    theirs = tuple(right for right in rights if right not in ONE_CLICK) if Subject.LEARNING_MATERIAL in subjects else ()
    wanted = (Part(Subject.OWN_RECORDS, ours), Part(Subject.LEARNING_MATERIAL, theirs))
    return tuple(part for part in wanted if part.rights)


def _about_whom(asked: CheckedRequest, role: RequesterRole | None, today: date) -> dict[str, str]:
    problems: dict[str, str] = {}
    if role in ASKS_FOR_ANOTHER and not 0 < len(asked.subject_name) <= LONGEST_NAME:
        problems["subject_name"] = f"invalid.subject_name_{role}"
    if role in AGE_MATTERS:
        if asked.born_on is None or asked.born_on > today or age_on(asked.born_on, today) > OLDEST:
            problems["born_on"] = "invalid.born_on"
        elif not may_ask(asked.role, asked.born_on, today):
            # Below 16 a parent asks, from 16 on the pupil does (UAVG art. 5).
            problems["born_on"] = f"invalid.age_{role}"
    return problems


def _about_what(
    asked: CheckedRequest, subjects: tuple[Subject, ...], rights: tuple[Right, ...], *, needs_words: bool
) -> dict[str, str]:
    problems: dict[str, str] = {}
    if Subject.LEARNING_MATERIAL in subjects and not 0 < len(asked.school_name) <= LONGEST_NAME:
        problems["school_name"] = "invalid.school_name"
    if Right.RECTIFICATION in rights:
        if not 0 < len(asked.wrong_field) <= LONGEST_NAME:
            problems["wrong_field"] = "invalid.wrong_field"
        if not 0 < len(asked.right_value) <= LONGEST_VALUE:
            problems["right_value"] = "invalid.right_value"
    # Marketing stops and consent ends without a word; anything else needs a few.
    if needs_words and not asked.explanation and not (rights and set(rights) <= ONE_CLICK):
        problems["explanation"] = "invalid.explanation_empty"
    elif len(asked.explanation) > LONGEST_MESSAGE:
        problems["explanation"] = "invalid.explanation_long"
    return problems


def _files(typed: NewRequest, role: RequesterRole | None, *, on_paper: bool) -> dict[str, str]:
    problems: dict[str, str] = {}
    if len(typed.uploads) > MOST_UPLOADS:
        problems["uploads"] = "invalid.uploads_many"
    wanted = {
        "uploads": list(typed.uploads[:MOST_UPLOADS]),
        "authorisation": [typed.authorisation] if typed.authorisation else [],
    }
    for field, uploads in wanted.items():
        for upload in uploads:
            try:
                checked_kind(upload, ATTACHMENT_KINDS)
            except InvalidInputError as wrong:
                problems[field] = next(iter(wrong.problems.values()))
    if role is RequesterRole.AGENT and typed.authorisation is None and not on_paper:
        problems["authorisation"] = "invalid.authorisation"
    return problems


def _contact(asked: CheckedRequest, typed: NewRequest, *, needs_email: bool) -> dict[str, str]:
    problems: dict[str, str] = {}
    if not 0 < len(asked.name) <= LONGEST_NAME:
        problems["name"] = "invalid.name"
    if not asked.email and (needs_email or typed.email.strip()):
        problems["email"] = "invalid.email"
    return problems


def _choice(options: type[_Choice], typed: str) -> _Choice | None:
    return next((option for option in options if option.value == typed), None)
