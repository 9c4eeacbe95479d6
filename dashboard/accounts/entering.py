"""What an administrator changes of a board, a school or a location by hand. What is new comes by `imports.by_hand`: one row of a
file, with the same rules.
"""

from dataclasses import dataclass
from datetime import date

from sqlmodel import col, select

from dashboard import audit
from dashboard.accounts.finding import sought
from dashboard.accounts.history import Change, note, note_all
from dashboard.accounts.learned import learn
from dashboard.accounts.model import Board, BoardSchool, Location, School
from dashboard.accounts.periods import Period, typed
from dashboard.accounts.register import alone
from dashboard.accounts.terms import Dated, Sector
from dashboard.accounts.towns import town
from dashboard.act import Allowed, Seen, asks
from dashboard.addresses import normalized
from dashboard.audit import Action
from dashboard.errors import InvalidInputError, reject
from dashboard.permissions import Permission
from dashboard.typed import line_of

LONGEST_NAME = 200
LENGTH_OF_BRIN = 4


@dataclass(frozen=True, slots=True)
class PlaceSeen:
    """A school or location as it was shown."""

    key: str
    name: str
    # Of a location without one of its own: its school's.
    sector: Sector | None
    # Only of a location.
    town: str = ""

    @property
    def is_location(self) -> bool:
        return len(self.key) > LENGTH_OF_BRIN

    @property
    def seen(self) -> Seen:
        return Seen.of(self.key, self.name, self.sector, self.town)


def board_seen(number: str, name: str, contact: str) -> Seen:
    return Seen.of(number, name, contact)


@asks(Permission.READ_SCHOOLS)
def place(act: Allowed, key: str) -> PlaceSeen:
    """Raises NotFoundError."""
    row = act.session.get(School, key) or act.find(Location, key)
    return _seen(row, key)


@asks(Permission.MANAGE_SCHOOLS)
def change_board(act: Allowed, seen: Seen, name: str, contact: str) -> None:
    """Another name or privacy contact; an empty contact takes it away. Raises InvalidInputError, StaleError."""
    alone(act)
    board = act.find(Board, seen.id)
    seen.compare(board_seen(board.number, board.name, board.contact_email).version)
    problems: dict[str, str] = {}
    said, address = _name(name, problems), ""
    try:
        address = normalized(contact) if contact.strip() else ""
    except ValueError:
        problems["contact"] = "invalid.board_contact"
    reject(problems)
    note(act, Change(board.number, "board", board.name, said))
    if address != board.contact_email:
        # The address may be somebody's own: that it changed is enough.
        note_all(act, [Change(board.number, "contact")])
    board.name, board.contact_email = said, address
    audit.record(act, Action.BOARD_CHANGED, board.number)


@asks(Permission.MANAGE_SCHOOLS)
def change_place(act: Allowed, seen: Seen, name: str, sector: str, where: str = "") -> None:
    """Another name, sector or (of a location) town. Raises InvalidInputError, StaleError."""
    alone(act)
    row = act.session.get(School, seen.id) or act.find(Location, seen.id)
    seen.compare(_seen(row, seen.id).seen.version)
    problems: dict[str, str] = {}
    said = _name(name, problems)
    if sector not in set(Sector):
        problems["sector"] = "import.fault.sector_unknown"
    reject(problems)
    what = "school" if isinstance(row, School) else "location"
    note(act, Change(seen.id, what, row.name, said), Change(seen.id, "sector", row.sector or "", sector))
    row.name, row.sector = said, Sector(sector)
    if isinstance(row, Location):
        note(act, Change(seen.id, "town", row.town, town(where)))
        row.town = town(where)
        row.sought = sought(seen.id, said, row.town)
    else:
        row.sought = sought(seen.id, said)
    audit.record(act, Action.PLACE_CHANGED, seen.id)


@asks(Permission.MANAGE_SCHOOLS)
def change_membership(act: Allowed, seen: Seen, begin: date | None, end: date | None) -> None:
    """Other days on which a school is of its board, both inclusive; without a last day until further notice.

    Raises InvalidInputError when it would be of two boards on one day, or of a board that is another one by then; StaleError.
    """
    alone(act)
    row = act.find(BoardSchool, seen.id)
    seen.compare(Seen.of(row.id, row.valid_from, row.valid_to).version)
    wanted = typed(begin, end)
    others = act.session.exec(select(BoardSchool).where(BoardSchool.brin == row.brin, col(BoardSchool.id) != row.id)).all()
    if any(wanted.overlap(Period(other.valid_from, other.valid_to)) for other in others):
        raise InvalidInputError({"begin": "invalid.two_boards"})
    merged_on = act.find(Board, row.board_number).merged_on
    if merged_on and (end is None or end >= merged_on):
        raise InvalidInputError({"end": "invalid.member_of_merged"})
    learn(act, Dated.MEMBERSHIP.value, [{"id": row.id, "valid_from": wanted.begin, "valid_to": end}], new=False)
    note(
        act,
        Change(row.brin, "from", str(row.valid_from), str(begin), row.board_number),
        Change(row.brin, "until", str(row.valid_to or ""), str(end or ""), row.board_number),
    )
    row.valid_from, row.valid_to = wanted.begin, end
    audit.record(act, Action.MEMBERSHIP_CHANGED, row.brin, board=row.board_number)


def unchanged(act: Allowed, seen: Seen) -> None:
    """Raise StaleError unless a membership or a board is as it was shown."""
    row = act.session.get(BoardSchool, seen.id)
    if row:
        seen.compare(Seen.of(row.id, row.valid_from, row.valid_to).version)
        return
    board = act.find(Board, seen.id)
    seen.compare(board_seen(board.number, board.name, board.contact_email).version)


def _seen(row: School | Location, key: str) -> PlaceSeen:
    return PlaceSeen(key, row.name, row.sector, row.town if isinstance(row, Location) else "")


def _name(typed: str, problems: dict[str, str]) -> str:
    said = line_of(typed)
    if not said:
        problems["name"] = "import.fault.name_empty"
    elif len(said) > LONGEST_NAME:
        problems["name"] = "import.fault.name_long"
    return said
