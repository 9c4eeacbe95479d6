"""What somebody may ask: the form as a plain value, checked field by field."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from email_validator import EmailNotValidError, validate_email

from dashboard.data_requests.moves import LONGEST_MESSAGE
from dashboard.data_requests.rights import RequesterRole, Right, Subject
from dashboard.errors import InvalidInputError
from dashboard.i18n import Language

LONGEST_NAME = 200
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
    language: Language = Language.NL


@dataclass(frozen=True, slots=True)
class CheckedRequest:
    rights: tuple[Right, ...]
    role: RequesterRole
    subject: Subject
    explanation: str
    name: str
    email: str
    school_name: str
    language: Language


def check(typed: NewRequest) -> CheckedRequest:
    """The request, or InvalidInputError with a sentence for every field that is wrong, in the form's order."""
    problems: dict[str, str] = {}
    rights = tuple(dict.fromkeys(right for asked in typed.rights if (right := _choice(Right, asked))))
    role, subject = _choice(RequesterRole, typed.role), _choice(Subject, typed.subject)
    name, school, explanation = _line(typed.name), _line(typed.school_name), _body(typed.explanation)
    email = _email(typed.email)
    if not rights or len(rights) != len(set(typed.rights)):
        problems["rights"] = "invalid.rights"
    if role is None:
        problems["role"] = "invalid.role"
    if subject is None:
        problems["subject"] = "invalid.subject"
    if subject is Subject.LEARNING_MATERIAL and not 0 < len(school) <= LONGEST_NAME:
        problems["school_name"] = "invalid.school_name"
    if not explanation:
        problems["explanation"] = "invalid.explanation_empty"
    elif len(explanation) > LONGEST_MESSAGE:
        problems["explanation"] = "invalid.explanation_long"
    if not 0 < len(name) <= LONGEST_NAME:
        problems["name"] = "invalid.name"
    if not email:
        problems["email"] = "invalid.email"
    if problems or role is None or subject is None:
        raise InvalidInputError(problems)
    kept_school = school if subject is Subject.LEARNING_MATERIAL else ""
    return CheckedRequest(rights, role, subject, explanation, name, email, kept_school, typed.language)


def normal_email(typed: str) -> str:
    """The address in its normal form, or nothing. Whether it exists shows when the mail is answered."""
    return _email(typed)


def _choice(options: type[_Choice], typed: str) -> _Choice | None:
    return next((option for option in options if option.value == typed), None)


def _line(typed: str) -> str:
    return " ".join("".join(sign if sign.isprintable() else " " for sign in typed).split())


def _body(typed: str) -> str:
    return "".join(sign for sign in typed if sign in "\n\t" or sign.isprintable()).strip()


def _email(typed: str) -> str:
    try:
        # Sample and intranet names (.example, .test) are special-use: whether mail arrives is what verification finds out.
        return validate_email(typed.strip(), check_deliverability=False, test_environment=True).normalized
    except EmailNotValidError:
        return ""
