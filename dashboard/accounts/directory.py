"""What staff look up about boards and schools: who they are, whose they were, and what is recorded of them."""

from dataclasses import dataclass
from datetime import date

from sqlmodel import col, func, select

from dashboard import audit
from dashboard.accounts.entering import board_seen
from dashboard.accounts.history import Change, note
from dashboard.accounts.model import Board, BoardSchool, CouncilMembership, Location, School
from dashboard.accounts.periods import Period
from dashboard.accounts.register import alone
from dashboard.accounts.terms import Council, Governance, Sector
from dashboard.act import Allowed, Seen, asks
from dashboard.audit import Action
from dashboard.errors import InvalidInputError, NotFoundError
from dashboard.permissions import Permission
from dashboard.rows import row_of


@dataclass(frozen=True, slots=True)
class Totals:
    boards: int
    schools: int
    locations: int


@dataclass(frozen=True, slots=True)
class MemberRow:
    """A school of a board, from when to when. `id`: of the membership."""

    id: str
    brin: str
    name: str
    sector: Sector
    period: Period
    locations: tuple[tuple[str, str], ...]

    @property
    def seen(self) -> Seen:
        return Seen.of(self.id, self.period.begin, self.period.end)


@dataclass(frozen=True, slots=True)
class BoardView:
    number: str
    name: str
    contact_email: str
    merged_into: str
    merged_on: date | None
    merged_from: tuple[str, ...]
    own_covenant: bool
    covenant_signed_on: date | None
    governance: Governance
    councils: tuple[tuple[Council, Period], ...]
    members: tuple[MemberRow, ...]

    @property
    def seen(self) -> Seen:
        return board_seen(self.number, self.name, self.contact_email)

    @property
    def keys(self) -> list[str]:
        """Its own, and those of its schools and their locations."""
        return [self.number, *(row.brin for row in self.members), *(code for row in self.members for code, _ in row.locations)]


@asks(Permission.READ_SCHOOLS)
def totals(act: Allowed) -> Totals:
    numbers = [act.session.exec(select(func.count()).select_from(table)).one() for table in (Board, School, Location)]
    return Totals(*numbers)


@asks(Permission.READ_SCHOOLS)
def board_of(act: Allowed, key: str) -> str:
    """The number of a board, or of the board that a school belongs to last. Raises NotFoundError."""
    if act.session.get(Board, key):
        return key
    last = act.session.exec(
        select(BoardSchool.board_number).where(BoardSchool.brin == key).order_by(col(BoardSchool.valid_from).desc()).limit(1)
    ).first()
    if last is None:
        raise NotFoundError(key)
    return last


@asks(Permission.READ_SCHOOLS)
def board_view(act: Allowed, number: str) -> BoardView:
    """Everything about a board, its past included. Raises NotFoundError."""
    board = act.find(Board, number)
    councils = act.session.exec(
        select(CouncilMembership)
        .where(CouncilMembership.board_number == number)
        .order_by(col(CouncilMembership.valid_from), col(CouncilMembership.council))
    ).all()
    merged_from = act.session.exec(select(Board.number).where(Board.merged_into == number).order_by(col(Board.number))).all()
    return row_of(
        BoardView,
        board,
        merged_into=board.merged_into or "",
        merged_from=tuple(merged_from),
        councils=tuple((Council(row.council), Period(row.valid_from, row.valid_to)) for row in councils),
        members=tuple(_members(act, number)),
    )


@asks(Permission.MANAGE_SCHOOLS)
def set_governance(act: Allowed, number: str, governance: str) -> None:
    """Keep how a board stands in law. Raises NotFoundError, InvalidInputError."""
    alone(act)
    board = act.find(Board, number)
    if governance not in set(Governance):
        raise InvalidInputError({"governance": "invalid.governance"})
    note(act, Change(number, "governance", board.governance, governance))
    board.governance = Governance(governance)
    audit.record(act, Action.GOVERNANCE_SET, number, governance=governance)


def _members(act: Allowed, number: str) -> list[MemberRow]:
    rows = act.session.exec(
        select(BoardSchool, School)
        .join(School, col(School.brin) == col(BoardSchool.brin))
        .where(BoardSchool.board_number == number)
        .order_by(col(BoardSchool.valid_to).is_not(None), col(School.name), col(School.brin))
    ).all()
    locations: dict[str, list[tuple[str, str]]] = {}
    wanted = [school.brin for _, school in rows]
    for row in act.session.exec(select(Location).where(col(Location.brin).in_(wanted)).order_by(col(Location.code))):
        locations.setdefault(row.brin, []).append((row.code, row.name))
    return [
        MemberRow(
            member.id,
            school.brin,
            school.name,
            Sector(school.sector),
            Period(member.valid_from, member.valid_to),
            tuple(locations.get(school.brin, ())),
        )
        for member, school in rows
    ]
