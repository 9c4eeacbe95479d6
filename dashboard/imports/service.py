"""Trying a file and taking it. Both leave a row with the result of every line; taking is one transaction, whole or not at all."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from sqlmodel import Session, col, func, select

from dashboard import audit
from dashboard.errors import InvalidInputError, NotFoundError, StaleError
from dashboard.files import FileStore
from dashboard.i18n import Texts
from dashboard.imports import boards, licences, schools
from dashboard.imports.model import ImportKind, ImportRun
from dashboard.imports.plan import Options, Plan, Verb, carry_out
from dashboard.imports.reading import Sheet
from dashboard.imports.results import as_csv
from dashboard.permissions import Actor, Permission, require

LISTED_RUNS = 20
_PLANS: dict[ImportKind, Callable[[Session, Sheet, Options], Plan]] = {
    ImportKind.SCHOOLS: schools.plan,
    ImportKind.MERGERS: boards.mergers,
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
        return not (self.counts[Verb.ADDED.value] or self.counts[Verb.CHANGED.value])


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
    # How many files had been taken by then: with one more, this plan is no longer about what is there.
    taken_before: int


def prepare(session: Session, actor: Actor, kind: ImportKind, sheet: Sheet, options: Options, *, texts: Texts) -> Prepared:
    """What the file would change. Only reads: a hundred thousand rows take seconds, in which others must be able to write."""
    require(actor, Permission.MANAGE_SCHOOLS)
    made = _PLANS[kind](session, sheet, options)
    return Prepared(kind, sheet, options, made, as_csv(made, sheet, texts), _taken(session))


def look(session: Session, actor: Actor, prepared: Prepared, *, files: FileStore, now: datetime) -> Report:
    """Keep that somebody looked at what a file would do, with its result."""
    require(actor, Permission.MANAGE_SCHOOLS)
    return _kept(session, actor, prepared, taken=False, files=files, now=now)


def take(
    session: Session,
    actor: Actor,
    prepared: Prepared,
    *,
    expected: str = "",
    skip_wrong: bool = False,
    files: FileStore,
    now: datetime,
) -> Report:
    """Import the file. With wrong rows it is refused, unless `skip_wrong`: then those rows are left out whole.

    `expected` is the fingerprint of the plan that was looked at. Raises StaleError when this is another one, or when something
    was imported since it was made.
    """
    require(actor, Permission.MANAGE_SCHOOLS)
    made = prepared.plan
    if expected and made.fingerprint != expected:
        raise StaleError
    if made.counts()[Verb.WRONG.value] and not skip_wrong:
        raise InvalidInputError({"file": "invalid.import_rows"})
    if _taken(session) != prepared.taken_before or _is_other(session, prepared):
        raise StaleError
    carry_out(session, made)
    return _kept(session, actor, prepared, taken=True, files=files, now=now)


def _taken(session: Session) -> int:
    return session.exec(select(func.count()).where(col(ImportRun.taken))).one()


def _is_other(session: Session, prepared: Prepared) -> bool:
    """Agreements are also kept by hand: these files are small enough to be worked out once more."""
    if prepared.kind is not ImportKind.AGREEMENTS:
        return False
    again = _PLANS[prepared.kind](session, prepared.sheet, prepared.options)
    return again.fingerprint != prepared.plan.fingerprint


def runs(session: Session, actor: Actor) -> list[RunRow]:
    """The last files that were tried or taken."""
    require(actor, Permission.READ_SCHOOLS)
    rows = session.exec(select(ImportRun).order_by(col(ImportRun.at).desc()).limit(LISTED_RUNS)).all()
    return [RunRow(r.id, r.kind, r.at, r.by_name, r.file_name, r.taken, r.counts) for r in rows]


def result(session: Session, actor: Actor, run_id: str, *, files: FileStore) -> Result:
    """The result file of a run: every row with what it did, or what is wrong with it."""
    require(actor, Permission.READ_SCHOOLS)
    run = session.get(ImportRun, run_id)
    if run is None:
        raise NotFoundError(run_id)
    return Result(f"import-{run.kind.value}-{run.at:%Y%m%d-%H%M}.csv", files.get(run.result_sha256))


def _kept(session: Session, actor: Actor, prepared: Prepared, *, taken: bool, files: FileStore, now: datetime) -> Report:
    counts = prepared.plan.counts()
    run = ImportRun(
        id=str(uuid4()),
        kind=prepared.kind,
        at=now,
        by_id=actor.id,
        by_name=actor.name,
        file_name=prepared.sheet.name[:120],
        sha256=prepared.sheet.sha256,
        effective_on=prepared.options.effective_on,
        taken=taken,
        counts=counts,
        result_sha256=files.put(prepared.result),
    )
    session.add(run)
    action = "import.taken" if taken else "import.tried"
    detail = {"kind": prepared.kind.value, **counts}
    audit.record(session, actor, action, ("import_run", run.id), now=now, detail=detail)
    return Report(run.id, prepared.plan, counts)
