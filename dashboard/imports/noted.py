"""What the rows of a plan change, as the register's history keeps it. Pure."""

from collections.abc import Iterator

from dashboard.accounts.history import Change
from dashboard.imports import fields
from dashboard.imports.licences import HOLDERS
from dashboard.imports.plan import Effect, Judged, Plan
from dashboard.imports.terms import ImportKind

BOARD, BRIN, LOCATION = HOLDERS
_OF_BOARD = frozenset({"board", "contact", "governance", "merged", "covenant", "signed_on", "dvo_status", "dvo_on"})
_OF_SCHOOL = frozenset({"school", "moved"})
# Which one of several: by kind the column that says it.
_LABELS = {ImportKind.LICENCES: "PRODUCT", ImportKind.AGREEMENTS: "MODEL", ImportKind.COUNCILS: "SECTORRAAD"}
# The first file that tells towns tells one for every location: that isn't history.
_ONLY_IF_KNOWN = "town"
# An address may be somebody's own: that it changed is enough.
_UNSAID = "contact"


def changes_of(kind: ImportKind, plan: Plan, *, new_too: bool = False) -> Iterator[Change]:
    """Of rows that are new only what they change of something older, unless `new_too`: a first file has thousands."""
    for row in plan.rows:
        if row.verb in {Effect.WRONG, Effect.UNCHANGED}:
            continue
        if row.verb is Effect.ADDED and new_too:
            yield from _new(kind, row)
        cells = row.line.cells
        label = cells.get(_LABELS.get(kind, ""), "")
        for what, before, after in row.changes:
            if what == _ONLY_IF_KNOWN and not before:
                continue
            if before or what == _UNSAID or row.verb is Effect.CHANGED:
                said = ("", "") if what == _UNSAID else (before, after)
                yield Change(_key(kind, what, row), what, *said, label=cells.get("PER", "") or label)
        if kind is ImportKind.MERGERS:
            yield Change(cells["OPGEGAAN IN"], "merged_from", "", cells[BOARD], label=cells["PER"])


def _new(kind: ImportKind, row: Judged) -> Iterator[Change]:
    cells = row.line.cells
    if kind is ImportKind.BOARDS:
        yield Change(cells[BOARD], "board", "", cells["BEVOEGD GEZAG NAAM"])
        return
    if kind is ImportKind.SCHOOLS:
        if cells.get(LOCATION):
            yield Change(_location(row), "location", "", cells["VESTIGINGSNAAM"])
        for what, before, after in row.changes:
            if what == "school" and not before:
                yield Change(_brin(row), "school", "", after)
                yield Change(_brin(row), "from", "", cells.get("INGANGSDATUM", ""), label=cells[BOARD])
        return
    label = cells.get(_LABELS.get(kind, ""), "")
    for what, column in (("from", "VAN"), ("until", "TOT"), ("dvo_status", "DVO STATUS"), ("signed_on", "GETEKEND OP")):
        if cells.get(column):
            yield Change(_holder(row), what, "", cells[column], label=label)


def _key(kind: ImportKind, what: str, row: Judged) -> str:
    if what in _OF_BOARD:
        return row.line.cells[BOARD]
    if what in _OF_SCHOOL:
        return _brin(row)
    return _holder(row) if kind in _LABELS else _location(row)


def _holder(row: Judged) -> str:
    return next(row.line.cells[column].strip().upper() for column in HOLDERS if row.line.cells.get(column))


def _brin(row: Judged) -> str:
    return fields.brin(row.line.cells[BRIN], BRIN)


def _location(row: Judged) -> str:
    """The school's own code in a list of main schools."""
    given = row.line.cells.get(LOCATION, "")
    return fields.location_of(_brin(row), given, LOCATION) if given else _brin(row)
