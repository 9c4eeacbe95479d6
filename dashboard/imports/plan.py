"""What a file would change: an outcome for every row, and the writes that bring it about. Making one changes nothing."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import Table, bindparam, insert, update

from dashboard.accounts.learned import learn
from dashboard.accounts.terms import Sector
from dashboard.act import Allowed
from dashboard.db import Base
from dashboard.files import digest
from dashboard.imports.faults import Fault
from dashboard.imports.fields import Cells
from dashboard.imports.reading import Line

BATCH = 5_000


class Effect(StrEnum):
    ADDED = "added"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Options:
    """What somebody chose beside the file."""

    # From which day changes count that have no day of their own.
    effective_on: date
    today: date
    # For a file of DUO's that holds one sector and doesn't say which.
    sector: Sector | None = None


@dataclass(frozen=True, slots=True)
class Judged:
    """One row: what it would do, or what is wrong with it and in which column."""

    line: Line
    verb: Effect
    faults: tuple[tuple[Fault, str], ...] = ()
    # What changes, as (what, before, after); texts of the reader's language are made of it.
    changes: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Write:
    """Rows to insert, or to update by key."""

    # By name: an import fills the tables of other subjects, without a model of theirs.
    table: str
    rows: tuple[dict[str, Any], ...]
    # The columns that find the row; none for an insert.
    key: tuple[str, ...] = ()


@dataclass(slots=True)
class Plan:
    rows: list[Judged] = field(default_factory=list)
    writes: list[Write] = field(default_factory=list)
    # What is there and not in the file, as (code, name); nothing happens to it.
    missing: tuple[tuple[str, str], ...] = ()
    # Boards whose schools all go to one other, as (from, to).
    implied_mergers: tuple[tuple[str, str], ...] = ()

    def counts(self) -> dict[str, int]:
        found = Counter(each.verb for each in self.rows)
        return {verb.value: found.get(verb, 0) for verb in Effect}

    @property
    def fingerprint(self) -> str:
        """The same for the same outcome: who confirms a plan confirms this one, not what it became meanwhile."""
        told = "\n".join(f"{each.line.number} {each.verb} {each.faults} {each.changes}" for each in self.rows)
        return digest(told.encode())


def judged(line: Line, cells: Cells, *, is_new: bool = False, changes: Iterable[tuple[str, str, str]] = ()) -> Judged:
    """Wrong when anything is; then nothing else of the row counts."""
    if cells.faults:
        return Judged(line, Effect.WRONG, tuple(cells.faults))
    told = tuple(changes)
    verb = Effect.ADDED if is_new else Effect.CHANGED if told else Effect.UNCHANGED
    return Judged(line, verb, changes=told)


def carry_out(act: Allowed, plan: Plan) -> None:
    """Write all of it, in the caller's transaction and in the plan's order."""
    for write in plan.writes:
        table = Base.metadata.tables[write.table]
        for begin in range(0, len(write.rows), BATCH):
            rows = write.rows[begin : begin + BATCH]
            learn(act, write.table, rows, new=not write.key)
            if write.key:
                _update(act, table, write.key, rows)
            else:
                act.session.execute(insert(table), list(rows))


def _update(act: Allowed, table: Table, key: tuple[str, ...], rows: Sequence[dict[str, Any]]) -> None:
    found = update(table).values({name: bindparam(f"new_{name}") for name in rows[0] if name not in key})
    for name in key:
        found = found.where(table.c[name] == bindparam(f"key_{name}"))
    given = [{f"key_{name}" if name in key else f"new_{name}": value for name, value in row.items()} for row in rows]
    # Through the connection: the session would take several rows of parameters for an update by primary key.
    act.session.connection().execute(found, given)


def write(table: str, rows: Iterable[dict[str, Any]], *key: str) -> list[Write]:
    """A write, or none where there is nothing."""
    found = tuple(rows)
    return [Write(table, found, key)] if found else []
