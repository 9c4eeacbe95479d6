"""Trying a file and taking it. Both leave a row with the result of every line; taking is one transaction, whole or not at all."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, func, select

from dashboard import audit
from dashboard.accounts import history
from dashboard.accounts.register import alone
from dashboard.act import Allowed, Seen, asks
from dashboard.audit import Action
from dashboard.errors import InvalidInputError, StaleError
from dashboard.i18n import Texts
from dashboard.imports import boards, licences, mergers, schools
from dashboard.imports.model import ImportRun
from dashboard.imports.noted import changes_of
from dashboard.imports.plan import Effect, Options, Plan, carry_out
from dashboard.imports.reading import Sheet
from dashboard.imports.results import to_csv
from dashboard.imports.terms import ImportKind
from dashboard.permissions import Permission
from dashboard.rows import row_of

LISTED_RUNS = 20
_PLANS: dict[ImportKind, Callable[[Allowed, Sheet, Options], Plan]] = {
    ImportKind.SCHOOLS: schools.plan,
    ImportKind.BOARDS: boards.names,
    ImportKind.MERGERS: mergers.plan,
    ImportKind.COUNCILS: boards.councils,
    ImportKind.LICENCES: licences.plan,
    ImportKind.AGREEMENTS: boards.agreements,
}


@dataclass(frozen=True, slots=True)
class Report:
    """What a file would do, or did."""

    run_id: str
    plan: Plan
    counts: dict[str, int]

    @property
    def changes_nothing(self) -> bool:
        return not (self.counts[Effect.ADDED.value] or self.counts[Effect.CHANGED.value])


@dataclass(frozen=True, slots=True)
class RunRow:
    id: str
    kind: ImportKind
    at: datetime
    by: str
    file_name: str
    taken: bool
    counts: dict[str, int]


@dataclass(frozen=True, slots=True)
class Result:
    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Prepared:
    """A file with what it would do, worked out without holding up anybody who writes meanwhile."""

    kind: ImportKind
    sheet: Sheet
    options: Options
    plan: Plan
    result: bytes
    # How much had changed by then: with one more, this plan is no longer about what is there.
    taken_before: int

    @property
    def seen(self) -> Seen:
        return Seen(self.plan.fingerprint, self.taken_before)


@asks(Permission.RUN_JOBS)
def files_named(act: Allowed, stored: Sequence[str]) -> set[str]:
    """Which of these bytes are the result of an import."""
    return set(act.session.exec(select(ImportRun.result_sha256).where(col(ImportRun.result_sha256).in_(stored))).all())


@asks(Permission.MANAGE_SCHOOLS)
def prepare(act: Allowed, kind: ImportKind, sheet: Sheet, options: Options, *, texts: Texts) -> Prepared:
    """What the file would change. Only reads: a hundred thousand rows take seconds, in which others must be able to write."""
    # Before anything is read for the plan: what changes while it is made makes it an old one.
    before = state_of(act)
    made = _PLANS[kind](act, sheet, options)
    return Prepared(kind, sheet, options, made, to_csv(made, sheet, texts), before)


@asks(Permission.MANAGE_SCHOOLS)
def look(act: Allowed, prepared: Prepared) -> Report:
    """Keep that somebody looked at what a file would do, with its result."""
    return _kept(act, prepared, taken=False)


@asks(Permission.MANAGE_SCHOOLS)
def take(act: Allowed, seen: Seen, prepared: Prepared, *, skip_wrong: bool = False) -> Report:
    """Import the file. With wrong rows it is refused, unless `skip_wrong`: then those rows are left out whole.

    Raises StaleError when this isn't the plan that was looked at, or when something was imported since it was made.
    """
    alone(act)
    made = prepared.plan
    if seen != prepared.seen:
        raise StaleError(seen.id)
    if made.counts()[Effect.WRONG.value] and not skip_wrong:
        raise InvalidInputError({"file": "invalid.import_rows"})
    if state_of(act) != prepared.taken_before:
        raise StaleError
    carry_out(act, made)
    history.note_all(act, changes_of(prepared.kind, made))
    return _kept(act, prepared, taken=True)


def state_of(act: Allowed) -> int:
    """Grows with every file that is taken and with everything that is changed by hand."""
    return act.session.exec(select(func.count()).where(col(ImportRun.taken))).one() + history.how_many(act)


@asks(Permission.READ_SCHOOLS)
def runs(act: Allowed) -> list[RunRow]:
    """The last files that were tried or taken."""
    rows = act.session.exec(select(ImportRun).order_by(col(ImportRun.at).desc()).limit(LISTED_RUNS)).all()
    return [row_of(RunRow, row, by=row.by_name) for row in rows]


@asks(Permission.READ_SCHOOLS)
def result(act: Allowed, run_id: str) -> Result:
    """The result file of a run: every row with what it did, or what is wrong with it."""
    run = act.find(ImportRun, run_id)
    return Result(f"import-{run.kind.value}-{run.at:%Y%m%d-%H%M}.csv", act.files.get(run.result_sha256))


def _kept(act: Allowed, prepared: Prepared, *, taken: bool) -> Report:
    counts = prepared.plan.counts()
    run = ImportRun(
        kind=prepared.kind,
        at=act.now,
        by_id=act.actor.id,
        by_name=act.actor.name,
        file_name=prepared.sheet.name[:120],
        sha256=prepared.sheet.sha256,
        effective_on=prepared.options.effective_on,
        taken=taken,
        counts=counts,
        result_sha256=act.files.put(prepared.result),
    )
    act.session.add(run)
    action = Action.IMPORT_TAKEN if taken else Action.IMPORT_TRIED
    audit.record(act, action, run.id, kind=prepared.kind.value, **counts)
    return Report(run.id, prepared.plan, counts)
