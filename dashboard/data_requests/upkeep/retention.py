"""What goes when its time is over: files, then the identity and correspondence of old cases; facts and counts stay.

Each purge leaves an event and a line in the list of purges, without the data. That list lies beside the database and not in
it: after a restore of an older backup, `bijsluiter replay-erasures` does again what had been done since.
"""

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import and_, or_
from sqlmodel import col, delete, func, select, update

from dashboard import audit, audit_chain, vault
from dashboard.act import Allowed, asks
from dashboard.audit import Action
from dashboard.data_requests.case.access_model import CaseGrant, MailedLink, SchoolGrant, SchoolKey
from dashboard.data_requests.case.asked import FORGOTTEN, forgotten
from dashboard.data_requests.case.desk_model import CaseMention, CaseRecipient, IdentityDoubt, SearchWord, WaitingAnswer
from dashboard.data_requests.case.events import TYPED_FIELDS, EventKind
from dashboard.data_requests.case.lifecycle import OPEN, Status
from dashboard.data_requests.case.model import Case, CaseEvent, CaseFile, CaseMessage, CaseRight
from dashboard.data_requests.case.moves import add_event
from dashboard.data_requests.case.terms import FilePurpose
from dashboard.data_requests.outgoing.case_files import remove
from dashboard.errors import ConfigurationError
from dashboard.mail import outbox
from dashboard.permissions import Permission
from dashboard.policy.queries import days_of
from dashboard.policy.rules import Term

PURGED = FORGOTTEN
AT_ONCE = 1_000
# The message about the expiry must have gone out before the address goes.
MAIL_GOES_FIRST = timedelta(days=4)


@dataclass(frozen=True, slots=True)
class Purge:
    """What a rule is about to take, or took: ids, never content."""

    rule: str
    case_id: str
    file_id: str = ""


@asks(Permission.RUN_JOBS)
def due(act: Allowed) -> list[Purge]:
    """The dry run: what a purge would take now."""
    return [*_files_due(act), *_cases_due(act)]


@asks(Permission.READ_INSIGHT)
def how_many_due(act: Allowed) -> dict[str, int]:
    """By rule: how much is over its time now."""
    files = {rule: select(func.count()).select_from(CaseFile).where(*each) for rule, each in _files_over(act).items()}
    cases = {rule: select(func.count()).select_from(Case).where(*each) for rule, each in _cases_over(act).items()}
    return {rule.value: act.session.exec(query).one() for rule, query in {**files, **cases}.items()}


@asks(Permission.RUN_JOBS)
def purge(act: Allowed, wanted: Purge) -> bool:
    """Take one thing that was found due, unless it went or its request was opened again meanwhile.

    The ledger is written before it is kept: a purge that isn't in it could come back with a backup. And after all that may fail:
    what it says was taken, was.
    """
    # Who opens it again at the same moment waits, or makes this wait.
    case = act.session.get(Case, wanted.case_id, with_for_update=True, populate_existing=True)
    if case is None or case.closed_at is None or not _is_back(act, wanted):
        return False
    _take(act, [wanted])
    act.session.flush()
    write_ledger(act.settings.ledgers, [wanted], act.now)
    return True


@asks(Permission.RUN_JOBS)
def replay(act: Allowed) -> list[Purge]:
    """After a restore: take again what the ledger says was taken; returns what had come back."""
    back = _back(act)
    _take(act, back)
    return back


@asks(Permission.RUN_JOBS)
def is_behind(act: Allowed) -> bool:
    """Whether something stands in the list of erasures that this database still holds: it is an older one, put back."""
    listed = len(dict.fromkeys(read_ledger(act.settings.ledgers)))
    # Each erasure left a row too: as many say that none is missing, and then nothing need be looked up.
    noted = select(func.count()).select_from(CaseEvent).where(CaseEvent.kind == EventKind.PURGED)
    return listed > act.session.exec(noted).one() and bool(_back(act))


def _back(act: Allowed) -> list[Purge]:
    return [each for each in dict.fromkeys(read_ledger(act.settings.ledgers)) if _is_back(act, each)]


@asks(Permission.RUN_JOBS)
def files_named(act: Allowed, stored: Sequence[str]) -> set[str]:
    """Which of these bytes a file of a case still names."""
    return set(
        act.session.exec(
            select(CaseFile.sha256).where(col(CaseFile.sha256).in_(stored), col(CaseFile.deleted_at).is_(None))
        ).all()
    )


def write_ledger(ledgers: Sequence[Path], purges: list[Purge], now: datetime) -> None:
    """To each place, and to the disk, before anything is taken."""
    lines = [{"at": now.isoformat(), "rule": each.rule, "case": each.case_id, "file": each.file_id} for each in purges]
    for ledger in ledgers:
        ledger.parent.mkdir(parents=True, exist_ok=True)
        with ledger.open("a", encoding="utf-8") as out:
            out.writelines(json.dumps(line) + "\n" for line in lines)
            out.flush()
            os.fsync(out.fileno())


def read_ledger(ledgers: Sequence[Path]) -> Iterator[Purge]:
    """All of them together: one of the places may be older than the other."""
    for ledger in ledgers:
        yield from _lines_of(ledger)


def _lines_of(ledger: Path) -> Iterator[Purge]:
    if not ledger.exists():
        return
    with ledger.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            try:
                row = json.loads(line)
                yield Purge(row["rule"], row["case"], row["file"])
            except (ValueError, KeyError, TypeError) as wrong:
                raise ConfigurationError(f"{ledger}, line {number}, is no line of the list of purges: mend it first") from wrong


def _files_due(act: Allowed) -> list[Purge]:
    found = []
    for rule, conditions in _files_over(act).items():
        rows = act.session.exec(select(CaseFile.id, CaseFile.case_id).where(*conditions).limit(AT_ONCE)).all()
        found += [Purge(rule.value, case_id, file_id) for file_id, case_id in rows]
    return found


def _files_over(act: Allowed) -> dict[Term, tuple[Any, ...]]:
    """Which files are over their time, by rule."""
    kept = {
        FilePurpose.IDENTITY: timedelta(days=days_of(act, Term.IDENTITY_FILE)),
        FilePurpose.ANSWER: timedelta(days=days_of(act, Term.ANSWER)),
    }
    rules = {FilePurpose.IDENTITY: Term.IDENTITY_FILE, FilePurpose.ANSWER: Term.ANSWER}
    return {
        rules[purpose]: (
            CaseFile.case_id == Case.id,
            CaseFile.purpose == purpose,
            col(CaseFile.deleted_at).is_(None),
            col(Case.closed_at).is_not(None),
            col(Case.closed_at) <= act.now - lasts,
        )
        for purpose, lasts in kept.items()
    }


def _cases_due(act: Allowed) -> list[Purge]:
    return [
        Purge(rule.value, case_id)
        for rule, conditions in _cases_over(act).items()
        for case_id in act.session.exec(select(Case.id).where(*conditions).limit(AT_ONCE)).all()
    ]


def _cases_over(act: Allowed) -> dict[Term, tuple[Any, ...]]:
    """Old cases; those that were never confirmed go as soon as they expired, and withdrawn ones as if they had."""
    limit = act.now - timedelta(days=days_of(act, Term.CORRESPONDENCE))
    unconfirmed = act.now - timedelta(days=days_of(act, Term.UNVERIFIED))
    expired = and_(col(Case.status) == Status.EXPIRED, col(Case.closed_at) <= act.now - MAIL_GOES_FIRST)
    withdrawn = and_(col(Case.status) == Status.WITHDRAWN, col(Case.verified_at).is_(None), col(Case.submitted_at) <= unconfirmed)
    there = col(Case.purged_at).is_(None)
    return {
        Term.UNVERIFIED: (there, or_(expired, withdrawn)),
        # Ended ones by their statuses: so the index finds them, whatever came to an end since.
        Term.CORRESPONDENCE: (there, col(Case.status).in_(set(Status) - OPEN), col(Case.closed_at) <= limit),
    }


def _take(act: Allowed, wanted: list[Purge]) -> None:
    for each in wanted:
        case = act.session.get(Case, each.case_id)
        if case is None:
            continue
        if each.file_id:
            row = act.session.get(CaseFile, each.file_id)
            if row and row.deleted_at is None:
                remove(act, row)
        else:
            _forget(act, case)
        add_event(act, case, EventKind.PURGED, fields={"rule": each.rule})
        audit.record(act, Action.CASE_PURGE, case.id, rule=each.rule, of="file" if each.file_id else audit_chain.WHOLE)


def _forget(act: Allowed, case: Case) -> None:
    """Everything that says who it was and what was said; dates, rights, outcomes and grounds stay."""
    for row in act.session.exec(select(CaseFile).where(CaseFile.case_id == case.id, col(CaseFile.deleted_at).is_(None))).all():
        remove(act, row)
    for table in (CaseMessage, CaseMention, SearchWord, WaitingAnswer, MailedLink, CaseGrant, SchoolGrant, SchoolKey):
        act.session.exec(delete(table).where(col(table.case_id) == case.id))
    outbox.forget(act, case.id)
    empty = {"reason": "", "evidence": "", "wrong_field": "", "right_value": ""}
    act.session.exec(update(CaseRight).where(col(CaseRight.case_id) == case.id).values(**empty))
    act.session.exec(update(CaseRecipient).where(col(CaseRecipient.case_id) == case.id).values(reason=""))
    act.session.exec(update(IdentityDoubt).where(col(IdentityDoubt.case_id) == case.id).values(reason=PURGED))
    for event in act.session.exec(select(CaseEvent).where(CaseEvent.case_id == case.id)).all():
        if TYPED_FIELDS & event.fields.keys():
            event.fields = {name: PURGED if name in TYPED_FIELDS else value for name, value in event.fields.items()}
    for name, left in forgotten().items():
        setattr(case, name, left)
    case.postal_address, case.purged_at = "", act.now
    # The code that opened it opens nothing any more.
    case.code_hmac = PURGED
    act.session.add(case)
    act.session.flush()
    # Whatever copy is left of what was sealed, in a log or a page of the file that is used no more: nothing opens it.
    vault.forget(act.session, case.id)
    audit_chain.purge_with(act, case.id)


def _is_back(act: Allowed, each: Purge) -> bool:
    case = act.session.get(Case, each.case_id)
    if case is None:
        return False
    if not each.file_id:
        return case.purged_at is None
    row = act.session.get(CaseFile, each.file_id)
    return row is not None and row.deleted_at is None
