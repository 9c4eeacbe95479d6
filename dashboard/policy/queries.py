"""What a rule is now, and what it was. Reading needs no capability: the rules hold for everybody."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, select

from dashboard.permissions import Actor, Permission, require
from dashboard.policy.model import PolicyChange
from dashboard.policy.rules import RULES, Period
from dashboard.settings import Settings


@dataclass(frozen=True, slots=True)
class ChangeRow:
    number: int
    value: Any
    at: datetime
    by: str
    reason: str


def current(session: Session, name: str) -> Any:
    """The newest value of a rule; its default when nobody ever set it."""
    newest = session.exec(
        select(PolicyChange).where(PolicyChange.name == name).order_by(col(PolicyChange.number).desc()).limit(1)
    ).first()
    return newest.value if newest else RULES[name].default if name in RULES else None


def bridge_days(session: Session, settings: Settings) -> tuple[date, ...]:
    """The bridge days by royal decree: those of the settings and those that staff entered."""
    entered = (date.fromisoformat(day) for day in current(session, "bridge_days"))
    return tuple(sorted({*settings.bridge_days, *entered}))


def target_days(session: Session) -> int:
    """Our own goal, in days from receipt."""
    return int(current(session, "internal_target_days"))


def hand_over_days(session: Session) -> int:
    """Our own goal for passing a request to the school, in working days from receipt."""
    return int(current(session, "hand_over_target_days"))


def objection_days(session: Session) -> int:
    """How long a board may object to a new sub-processor, in days from when it was told."""
    return int(current(session, "objection_days"))


def draft_waits_days(session: Session) -> int:
    """After how many days a draft of an annex waits too long."""
    return int(current(session, "draft_waits_days"))


def period(session: Session, name: Period) -> int:
    """A retention period in days."""
    return int(current(session, name.value))


def history(session: Session, actor: Actor, name: str) -> list[ChangeRow]:
    """Every value a rule had, the newest first."""
    require(actor, Permission.READ_POLICY)
    rows = session.exec(select(PolicyChange).where(PolicyChange.name == name).order_by(col(PolicyChange.number).desc())).all()
    return [ChangeRow(row.number, row.value, row.at, row.by_name, row.reason) for row in rows]
