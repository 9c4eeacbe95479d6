"""A school by name, town or BRIN: by anybody while they type, for the register of schools is public and says nothing of licences;
and by staff.
"""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_
from sqlmodel import col, or_, select

from dashboard.accounts.model import Board, Location, School
from dashboard.accounts.told import AROUND, LENGTH_OF_BRIN, code_in, without_code
from dashboard.act import Allowed, asks
from dashboard.permissions import Permission
from dashboard.words import asked, words

# Fewer signs find half of the country.
SHORTEST = 2
MOST_FOUND = 8
# Of a name in a line that tells a place.
LONGEST_TOLD = 100
# Shorter words ("De", "van") say nothing about a name.
SHORTEST_WORD = 3


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
        return f"{self.name[:LONGEST_TOLD]}{where} ({self.code})"


@dataclass(frozen=True, slots=True)
class Found:
    places: tuple[Place, ...]
    # Whether there are others.
    more: bool


def sought(*texts: str) -> str:
    """The words of these texts, each behind a space: a typed word is found where one begins so."""
    return "".join(f" {word}" for word in sorted(words(*(AROUND.sub(" ", text) for text in texts))))


@asks(Permission.READ_PUBLIC)
def find_places(act: Allowed, typed: str) -> Found:
    """Places with a word that begins with each typed one, by name. Nothing for what is too short to look for."""
    wanted = list(asked(AROUND.sub(" ", typed)))
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


@dataclass(frozen=True, slots=True)
class SchoolFound:
    """A school or board that a search found; `kind` is "school" or "board"."""

    kind: str
    key: str
    name: str


@asks(Permission.READ_SCHOOLS)
def find_schools(act: Allowed, typed: str, limit: int = 20) -> list[SchoolFound]:
    """Schools and boards by number or by part of their name, for handing a request over."""
    wanted = typed.strip()
    if not wanted:
        return []
    if chosen := _chosen(act, wanted):
        return [chosen]
    wanted = without_code(wanted)
    words = [word for word in wanted.replace(",", " ").split() if len(word) >= SHORTEST_WORD] or [wanted]
    return _schools_named(act, wanted, words, and_, limit) or _schools_named(act, wanted, words, or_, limit)


def _chosen(act: Allowed, told: str) -> SchoolFound | None:
    """The school of a line that was chosen from the register, as long as it is still called so."""
    code = code_in(told)
    school = act.session.get(School, code[:LENGTH_OF_BRIN]) if code else None
    row = (act.session.get(Location, code) if len(code) > LENGTH_OF_BRIN else school) if school else None
    if school is None or row is None or not told.startswith(row.name[:LONGEST_TOLD]):
        return None
    return SchoolFound("school", school.brin, school.name)


def _schools_named(
    act: Allowed, wanted: str, words: list[str], together: Callable[..., ColumnElement[bool]], limit: int
) -> list[SchoolFound]:
    in_school = together(*(col(School.name).icontains(word, autoescape=True) for word in words))
    in_board = together(*(col(Board.name).icontains(word, autoescape=True) for word in words))
    schools = act.session.exec(
        select(School).where(or_(col(School.brin) == wanted.upper(), in_school)).order_by(School.name, School.brin).limit(limit)
    ).all()
    boards = act.session.exec(
        select(Board).where(or_(col(Board.number) == wanted, in_board)).order_by(Board.name, Board.number).limit(limit)
    ).all()
    return [
        *(SchoolFound("school", school.brin, school.name) for school in schools),
        *(SchoolFound("board", board.number, board.name) for board in boards),
    ]
