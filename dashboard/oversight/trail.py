"""Who did, read or tried what, when, about whom: for the privacy officer and the auditor. That they look is a row too."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement
from sqlmodel import and_, col, func, or_, select

from dashboard import audit, audit_chain
from dashboard.accounts.known import staff_of
from dashboard.accounts.queries import names_of
from dashboard.act import Allowed, asks
from dashboard.audit import DENIED, DONE, Action, AuditRow
from dashboard.audit_chain import AuditLink, Head
from dashboard.clock import local_midnight
from dashboard.data_requests.case.codes import normal_reference
from dashboard.data_requests.case.reach import references_of
from dashboard.data_requests.desk.looking import terms_of
from dashboard.permissions import Permission

PAGE_SIZE = 50
DEFAULT_DAYS = 30
AT_ONCE = 2_000
# An export of more than this is asked for in parts.
MOST_EXPORTED = 200_000


@dataclass(frozen=True, slots=True)
class Asked:
    """Which rows: on these days, both inclusive; empty means any."""

    first: date
    last: date
    # A person of ours, or a role.
    who: str = ""
    what: str = ""
    outcome: str = ""
    # A reference of a request, or the id of anything.
    about: str = ""

    @classmethod
    def of(cls, given: Mapping[str, str], today: date) -> "Asked":
        """As an address says it; what can't be understood counts as not said."""
        last = _day(given.get("to", ""), today)
        first = min(_day(given.get("from", ""), today - timedelta(days=DEFAULT_DAYS)), last)
        return cls(
            first,
            last,
            who=given.get("who", "")[:80],
            what=given.get("what", "") if given.get("what", "") in {each.value for each in Action} else "",
            outcome=given.get("outcome", "") if given.get("outcome", "") in {DONE, DENIED} else "",
            about=given.get("about", "").strip()[:80],
        )

    @property
    def query(self) -> dict[str, str]:
        days = {"from": self.first.isoformat(), "to": self.last.isoformat()}
        said = {"who": self.who, "what": self.what, "outcome": self.outcome, "about": self.about}
        return days | {name: value for name, value in said.items() if value}


@dataclass(frozen=True, slots=True)
class Cursor:
    at: datetime
    id: str


@dataclass(frozen=True, slots=True)
class TrailRow:
    """`reference`: of the request that it is about, while we have it. `number`: its place in the chain, once it has one."""

    id: str
    number: int | None
    at: datetime
    role: str
    who: str
    actor_id: str
    action: str
    kind: str
    subject_id: str
    reference: str
    denied: bool
    detail: dict[str, Any]


@dataclass(frozen=True, slots=True)
class TrailPage:
    rows: tuple[TrailRow, ...]
    next: Cursor | None


@asks(Permission.READ_AUDIT)
def trail(act: Allowed, asked: Asked, *, searched: str = "", start: Cursor | None = None) -> TrailPage:
    """A page of rows, the newest first. `searched`: only searches for these words, which the trail holds under a key."""
    where = _where(act, asked)
    if searched.strip():
        where.append(col(AuditRow.detail)["terms"].as_string() == terms_of(act, searched))
    if start:
        where.append(or_(col(AuditRow.at) < start.at, and_(col(AuditRow.at) == start.at, col(AuditRow.id) < start.id)))
    query = select(AuditRow).where(*where).order_by(col(AuditRow.at).desc(), col(AuditRow.id).desc()).limit(PAGE_SIZE + 1)
    found = act.session.exec(query).all()
    shown = found[:PAGE_SIZE]
    more = Cursor(shown[-1].at, shown[-1].id) if len(found) > PAGE_SIZE else None
    return TrailPage(tuple(_rows(act, shown)), more)


@asks(Permission.READ_AUDIT)
def people(act: Allowed) -> dict[str, str]:
    """Those of ours whose doings can be picked: names by id."""
    return staff_of(act)


@asks(Permission.READ_AUDIT)
def head(act: Allowed) -> Head:
    """The last link of the chain: what the morning mail said and `bijsluiter audit verify` says."""
    return audit_chain.newest(act)


@asks(Permission.READ_AUDIT)
def note_look(act: Allowed) -> None:
    audit.record(act, Action.AUDIT_READ, act.actor.id)


@asks(Permission.READ_AUDIT)
def how_many(act: Allowed, asked: Asked) -> int:
    return act.session.exec(select(func.count()).select_from(AuditRow).where(*_where(act, asked))).one()


@asks(Permission.READ_AUDIT)
def note_export(act: Allowed, asked: Asked, rows: int) -> None:
    """That the trail was taken out, and how much of it."""
    act.require_fresh()
    audit.record(act, Action.AUDIT_TAKEN, act.actor.id, first=asked.first.isoformat(), last=asked.last.isoformat(), rows=rows)


@asks(Permission.READ_AUDIT)
def piece(act: Allowed, asked: Asked, start: Cursor | None) -> TrailPage:
    """Some of an export, the oldest first."""
    where = _where(act, asked)
    if start:
        where.append(or_(col(AuditRow.at) > start.at, and_(col(AuditRow.at) == start.at, col(AuditRow.id) > start.id)))
    found = act.session.exec(select(AuditRow).where(*where).order_by(col(AuditRow.at), col(AuditRow.id)).limit(AT_ONCE)).all()
    more = Cursor(found[-1].at, found[-1].id) if len(found) == AT_ONCE else None
    return TrailPage(tuple(_rows(act, found)), more)


def _where(act: Allowed, asked: Asked) -> list[ColumnElement[bool]]:
    where = [
        col(AuditRow.at) >= local_midnight(asked.first),
        col(AuditRow.at) < local_midnight(asked.last + timedelta(days=1)),
    ]
    if asked.who:
        where.append(or_(col(AuditRow.actor_id) == asked.who, col(AuditRow.actor_role) == asked.who))
    if asked.what:
        where.append(col(AuditRow.action) == asked.what)
    if asked.outcome:
        where.append(col(AuditRow.outcome) == asked.outcome)
    if asked.about:
        reference = normal_reference(asked.about) or ""
        ids = [asked.about, reference, *(references_of(act, reference=reference) if reference else ())]
        where.append(col(AuditRow.subject_id).in_([each for each in ids if each]))
    return where


def _rows(act: Allowed, found: Sequence[AuditRow]) -> Iterator[TrailRow]:
    names = names_of(act, [row.actor_id for row in found])
    references = references_of(act, ids=[row.subject_id for row in found if row.subject_kind == "case"])
    links = select(AuditLink.row_id, AuditLink.number).where(col(AuditLink.row_id).in_([row.id for row in found]))
    numbers = dict(act.session.exec(links).all())
    for row in found:
        yield TrailRow(
            id=row.id,
            number=numbers.get(row.id),
            at=row.at,
            role=row.actor_role,
            who=names.get(row.actor_id, ""),
            actor_id=row.actor_id,
            action=row.action,
            kind=row.subject_kind,
            subject_id=row.subject_id,
            reference=references.get(row.subject_id, row.subject_id if row.subject_kind == "reference" else ""),
            denied=row.outcome == DENIED,
            detail=row.detail,
        )


def told(row: TrailRow) -> str:
    """The facts of a row, as text."""
    return json.dumps(row.detail, ensure_ascii=False, sort_keys=True) if row.detail else ""


def _day(text: str, default: date) -> date:
    try:
        return date.fromisoformat(text) if text else default
    except ValueError:
        return default
