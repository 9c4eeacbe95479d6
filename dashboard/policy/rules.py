"""The rules that may be set, with their defaults and what a value must be. Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from dashboard.addresses import normalized

MOST_DAYS = 3_660
MOST_BRIDGE_DAYS = 60
MOST_ADDRESSES = 20
LONGEST_TEXT = 5_000


class Term(StrEnum):
    """Our own goals, and how long things wait or are kept: each in days."""

    # From receipt.
    INTERNAL_TARGET = "internal_target_days"
    # For passing a request to the school: working days from receipt.
    HAND_OVER = "hand_over_target_days"
    # Before a new sub-processor begins, boards have this long to object, from the day on which they were told.
    OBJECTION = "objection_days"
    # For an answer to what we asked the requester, before we go on without it.
    WAIT = "wait_days"
    # After which a draft of an annex waits too long.
    DRAFT_WAITS = "draft_waits_days"

    IDENTITY_FILE = "keep_identity_file_days"
    ANSWER = "keep_answer_days"
    UNVERIFIED = "keep_unverified_days"
    CORRESPONDENCE = "keep_correspondence_days"


class AnswersChecked(StrEnum):
    """Of which cases a colleague looks at an answer that gives out data."""

    NEVER = "never"
    # The address was entered or changed since: nobody asked from it by the form.
    UNPROVEN = "unproven"
    ALWAYS = "always"


ANSWERS_CHECKED = "answers_checked"
# Whether everybody may read how many requests came and how they were answered.
OPEN_NUMBERS = "open_numbers"


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule's default, and the check that gives the value as it is stored or raises ValueError."""

    default: Any
    checked: Callable[[Any], Any]


def _days(least: int) -> Callable[[Any], int]:
    def check(value: Any) -> int:
        days = int(value)
        if not least <= days <= MOST_DAYS:
            raise ValueError(f"{days} days")
        return days

    return check


def _yes_or_no(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError(str(value))
    return value


def _dates(value: Any) -> list[str]:
    days = sorted({date.fromisoformat(str(day).strip()).isoformat() for day in value if str(day).strip()})
    if len(days) > MOST_BRIDGE_DAYS:
        raise ValueError("too many days")
    return days


def _addresses(value: Any) -> list[str]:
    found = [normalized(str(each)) for each in value if str(each).strip()]
    if len(found) > MOST_ADDRESSES:
        raise ValueError("too many addresses")
    return sorted(set(found))


RULES: dict[str, Rule] = {
    ANSWERS_CHECKED: Rule(AnswersChecked.UNPROVEN.value, lambda value: AnswersChecked(value).value),
    OPEN_NUMBERS: Rule(default=False, checked=_yes_or_no),
    "bridge_days": Rule([], _dates),
    Term.INTERNAL_TARGET.value: Rule(14, _days(1)),
    Term.HAND_OVER.value: Rule(2, _days(1)),
    Term.OBJECTION.value: Rule(28, _days(7)),
    Term.WAIT.value: Rule(28, _days(14)),
    Term.DRAFT_WAITS.value: Rule(14, _days(1)),
    "digest_to": Rule([], _addresses),
    Term.IDENTITY_FILE.value: Rule(0, _days(0)),
    Term.ANSWER.value: Rule(30, _days(1)),
    Term.UNVERIFIED.value: Rule(30, _days(2)),
    Term.CORRESPONDENCE.value: Rule(730, _days(30)),
}


def checked(name: str, value: Any) -> Any:
    """The value as it is stored. Raises ValueError for a rule or value that can't be; letters are checked by their owner."""
    if name not in RULES:
        raise ValueError(name)
    return RULES[name].checked(value)
