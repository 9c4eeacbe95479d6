"""Questions about schools and people."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Subquery, and_, or_
from sqlmodel import col, func, select

from dashboard.accounts.claims import Facts, OrganisationKey
from dashboard.accounts.model import (
    AccessRequest,
    Board,
    BoardSchool,
    CouncilMembership,
    Location,
    OrganisationMapping,
    Person,
    School,
)
from dashboard.accounts.periods import Period
from dashboard.accounts.terms import Council, Governance
from dashboard.act import Allowed, asks
from dashboard.permissions import PERMISSIONS, Permission, SchoolScope
from dashboard.settings import ProviderKind


def current(day: date) -> ColumnElement[bool]:
    """A membership that holds on `day`; both ends are inclusive."""
    return and_(
        col(BoardSchool.valid_from) <= day,
        or_(col(BoardSchool.valid_to).is_(None), col(BoardSchool.valid_to) >= day),
    )


@dataclass(frozen=True, slots=True)
class Standing:
    """A board, school or location that a login stands for, and whether its people are known to be staff."""

    scope: SchoolScope
    is_staff: bool = True


def standings(act: Allowed, facts: Facts) -> list[Standing]:
    """What a login stands for, the closest first; of organisations that we don't know nothing. Of a school whose location is
    there too the location counts; of a location that we don't know the organisation that the login names beside it.
    """
    found = [_standing(act, facts, key, value) for key, value in facts.organisations]
    by_key = {each.scope.key: each for each in found if each}
    closer = {each.scope.brin for each in by_key.values() if each.scope.location}
    return [each for each in by_key.values() if each.scope.location or each.scope.board or each.scope.brin not in closer]


def _standing(act: Allowed, facts: Facts, key: OrganisationKey, value: str) -> Standing | None:
    if key is OrganisationKey.LOCATION:
        location = act.session.get(Location, value)
        return Standing(SchoolScope(location=location.code, brin=location.brin)) if location else None
    if key is OrganisationKey.BRIN:
        return Standing(SchoolScope(brin=value)) if act.session.get(School, value) else None
    mapping = mapping_by(act, facts.provider, key, value)
    if mapping is None:
        return None
    says_itself = key is OrganisationKey.SCHAC
    marked = bool(mapping.staff_claim) and mapping.staff_value.strip().lower() in facts.marks
    return Standing(SchoolScope(board=mapping.board_number, brin=mapping.brin), is_staff=says_itself or marked)


def mapping_by(act: Allowed, provider: ProviderKind, key: OrganisationKey, value: str) -> OrganisationMapping | None:
    return act.session.exec(
        select(OrganisationMapping).where(
            OrganisationMapping.provider == provider,
            OrganisationMapping.key == key.value,
            OrganisationMapping.value == value,
        )
    ).one_or_none()


def how_many(act: Allowed) -> tuple[int, int]:
    """Schools, and organisations that are linked to one or to a board."""
    schools = act.session.exec(select(func.count()).select_from(School)).one()
    return schools, act.session.exec(select(func.count()).select_from(OrganisationMapping)).one()


@asks(Permission.READ_OWN_ANNEXES)
def names_of_scopes(act: Allowed) -> dict[str, str]:
    """The names of the schools and boards that the actor's login stands for."""
    return {scope.key: known_name(act, scope) for scope in act.actor.choices}


def known_name(act: Allowed, scope: SchoolScope) -> str:
    """The name of a location, school or board; empty when we don't know it."""
    if scope.location:
        location = act.session.get(Location, scope.location)
        return location.name if location else ""
    if scope.brin:
        school = act.session.get(School, scope.brin)
        return school.name if school else ""
    board = act.session.get(Board, scope.board)
    return board.name if board else ""


def names_of_keys(act: Allowed, keys: Sequence[str]) -> dict[str, str]:
    """The names of these schools and boards, by BRIN or number, as far as we know them."""
    schools = act.session.exec(select(School.brin, School.name).where(col(School.brin).in_(keys))).all()
    numbers = act.session.exec(select(Board.number, Board.name).where(col(Board.number).in_(keys))).all()
    return {**dict(schools), **dict(numbers)}


def boards(act: Allowed, numbers: Iterable[str] | None = None) -> dict[str, Board]:
    """Boards by number, in the order of their numbers; without `numbers` all of them."""
    query = select(Board).order_by(col(Board.number))
    if numbers is not None:
        query = query.where(col(Board.number).in_(set(numbers)))
    return {board.number: board for board in act.session.exec(query)}


def governance_of(act: Allowed, *, brin: str | None, board: str | None) -> Governance:
    """How the board stands in law that decides for this school today, or this board."""
    numbers = boards_of(act, {brin}, set(), act.today) if brin else {board or ""}
    found = {row.governance for row in boards(act, numbers).values()}
    return Governance(found.pop()) if len(found) == 1 else Governance.UNKNOWN


def boards_gone(act: Allowed) -> list[str]:
    """The boards that are another one by today."""
    return list(act.session.exec(select(Board.number).where(col(Board.merged_on) <= act.today)).all())


def boards_of(act: Allowed, brins: set[str], locations: set[str], day: date) -> set[str]:
    """The boards that these schools, and the schools of these locations, belong to on a day."""
    schools = brins | set(act.session.exec(select(Location.brin).where(col(Location.code).in_(locations))).all())
    return set(act.session.exec(select(BoardSchool.board_number).where(col(BoardSchool.brin).in_(schools), current(day))).all())


def councils_of(act: Allowed, numbers: Sequence[str], day: date) -> dict[str, tuple[Council, ...]]:
    """The sector councils that each board is a member of on a day; a board of which we never heard isn't in it."""
    found: dict[str, tuple[Council, ...]] = {}
    query = select(CouncilMembership).where(col(CouncilMembership.board_number).in_(numbers))
    for row in act.session.exec(query.order_by(col(CouncilMembership.council))):
        mine = found.setdefault(row.board_number, ())
        if row.council is not Council.NONE and Period(row.valid_from, row.valid_to).holds(day):
            found[row.board_number] = (*mine, row.council)
    return found


def sectors_of_holders(day: date) -> dict[str, Subquery]:
    """For a join: the `holder` and `sector` of each board, school and location, by the name of a licence's column."""
    sector: Any = func.coalesce(col(Location.sector), col(School.sector)).label("sector")
    of_school: Any = select(School.brin, sector).outerjoin(Location, col(Location.brin) == col(School.brin)).distinct().subquery()
    of_board: Any = select(col(BoardSchool.board_number).label("holder"), of_school.c.sector).join(
        of_school, of_school.c.brin == col(BoardSchool.brin)
    )
    of_location: Any = select(col(Location.code).label("holder"), sector).join(School, col(School.brin) == col(Location.brin))
    return {
        "board_number": of_board.where(current(day)).subquery(),
        "brin": select(of_school.c.brin.label("holder"), of_school.c.sector).subquery(),
        "location": of_location.subquery(),
    }


def by_name(people: Iterable[Person]) -> list[Person]:
    """Names lie sealed: no database can order by them."""
    return sorted(people, key=lambda person: (person.name, person.id))


def names_of(act: Allowed, person_ids: Iterable[str]) -> dict[str, str]:
    """Names by person id, for showing who did something."""
    rows = act.session.exec(select(Person).where(col(Person.id).in_(set(person_ids)))).all()
    return {row.id: row.name for row in rows}


def logins_of(act: Allowed, email: str) -> list[dict[str, str]]:
    """What is kept of the logins and access requests with this address."""
    if not email:
        return []
    # Addresses lie sealed: those of staff and of who asked within the year are few.
    people = [row for row in act.session.exec(select(Person).where(Person.staff_role != "")) if row.email == email]
    asked = [row for row in act.session.exec(select(AccessRequest).order_by(col(AccessRequest.at))) if row.email == email]
    return [
        *({"login": person.name, "since": person.created_at.date().isoformat()} for person in people),
        *({"access": row.name, "school": row.said, "since": row.at.date().isoformat()} for row in asked),
    ]


@dataclass(frozen=True, slots=True)
class DeskPerson:
    id: str
    name: str
    email: str


@asks(Permission.READ_DESK, Permission.RUN_JOBS)
def desk_people(act: Allowed) -> list[DeskPerson]:
    """Whom a case can be given to: people whose last sign-in made them desk agent or privacy officer."""
    return people_who_may(act, Permission.HANDLE_CASE)


def people_who_may(act: Allowed, permission: Permission) -> list[DeskPerson]:
    """The publisher's people whose last sign-in gave them this capability, by name."""
    roles = [role.value for role, can in PERMISSIONS.items() if permission in can]
    rows = act.session.exec(select(Person).where(col(Person.staff_role).in_(roles))).all()
    return [DeskPerson(row.id, row.name, row.email) for row in by_name(rows)]
