"""Whose licences are within a login's reach, and on which days: the one place where memberships and mergers count.

A board reaches its schools while they are its schools, and the boards that merged into it until they did. A school reaches its
own licences always, and those of a board while it belongs to it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import ColumnElement
from sqlmodel import col, select

from dashboard.accounts.learned import Known, period_of
from dashboard.accounts.model import Board, BoardSchool, Location, School
from dashboard.accounts.periods import ALWAYS, Period, until
from dashboard.accounts.terms import Dated, Sector
from dashboard.act import Allowed, once
from dashboard.errors import NotFoundError
from dashboard.permissions import SchoolScope

BOARD_DIGITS, BRIN_SIGNS, LOCATION_SIGNS = 5, 4, 6


@dataclass(frozen=True, slots=True)
class Span:
    """On these days the licences of `holder` (board, BRIN or location) count, for this school's sake."""

    holder: str
    period: Period
    school: str | None = None
    sector: Sector | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """A school or location that a login reaches: what one can choose to look at alone."""

    key: str
    name: str
    school: str
    sector: Sector
    periods: tuple[Period, ...]


@dataclass(frozen=True, slots=True)
class Reached:
    """Everything within reach, over time."""

    key: str
    name: str
    spans: tuple[Span, ...]
    boards: tuple[tuple[str, Period], ...]
    places: tuple[Place, ...]
    # Into which board each of them merged, for those that did.
    merged: Mapping[str, str] = field(default_factory=dict)

    def narrowed(self, key: str) -> "Reached":
        """Only what counts for one school or location of it. Raises NotFoundError for any other."""
        if key in {"", self.key}:
            return self
        place = next((each for each in self.places if each.key == key), None)
        if place is None:
            raise NotFoundError(key)
        others = {each.key for each in self.places if len(each.key) == LOCATION_SIGNS} - {key}
        whole_school = len(key) == BRIN_SIGNS
        spans = [
            span
            for span in self.spans
            if span.school == place.school and (whole_school or (span.holder not in others and span.sector is place.sector))
        ]
        places = [each for each in self.places if each.school == place.school] if whole_school else [place]
        return Reached(key, place.name, tuple(spans), self.boards, tuple(places))

    def acts_for(self, day: date) -> list[str]:
        """The boards whose word a login of this one has on a day: itself while it is one, and those that are it by then."""
        lasts = dict(self.boards)
        return [number for number in lasts if self._is_by(number, lasts, day) == self.key]

    def _is_by(self, number: str, lasts: Mapping[str, Period], day: date) -> str:
        while number in lasts and not lasts[number].holds(day) and number in self.merged:
            number = self.merged[number]
        return number

    def boards_on(self, day: date) -> list[str]:
        return list(dict.fromkeys(number for number, period in self.boards if period.holds(day)))

    def places_on(self, day: date) -> list[Place]:
        return [place for place in self.places if any(period.holds(day) for period in place.periods)]


@dataclass(frozen=True, slots=True)
class _Membership:
    board: str
    brin: str
    school: str
    sector: Sector
    period: Period


def reached(act: Allowed, scope: SchoolScope, known: Known | None = None) -> Reached:
    """What a login's scope reaches, in at most four queries however large the board is; `known`: as it was known earlier."""
    by = known or Known()

    def ask() -> Reached:
        return _of_board(act, scope.board, by) if scope.board else _of_school(act, scope, by)

    return ask() if known else once(act, scope, ask)


def _of_board(act: Allowed, number: str, known: Known) -> Reached:
    family = _family(act, number, known)
    members = _memberships(act, col(BoardSchool.board_number).in_([board.number for board, _ in family]), known)
    lasts = {board.number: period for board, period in family}
    name = next(board.name for board, _ in family if board.number == number) if family else number
    cut = [
        _Membership(m.board, m.brin, m.school, m.sector, period)
        for m in members
        if (period := m.period.overlap(lasts[m.board])) is not None
    ]
    places = _places(act, cut)
    sectors = _sectors(places)
    spans = [Span(board, period) for board, period in lasts.items()]
    spans += [Span(m.board, m.period, m.brin, sector) for m in cut for sector in sectors[m.brin]]
    spans += [
        Span(place.key, period, place.school, sector)
        for place in places
        for period in place.periods
        for sector in _of_place(place, sectors)
    ]
    merged = {board.number: board.merged_into for board, lasts_until in family if board.merged_into and lasts_until.end}
    return Reached(number, name, tuple(spans), tuple(lasts.items()), tuple(places), merged)


def _of_school(act: Allowed, scope: SchoolScope, known: Known) -> Reached:
    school = act.session.get(School, scope.brin)
    if school is None:
        return Reached(scope.key, scope.key, (), (), ())
    members = _memberships(act, col(BoardSchool.brin) == school.brin, known)
    numbers = [m.board for m in members]
    merged = {
        board.number: _merged_on(board, known) for board in act.session.exec(select(Board).where(col(Board.number).in_(numbers)))
    }
    own = [_Membership("", school.brin, school.name, Sector(school.sector), ALWAYS)]
    places = [place for place in _places(act, own) if not scope.location or place.key in {scope.brin, scope.location}]
    boards = [(m.board, cut) for m in members if (cut := m.period.overlap(until(merged[m.board]))) is not None]
    sectors = _sectors(places)
    spans = [Span(board, period, school.brin, sector) for board, period in boards for sector in sectors[school.brin]]
    spans += [Span(place.key, ALWAYS, place.school, sector) for place in places for sector in _of_place(place, sectors)]
    name = next((place.name for place in places if place.key == scope.key), school.name)
    if scope.location:
        places = [place for place in places if place.key == scope.location]
    return Reached(scope.key, name, tuple(spans), tuple(boards), tuple(places))


def _merged_on(board: Board, known: Known) -> date | None:
    days = known.days(Dated.MERGER, board.number, None, board.merged_on)
    return days.last if days else None


def _family(act: Allowed, number: str, known: Known) -> list[tuple[Board, Period]]:
    """The board, and the boards that merged into it by today, each with the days on which it was itself. One whose merger is
    only announced is still somebody else.
    """
    found = select(col(Board.number)).where(Board.number == number).cte("family", recursive=True)
    found = found.union(select(col(Board.number)).join(found, col(Board.merged_into) == found.c.number))
    boards = act.session.exec(select(Board).where(col(Board.number).in_(select(found.c.number)))).all()
    merged = {board.number: _merged_on(board, known) for board in boards}
    return [
        (board, until(merged[board.number]))
        for board in sorted(boards, key=lambda each: each.number != number)
        if board.number == number
        or (known.with_past and _is_family(board, number, act.today, merged, {each.number: each for each in boards}))
    ]


def _is_family(board: Board, number: str, today: date, merged: Mapping[str, date | None], boards: Mapping[str, Board]) -> bool:
    """Whether every merger on the way from this board to that one was known, and its day has come."""
    while board.number != number:
        into, on = boards.get(board.merged_into or ""), merged[board.number]
        if into is None or on is None or on > today:
            return False
        board = into
    return True


def _memberships(act: Allowed, where: ColumnElement[bool], known: Known) -> list[_Membership]:
    rows = act.session.exec(
        select(BoardSchool, School).join(School, col(School.brin) == col(BoardSchool.brin)).where(where)
    ).all()
    return [
        _Membership(row.board_number, school.brin, school.name, Sector(school.sector), period)
        for row, school in sorted(rows, key=lambda pair: (pair[1].name, pair[0].valid_from))
        if (period := period_of(known.days(Dated.MEMBERSHIP, row.id, row.valid_from, row.valid_to))) is not None
    ]


def _places(act: Allowed, members: Sequence[_Membership]) -> list[Place]:
    """Schools with their locations, in the order of the schools' names."""
    periods: dict[str, list[Period]] = {}
    for member in members:
        periods.setdefault(member.brin, []).append(member.period)
    schools = {member.brin: member for member in members}
    locations: dict[str, list[Location]] = {}
    for row in act.session.exec(select(Location).where(col(Location.brin).in_(list(schools))).order_by(col(Location.code))):
        locations.setdefault(row.brin, []).append(row)
    return [place for brin, member in schools.items() for place in _school_places(member, periods[brin], locations.get(brin, ()))]


def _school_places(member: _Membership, periods: Iterable[Period], locations: Iterable[Location]) -> list[Place]:
    when = tuple(periods)
    own = Place(member.brin, member.school, member.brin, member.sector, when)
    return [own, *(Place(row.code, row.name, member.brin, Sector(row.sector or member.sector), when) for row in locations)]


def _sectors(places: Iterable[Place]) -> dict[str, tuple[Sector, ...]]:
    """By school the sectors of its locations; its own where it has none."""
    found: dict[str, dict[Sector, None]] = {}
    own = {}
    for place in places:
        if len(place.key) == LOCATION_SIGNS:
            found.setdefault(place.school, {})[place.sector] = None
        else:
            own[place.school] = place.sector
    return {school: tuple(found.get(school, (sector,))) for school, sector in own.items()}


def _of_place(place: Place, sectors: Mapping[str, tuple[Sector, ...]]) -> tuple[Sector, ...]:
    return (place.sector,) if len(place.key) == LOCATION_SIGNS else sectors[place.school]
