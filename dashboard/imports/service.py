"""Trying a file and taking it. Both leave a row with the result of every line; taking is one transaction, whole or not at all."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from sqlmodel import Session, col, select

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


def look(  # noqa: PLR0913  a file and what was chosen with it
    session: Session,
    actor: Actor,
    kind: ImportKind,
    sheet: Sheet,
    options: Options,
    *,
    texts: Texts,
    files: FileStore,
    now: datetime,
) -> Report:
    """What the file would change, without changing anything of it."""
    require(actor, Permission.MANAGE_SCHOOLS)
    made = _PLANS[kind](session, sheet, options)
    return _kept(session, actor, kind, sheet, options, made, taken=False, texts=texts, files=files, now=now)


def take(  # noqa: PLR0913  a file and what was chosen with it
    session: Session,
    actor: Actor,
    kind: ImportKind,
    sheet: Sheet,
    options: Options,
    *,
    expected: str = "",
    skip_wrong: bool = False,
    texts: Texts,
    files: FileStore,
    now: datetime,
) -> Report:
    """Import the file. With wrong rows it is refused, unless `skip_wrong`: then those rows are left out whole.

    `expected` is the fingerprint of the plan that was looked at: StaleError when it would be another by now.
    """
    require(actor, Permission.MANAGE_SCHOOLS)
    made = _PLANS[kind](session, sheet, options)
    if expected and made.fingerprint != expected:
        raise StaleError
    if made.counts()[Verb.WRONG.value] and not skip_wrong:
        raise InvalidInputError({"file": "invalid.import_rows"})
    carry_out(session, made)
    return _kept(session, actor, kind, sheet, options, made, taken=True, texts=texts, files=files, now=now)


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


def _kept(  # noqa: PLR0913  everything that the run was
    session: Session,
    actor: Actor,
    kind: ImportKind,
    sheet: Sheet,
    options: Options,
    made: Plan,
    *,
    taken: bool,
    texts: Texts,
    files: FileStore,
    now: datetime,
) -> Report:
    counts = made.counts()
    run = ImportRun(
        id=str(uuid4()),
        kind=kind,
        at=now,
        by_id=actor.id,
        by_name=actor.name,
        file_name=sheet.name[:120],
        sha256=sheet.sha256,
        effective_on=options.effective_on,
        taken=taken,
        counts=counts,
        result_sha256=files.put(as_csv(made, sheet, texts)),
    )
    session.add(run)
    action = "import.taken" if taken else "import.tried"
    audit.record(session, actor, action, ("import_run", run.id), now=now, detail={"kind": kind.value, **counts})
    return Report(run.id, made, counts)
