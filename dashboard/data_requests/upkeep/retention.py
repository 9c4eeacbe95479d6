"""What goes when its time is over: files, then the identity and correspondence of old cases; facts and counts stay.

Each purge leaves an event and a line in the list of purges, without the data. That list lies beside the database and not in
it: after a restore of an older backup, `bijsluiter replay-erasures` does again what had been done since.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlmodel import Session, col, delete, select, update

from dashboard import audit
from dashboard.data_requests.case.access_model import CaseGrant, MailedLink, SchoolGrant, SchoolKey
from dashboard.data_requests.case.desk_model import CaseMention, CaseRecipient, IdentityDoubt, SearchWord
from dashboard.data_requests.case.events import EventKind
from dashboard.data_requests.case.lifecycle import Status
from dashboard.data_requests.case.model import Case, CaseEvent, CaseFile, CaseMessage, CaseRight, FilePurpose
from dashboard.data_requests.case.moves import add_event
from dashboard.data_requests.outgoing.case_files import remove
from dashboard.files import FileStore
from dashboard.mail.model import OutgoingMail
from dashboard.permissions import Actor, Permission, require
from dashboard.policy.queries import period
from dashboard.policy.rules import Period

PURGED = "-"
AT_ONCE = 1_000
# The message about the expiry must have gone out before the address goes.
MAIL_GOES_FIRST = timedelta(days=4)
# Text that people typed stands in these fields of events; the rest are enums, dates and ids.
_TYPED_FIELDS = frozenset({"school", "wrong_field"})


@dataclass(frozen=True, slots=True)
class Purge:
    """What a rule is about to take, or took: ids, never content."""

    rule: str
    case_id: str
    file_id: str = ""


def due(session: Session, actor: Actor, *, now: datetime) -> list[Purge]:
    """The dry run: what a purge would take now."""
    require(actor, Permission.RUN_JOBS)
    return [*_files_due(session, now), *_cases_due(session, now)]


def purge(session: Session, actor: Actor, *, files: FileStore, ledger: Path, now: datetime) -> list[Purge]:
    """Take what is due. The ledger is written first: a purge that isn't in it could come back with a backup."""
    wanted = due(session, actor, now=now)
    write_ledger(ledger, wanted, now)
    _take(session, actor, wanted, files, now)
    return wanted


def replay(session: Session, actor: Actor, *, files: FileStore, ledger: Path, now: datetime) -> list[Purge]:
    """After a restore: take again what the ledger says was taken; returns what had come back."""
    require(actor, Permission.RUN_JOBS)
    back = [each for each in dict.fromkeys(read_ledger(ledger)) if _is_back(session, each)]
    _take(session, actor, back, files, now)
    return back


def write_ledger(ledger: Path, purges: list[Purge], now: datetime) -> None:
    if not purges:
        return
    ledger.parent.mkdir(parents=True, exist_ok=True)
    with ledger.open("a", encoding="utf-8") as out:
        for each in purges:
            line = {"at": now.isoformat(), "rule": each.rule, "case": each.case_id, "file": each.file_id}
            out.write(json.dumps(line) + "\n")


def read_ledger(ledger: Path) -> Iterator[Purge]:
    if not ledger.exists():
        return
    with ledger.open(encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            yield Purge(row["rule"], row["case"], row["file"])


def _files_due(session: Session, now: datetime) -> list[Purge]:
    kept = {
        FilePurpose.IDENTITY: timedelta(days=period(session, Period.IDENTITY_FILE)),
        FilePurpose.ANSWER: timedelta(days=period(session, Period.ANSWER)),
    }
    rules = {FilePurpose.IDENTITY: Period.IDENTITY_FILE, FilePurpose.ANSWER: Period.ANSWER}
    found = []
    for purpose, lasts in kept.items():
        rows = session.exec(
            select(CaseFile.id, CaseFile.case_id)
            .where(
                CaseFile.case_id == Case.id,
                CaseFile.purpose == purpose,
                col(CaseFile.deleted_at).is_(None),
                col(Case.closed_at).is_not(None),
                col(Case.closed_at) <= now - lasts,
            )
            .limit(AT_ONCE)
        ).all()
        found += [Purge(rules[purpose].value, case_id, file_id) for file_id, case_id in rows]
    return found


def _cases_due(session: Session, now: datetime) -> list[Purge]:
    """Old cases; those that were never confirmed go as soon as they expired."""
    limit = now - timedelta(days=period(session, Period.CORRESPONDENCE))
    old = select(Case.id).where(col(Case.purged_at).is_(None), col(Case.closed_at) <= limit)
    never = select(Case.id).where(
        col(Case.purged_at).is_(None), Case.status == Status.EXPIRED, col(Case.closed_at) <= now - MAIL_GOES_FIRST
    )
    return [
        *(Purge(Period.UNVERIFIED.value, case_id) for case_id in session.exec(never.limit(AT_ONCE)).all()),
        *(Purge(Period.CORRESPONDENCE.value, case_id) for case_id in session.exec(old.limit(AT_ONCE)).all()),
    ]


def _take(session: Session, actor: Actor, wanted: list[Purge], files: FileStore, now: datetime) -> None:
    for each in wanted:
        case = session.get(Case, each.case_id)
        if case is None:
            continue
        if each.file_id:
            row = session.get(CaseFile, each.file_id)
            if row and row.deleted_at is None:
                remove(session, row, files=files, now=now)
        else:
            _forget(session, case, files, now)
        add_event(session, actor, case, EventKind.PURGED, now=now, fields={"rule": each.rule})
        audit.record(session, actor, "case.purge", ("case", case.id), now=now, detail={"rule": each.rule})


def _forget(session: Session, case: Case, files: FileStore, now: datetime) -> None:
    """Everything that says who it was and what was said; dates, rights, outcomes and grounds stay."""
    for row in session.exec(select(CaseFile).where(CaseFile.case_id == case.id, col(CaseFile.deleted_at).is_(None))).all():
        remove(session, row, files=files, now=now)
    for table in (CaseMessage, CaseMention, SearchWord, MailedLink, CaseGrant, SchoolGrant, SchoolKey):
        session.exec(delete(table).where(col(table.case_id) == case.id))
    session.exec(delete(OutgoingMail).where(col(OutgoingMail.case_id) == case.id))
    empty = {"reason": "", "evidence": "", "wrong_field": "", "right_value": ""}
    session.exec(update(CaseRight).where(col(CaseRight.case_id) == case.id).values(**empty))
    session.exec(update(CaseRecipient).where(col(CaseRecipient.case_id) == case.id).values(reason=""))
    session.exec(update(IdentityDoubt).where(col(IdentityDoubt.case_id) == case.id).values(reason=PURGED))
    for event in session.exec(select(CaseEvent).where(CaseEvent.case_id == case.id)).all():
        if _TYPED_FIELDS & event.fields.keys():
            event.fields = {name: PURGED if name in _TYPED_FIELDS else value for name, value in event.fields.items()}
    case.name, case.email, case.explanation = PURGED, "", PURGED
    case.school_name = case.subject_name = case.postal_address = ""
    case.born_on, case.purged_at = None, now
    # The code that opened it opens nothing any more.
    case.code_hmac = PURGED
    session.add(case)
    session.flush()


def _is_back(session: Session, each: Purge) -> bool:
    case = session.get(Case, each.case_id)
    if case is None:
        return False
    if not each.file_id:
        return case.purged_at is None
    row = session.get(CaseFile, each.file_id)
    return row is not None and row.deleted_at is None
