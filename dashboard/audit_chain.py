"""The audit trail as a chain: each row is linked to the one before, so that none is changed, taken out, put in or moved unseen.

The database refuses to change or delete a row (migration 0014). Who gets past that, with the rights of its owner, breaks the
chain from there on; who makes all of it anew ends with another head than the one that was mailed the morning before.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlmodel import Field, and_, col, delete, select

from dashboard.act import Allowed, asks
from dashboard.audit import Action, AuditRow
from dashboard.db import Base, UtcDateTime, one_at_a_time, store
from dashboard.permissions import Permission

AT_ONCE = 5_000
# Any number, as long as it is ours alone: one process links at a time.
LOCK = 20_261_126
BEGINNING = "0" * 64
# What a purge took: all of a request, and not a file of it.
WHOLE = "case"


class AuditLink(Base, table=True):
    """A row's place in the chain: the digest of what it says, and of that with everything before it."""

    __tablename__ = "audit_link"

    number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    row_id: str = Field(unique=True, max_length=36)
    row_digest: str = Field(max_length=64)
    chain: str = Field(max_length=64)


class AuditUnlinked(Base, table=True):
    """A row that has no place yet; the database puts it here with the row itself."""

    __tablename__ = "audit_unlinked"

    row_id: str = Field(primary_key=True, max_length=36)


class AuditPurged(Base, table=True):
    """A row that went with the request that it was about, when that was forgotten; its link stays."""

    __tablename__ = "audit_purged"

    row_id: str = Field(primary_key=True, max_length=36)
    case_id: str = Field(max_length=36)
    at: datetime = Field(sa_type=UtcDateTime)


class Break(StrEnum):
    """How a row isn't what was linked."""

    CHANGED = "changed"
    GONE = "gone"
    # In the trail, but neither linked nor waiting to be.
    ADDED = "added"
    # Its link isn't what follows from the link before.
    UNLINKED = "unlinked"


@dataclass(frozen=True, slots=True)
class Broken:
    number: int
    row_id: str
    how: Break


@dataclass(frozen=True, slots=True)
class Head:
    """The last link: how many rows, and the digest of all of them."""

    number: int
    chain: str


@asks(Permission.RUN_JOBS)
def link(act: Allowed) -> int:
    """Give the rows that have none their place in the chain, the oldest first; returns how many."""
    return _link(act)


def purge_with(act: Allowed, case_id: str) -> None:
    """Take the rows about a request that is forgotten. Their links stay, so that the chain still holds; what says that they went
    can be checked: the request must be forgotten, and that it was forgotten stays as a row.
    """
    while _link(act):
        pass
    about = (AuditRow.subject_kind == "case", AuditRow.subject_id == case_id, AuditRow.action != Action.CASE_PURGE.value)
    ids = act.session.exec(select(AuditRow.id).where(*about)).all()
    store(act.session, *(AuditPurged(row_id=each, case_id=case_id, at=act.now) for each in ids))
    act.session.exec(delete(AuditRow).where(col(AuditRow.id).in_(ids)))


def newest(act: Allowed) -> Head:
    return _head(act)


def _link(act: Allowed) -> int:
    one_at_a_time(act.session, LOCK)
    query = select(AuditRow).join(AuditUnlinked, col(AuditUnlinked.row_id) == col(AuditRow.id))
    rows = act.session.exec(query.order_by(col(AuditRow.at), col(AuditRow.id)).limit(AT_ONCE)).all()
    at = _head(act)
    number, chain = at.number, at.chain
    links = []
    for row in rows:
        digest = digest_of(row)
        number, chain = number + 1, _next(chain, number + 1, digest)
        links.append(AuditLink(number=number, row_id=row.id, row_digest=digest, chain=chain))
    store(act.session, *links)
    act.session.exec(delete(AuditUnlinked).where(col(AuditUnlinked.row_id).in_([row.id for row in rows])))
    return len(rows)


@asks(Permission.RUN_JOBS)
def head(act: Allowed) -> Head:
    return _head(act)


@asks(Permission.RUN_JOBS)
def breaks(act: Allowed) -> Iterator[Broken]:
    """Everything that isn't as it was linked, in the order of the chain."""
    chain, expected = BEGINNING, 0
    joined = select(AuditLink, AuditRow, AuditPurged.row_id).outerjoin(AuditRow, col(AuditRow.id) == col(AuditLink.row_id))
    # That a request was forgotten is a row of its own, and stays: nothing else takes rows along.
    said = (AuditRow.action == Action.CASE_PURGE.value, col(AuditRow.detail)["of"].as_string() == WHOLE)
    went = and_(
        col(AuditPurged.row_id) == col(AuditLink.row_id), col(AuditPurged.case_id).in_(select(AuditRow.subject_id).where(*said))
    )
    joined = joined.outerjoin(AuditPurged, went)
    for each, row, purged in act.session.exec(joined.order_by(col(AuditLink.number)).execution_options(yield_per=AT_ONCE)):
        expected += 1
        if row is None and purged is None:
            yield Broken(each.number, each.row_id, Break.GONE)
        elif row is not None and digest_of(row) != each.row_digest:
            yield Broken(each.number, each.row_id, Break.CHANGED)
        chain = _next(chain, expected, each.row_digest)
        if (each.number, each.chain) != (expected, chain):
            yield Broken(each.number, each.row_id, Break.UNLINKED)
            # Said once: go on from what stands there.
            chain, expected = each.chain, each.number
    linked, waiting = select(AuditLink.row_id), select(AuditUnlinked.row_id)
    added = select(AuditRow.id).where(col(AuditRow.id).not_in(linked), col(AuditRow.id).not_in(waiting))
    for row_id in act.session.exec(added.order_by(col(AuditRow.at), col(AuditRow.id))):
        yield Broken(0, row_id, Break.ADDED)


def digest_of(row: AuditRow) -> str:
    """Of everything that a row says."""
    said: list[Any] = [row.id, row.at.isoformat(), row.actor_role, row.actor_id, row.action, row.subject_kind, row.subject_id]
    said += [row.outcome, row.detail]
    return hashlib.sha256(json.dumps(said, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _head(act: Allowed) -> Head:
    last = act.session.exec(select(AuditLink).order_by(col(AuditLink.number).desc()).limit(1)).first()
    return Head(last.number, last.chain) if last else Head(0, BEGINNING)


def _next(chain: str, number: int, digest: str) -> str:
    return hashlib.sha256(f"{chain}|{number}|{digest}".encode()).hexdigest()
