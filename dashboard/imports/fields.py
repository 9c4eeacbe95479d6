"""Cells -> values: strip, upper-case, match in full; reject, never guess. Pure."""

import re
from collections.abc import Callable, Collection, Mapping
from datetime import date
from typing import TypeVar

from dashboard.accounts.periods import FIRST_DAY, LAST_DAY
from dashboard.accounts.terms import Council, Governance, Sector
from dashboard.addresses import normalized
from dashboard.annexes.terms import DvoStatus
from dashboard.imports.faults import Fault, WrongCellError

T = TypeVar("T")
LONGEST_NAME = 200
# ASCII digits: \d would take others too.
_BOARD, _BRIN, _LOCATION = re.compile(r"[0-9]{5}"), re.compile(r"[0-9]{2}[A-Z]{2}"), re.compile(r"[0-9]{2}[A-Z]{2}[0-9]{2}")
_SHORT = re.compile(r"[0-9]{1,2}")
# A sign that is no text; spaces of other kinds are spaces.
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
# Midnight may stand behind a day: databases and spreadsheets put it there.
_MIDNIGHT = r"(?:[ T]0{1,2}:00(?::00(?:\.0+)?)?)?"
_ISO = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})" + _MIDNIGHT)
_COMPACT = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_DUTCH = re.compile(r"([0-9]{1,2})[-/]([0-9]{1,2})[-/]([0-9]{4})" + _MIDNIGHT)
_MODEL = re.compile(r"[0-9]{1,2}\.[0-9]{1,2}")
_SECTORS = {
    "PO": Sector.PO,
    "BAO": Sector.PO,
    "BO": Sector.PO,
    "VO": Sector.VO,
    "(V)SO": Sector.VSO,
    "VSO": Sector.VSO,
    "SO": Sector.VSO,
    "SO/VSO": Sector.VSO,
    "SBO": Sector.PO,
    "SBAO": Sector.PO,
    "MBO": Sector.MBO,
    "BVE": Sector.MBO,
}
_COUNCILS = {
    "GEEN": Council.NONE,
    "PO-RAAD": Council.PO_RAAD,
    "VO-RAAD": Council.VO_RAAD,
    "MBO RAAD": Council.MBO_RAAD,
    "MBO-RAAD": Council.MBO_RAAD,
}
_DVO = {
    "": DvoStatus.OUTSIDE,
    "BUITEN DVO": DvoStatus.OUTSIDE,
    "AANGEBODEN": DvoStatus.OFFERED,
    "IN BEOORDELING": DvoStatus.IN_REVIEW,
    "ONDERTEKEND": DvoStatus.SIGNED,
    "AFGEWEZEN": DvoStatus.REFUSED,
}


class Cells:
    """The cells of one row; collects every fault instead of stopping at the first."""

    def __init__(self, cells: Mapping[str, str], *, ragged: bool = False, hints: Collection[str] = ()) -> None:
        self._cells = cells
        self.faults: list[tuple[Fault, str]] = []
        if ragged:
            self.faults.append((Fault.CELLS, ""))
        for column, text in cells.items():
            if column not in hints and _CONTROLS.search(text):
                self.faults.append((Fault.CONTROL_SIGNS, column))

    def has(self, column: str) -> bool:
        """Whether the file has this column at all."""
        return column in self._cells

    def text(self, column: str) -> str:
        return self._cells.get(column, "")

    def take(self, read: Callable[[str, str], T], column: str) -> T | None:
        try:
            return read(self.text(column), column)
        except WrongCellError as wrong:
            self.note(wrong.fault, wrong.column)
            return None

    def note(self, fault: Fault, column: str) -> None:
        if (fault, column) not in self.faults:
            self.faults.append((fault, column))


def board(text: str, column: str) -> str:
    return _code(text, column, _BOARD, Fault.BOARD_EMPTY, Fault.BOARD_FORM)


def brin(text: str, column: str) -> str:
    return _code(text, column, _BRIN, Fault.BRIN_EMPTY, Fault.BRIN_FORM)


def location(text: str, column: str) -> str:
    return _code(text, column, _LOCATION, Fault.LOCATION_EMPTY, Fault.LOCATION_FORM)


def location_of(school: str, text: str, column: str) -> str:
    """A location, written in full or as the two digits behind its school's code; a spreadsheet makes 0 of 00."""
    given = text.strip()
    return location(school + given.zfill(2) if _SHORT.fullmatch(given) else given, column)


def name(text: str, column: str) -> str:
    found = " ".join(text.split())
    if not found:
        raise WrongCellError(Fault.NAME_EMPTY, column)
    if len(found) > LONGEST_NAME:
        raise WrongCellError(Fault.NAME_LONG, column)
    return found


def name_or_nothing(text: str, column: str) -> str:
    return name(text, column) if text.strip() else ""


def day(text: str, column: str) -> date:
    """2026-03-05, 20260305, or 5-3-2026 as Dutch spreadsheets write it; nothing that could be read in two ways."""
    if not text.strip():
        raise WrongCellError(Fault.DAY_EMPTY, column)
    found = day_or_nothing(text, column)
    if found is None:
        raise WrongCellError(Fault.DAY_EMPTY, column)
    return found


def day_or_nothing(text: str, column: str) -> date | None:
    given = text.strip()
    if not given:
        return None
    if iso := _ISO.fullmatch(given) or _COMPACT.fullmatch(given):
        year, month, number = iso.groups()
    elif dutch := _DUTCH.fullmatch(given):
        number, month, year = dutch.groups()
    else:
        raise WrongCellError(Fault.DAY_FORM, column)
    try:
        found = date(int(year), int(month), int(number))
    except ValueError as wrong:
        raise WrongCellError(Fault.DAY_FORM, column) from wrong
    if not FIRST_DAY <= found <= LAST_DAY:
        raise WrongCellError(Fault.DAY_FORM, column)
    return found


def sector(text: str, column: str) -> Sector:
    return _named(text, column, _SECTORS, Fault.SECTOR_UNKNOWN)


def kinds_of_primary(text: str, column: str) -> Sector:
    """What DUO's list of special education says of a school: SBO is primary, SO and VSO are special. One may be several."""
    found = {_named(part, column, _SECTORS, Fault.SECTOR_UNKNOWN) for part in re.split("[/,]", text) if part.strip()}
    if len(found) != 1:
        raise WrongCellError(Fault.SECTOR_UNKNOWN, column)
    return found.pop()


def governance(text: str) -> Governance:
    """What a school's denomination says of its board: "Openbaar" is public education; a cooperation with it may be either."""
    given = "".join(text.upper().split())
    if not given or (given != "OPENBAAR" and re.search("OPENB|OPB", given)):
        return Governance.UNKNOWN
    return Governance.PUBLIC if given == "OPENBAAR" else Governance.PRIVATE


def council(text: str, column: str) -> Council:
    return _named(text, column, _COUNCILS, Fault.COUNCIL_UNKNOWN)


def dvo(text: str, column: str) -> DvoStatus:
    return _named(text, column, _DVO, Fault.DVO_UNKNOWN)


def model(text: str, column: str) -> str:
    if not _MODEL.fullmatch(text.strip()):
        raise WrongCellError(Fault.MODEL_FORM, column)
    return text.strip()


def email_or_nothing(text: str, column: str) -> str:
    if not text.strip():
        return ""
    try:
        return normalized(text)
    except ValueError as wrong:
        raise WrongCellError(Fault.EMAIL_FORM, column) from wrong


def _code(text: str, column: str, form: re.Pattern[str], empty: Fault, wrong: Fault) -> str:
    given = text.strip().upper()
    if not given:
        raise WrongCellError(empty, column)
    if not form.fullmatch(given):
        raise WrongCellError(wrong, column)
    return given


def _named(text: str, column: str, names: Mapping[str, T], unknown: Fault) -> T:
    found = names.get(" ".join(text.upper().split()))
    if found is None:
        raise WrongCellError(unknown, column)
    return found
