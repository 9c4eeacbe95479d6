"""What somebody says in a request, field by field: declared once for the check, the case and everybody who reads it.

A new field is one here, with a column in `model.py` (and a migration), its check in `requester/intake.py`, its question in the
two forms. How it is searched, shown and forgotten follows from this declaration.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any, Protocol

from dashboard.accounts.told import AROUND, may_be_one_school
from dashboard.addresses import mailbox
from dashboard.data_requests.law.rights import RequesterRole, Subject
from dashboard.i18n import Language, Texts
from dashboard.sealed_types import REMOVED
from dashboard.words import loosely, words

FORGOTTEN = REMOVED


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """`left`: what stays of a field when the case is forgotten. `found`: its words find the case. `told`: how it is headed, for
    the requester, staff and the school that it was handed to.
    """

    role: RequesterRole
    language: Language
    name: str = field(metadata={"left": FORGOTTEN, "found": True})
    email: str = field(metadata={"left": "", "found": True})
    explanation: str = field(metadata={"left": FORGOTTEN})
    # Whom it is about, when that isn't the one who asks; the date of birth only where age decides who may ask.
    subject_name: str = field(metadata={"left": "", "found": True, "told": "case.about"})
    born_on: date | None = field(metadata={"left": None, "told": "case.born"})
    school_name: str = field(metadata={"left": "", "found": True, "told": "case.school"})
    # The slug of a product, or empty; it says nothing about a person.
    product: str = field(default="", metadata={"told": "case.product"})

    @property
    def about(self) -> str:
        """Whom the request is about."""
        return self.subject_name or self.name


class Saying(Protocol):
    """A checked request, a case, or what a page shows of one."""

    @property
    def role(self) -> RequesterRole: ...


class About(Saying, Protocol):
    """A case: it is about one kind of data."""

    @property
    def subject(self) -> Subject: ...


def asked_of(source: Saying) -> dict[str, Any]:
    """Every field by name."""
    return {each.name: getattr(source, each.name) for each in fields(Asked)}


def who_asks(case: About) -> tuple[object, ...]:
    """By whom and about whom: the same for the same requester, however it was typed."""
    asked = asked_of(case)
    names = (asked["name"], asked["subject_name"])
    return (case.role, asked["born_on"], mailbox(asked["email"]), *(loosely(text) for text in names))


def is_same_requester(one: About, other: About) -> bool:
    """The same person, in the same role, about the same person, school and kind of data: one mailbox may be several people's."""
    return one.subject is other.subject and who_asks(one) == who_asks(other) and _about_one_school(one, other)


def _about_one_school(one: About, other: About) -> bool:
    """A submission about both names the school in both halves; only the school's half is about it."""
    if one.subject is not Subject.LEARNING_MATERIAL:
        return True
    first, second = (str(asked_of(each)["school_name"]) for each in (one, other))
    return may_be_one_school(first, second)


def may_be_same_product(one: Saying, other: Saying) -> bool:
    """Nobody has to name one; two that were named must be the same."""
    named = {asked_of(each)["product"] for each in (one, other)}
    return len(named - {""}) < 2  # noqa: PLR2004  two different ones


def searched(source: Saying) -> set[str]:
    """The words it is found by."""
    said = {each.name: getattr(source, each.name) for each in fields(Asked) if each.metadata.get("found")}
    # A school that was chosen ends in its code, in brackets.
    said["school_name"] = AROUND.sub(" ", said["school_name"])
    return words(*said.values())


def forgotten() -> dict[str, Any]:
    """What is left of each field that says who it was, or what was said."""
    return {each.name: each.metadata["left"] for each in fields(Asked) if "left" in each.metadata}


def told(t: Texts, asked: Asked, products: Mapping[str, str]) -> list[tuple[str, str]]:
    """What was said beside the name and the words: a heading and a text for each. `products`: their names, by slug."""
    given = ((each.metadata["told"], getattr(asked, each.name)) for each in fields(Asked) if "told" in each.metadata)

    def said(value: date | str) -> str:
        return t.short_day(value) if isinstance(value, date) else products.get(value, value)

    return [(t(heading), said(value)) for heading, value in given if value]
