"""Setting a rule: a new row, never a changed one."""

from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlmodel import Session, func, select

from dashboard import audit
from dashboard.errors import InvalidInputError
from dashboard.permissions import Actor, Permission, require
from dashboard.policy.model import PolicyChange
from dashboard.policy.queries import current
from dashboard.policy.rules import checked

LONGEST_REASON = 500


def set_rule(session: Session, actor: Actor, name: str, value: Any, *, reason: str, now: datetime) -> bool:
    """Set one of the rules; whether that changed anything. Raises InvalidInputError."""
    require(actor, Permission.SET_POLICY)
    try:
        wanted = checked(name, value)
    except (ValueError, TypeError) as wrong:
        raise InvalidInputError({"value": f"invalid.policy.{name}"}) from wrong
    return keep(session, actor, name, wanted, reason=reason, now=now)


def keep(session: Session, actor: Actor, name: str, value: Any, *, reason: str, now: datetime) -> bool:
    """Store a value that was checked by its owner, with who, when and why."""
    require(actor, Permission.SET_POLICY)
    said = " ".join(reason.split())
    if not 0 < len(said) <= LONGEST_REASON:
        raise InvalidInputError({"reason": "invalid.policy_reason"})
    if current(session, name) == value:
        return False
    last = session.exec(select(func.max(PolicyChange.number)).where(PolicyChange.name == name)).one()
    session.add(
        PolicyChange(
            id=str(uuid4()),
            name=name,
            number=(last or 0) + 1,
            value=value,
            at=now,
            by_id=actor.id,
            by_name=actor.name,
            reason=said,
        )
    )
    session.flush()
    audit.record(session, actor, "policy.set", ("policy", name), now=now)
    return True
