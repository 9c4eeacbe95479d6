"""A school by name, town or BRIN while somebody types. The register of schools is public: it says nothing of licences."""

import re
from dataclasses import dataclass

from sqlmodel import col, or_, select

from dashboard.accounts.model import Location, School
from dashboard.act import Allowed, asks
from dashboard.permissions import Permission
from dashboard.words import asked, words

# Fewer signs find half of the country.
SHORTEST = 2
MOST_FOUND = 8
# What stands around words and not in them.
_AROUND = re.compile(r"[()\[\],;:\"!?&|]+")
_CODE = re.compile(r"\(([0-9]{2}[A-Z]{2}(?:[0-9]{2})?)\)$")


@dataclass(frozen=True, slots=True)
class Place:
    """A location of a school, or a school of which we know no locations."""

    code: str
    name: str
    town: str

    @property
    def told(self) -> str:
        """In a line, with what tells it from others of that name."""
        where = f", {self.town}" if self.town and self.town.casefold() not in self.name.casefold() else ""
        return f"{self.name[:100]}{where} ({self.code})"


@dataclass(frozen=True, slots=True)
class Found:
    places: tuple[Place, ...]
    # Whether there are others.
    more: bool


def sought(*texts: str) -> str:
    """The words of these texts, each behind a space: a typed word is found where one begins so."""
    return "".join(f" {word}" for word in sorted(words(*(_AROUND.sub(" ", text) for text in texts))))


def code_in(told: str) -> str:
    """The code at the end of a line that `Place.told` made; nothing in what somebody wrote by themselves."""
    found = _CODE.search(told.strip())
    return found.group(1) if found else ""


@asks(Permission.READ_PUBLIC)
def find_places(act: Allowed, typed: str) -> Found:
    """Places with a word that begins with each typed one, by name. Nothing for what is too short to look for."""
    wanted = list(asked(_AROUND.sub(" ", typed)))
    if not wanted or len(wanted[0]) < SHORTEST:
        return Found((), more=False)
    query = select(School, Location).outerjoin(Location, col(Location.brin) == col(School.brin))
    for word in wanted:
        begins = f" {word}"
        query = query.where(
            or_(col(School.sought).contains(begins, autoescape=True), col(Location.sought).contains(begins, autoescape=True))
        )
    rows = act.session.exec(query.order_by(col(School.name), col(School.brin), col(Location.code)).limit(MOST_FOUND + 1)).all()
    places = tuple(_place(school, location) for school, location in rows[:MOST_FOUND])
    return Found(places, more=len(rows) > MOST_FOUND)


def _place(school: School, location: Location | None) -> Place:
    return Place(location.code, location.name, location.town) if location else Place(school.brin, school.name, "")
