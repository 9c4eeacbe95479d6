"""What is known of schools, as an import compares its file with: all of it, in few columns."""

from dataclasses import dataclass
from datetime import date

from sqlmodel import col, select

from dashboard.accounts.model import BoardSchool, CouncilMembership, Location, Person, School
from dashboard.accounts.periods import Period
from dashboard.accounts.queries import by_name
from dashboard.accounts.terms import Council, Sector
from dashboard.act import Allowed


@dataclass(frozen=True, slots=True)
class Member:
    """A school's membership of a board; without a last day until further notice."""

    id: str
    board: str
    brin: str
    since: date
    until: date | None = None


def members(act: Allowed) -> list[Member]:
    """Every membership, also of the past and announced, by first day."""
    rows = act.session.exec(select(BoardSchool).order_by(col(BoardSchool.valid_from)))
    return [Member(row.id, row.board_number, row.brin, row.valid_from, row.valid_to) for row in rows]


def memberships(act: Allowed) -> dict[str, list[tuple[str, Period]]]:
    """Of which board each school was, is and will be, by BRIN."""
    found: dict[str, list[tuple[str, Period]]] = {}
    for row in act.session.exec(select(BoardSchool)):
        found.setdefault(row.brin, []).append((row.board_number, Period(row.valid_from, row.valid_to)))
    return found


def schools(act: Allowed) -> dict[str, tuple[str, Sector]]:
    """Name and sector by BRIN."""
    rows = act.session.exec(select(School.brin, School.name, School.sector))
    return {brin: (name, Sector(sector)) for brin, name, sector in rows}


def locations(act: Allowed) -> dict[str, tuple[str, Sector, str]]:
    """Name, sector and town by code."""
    query = select(Location, School.sector).join(School, col(School.brin) == col(Location.brin))
    return {row.code: (row.name, Sector(row.sector or schools), row.town) for row, schools in act.session.exec(query)}


def council_terms(act: Allowed) -> list[tuple[str, str, Council, Period]]:
    """Every membership of a sector council: its id, the board, the council and the days."""
    rows = act.session.exec(select(CouncilMembership))
    return [(row.id, row.board_number, Council(row.council), Period(row.valid_from, row.valid_to)) for row in rows]


def staff_of(act: Allowed) -> dict[str, str]:
    """The publisher's own people who signed in, whatever their role is now: names by id."""
    rows = act.session.exec(select(Person).where(Person.staff_role != "")).all()
    return {row.id: row.name for row in by_name(rows)}
