"""Setting a rule: a new row, never a changed one."""

from typing import Any

from dashboard import audit
from dashboard.act import Allowed, Seen, asks
from dashboard.audit import Action
from dashboard.errors import InvalidInputError
from dashboard.permissions import Permission
from dashboard.policy.model import PolicyChange
from dashboard.policy.queries import RULES_KNOWN, current, newest_number
from dashboard.policy.rules import checked

LONGEST_REASON = 500


@asks(Permission.SET_POLICY)
def set_rule(act: Allowed, seen: Seen, value: Any, *, reason: str) -> bool:
    """Set the rule that was seen; whether that changed anything. Raises InvalidInputError, StaleError."""
    try:
        wanted = checked(seen.id, value)
    except (ValueError, TypeError) as wrong:
        raise InvalidInputError({"value": f"invalid.policy.{seen.id}"}) from wrong
    return keep(act, seen, wanted, reason=reason)


def keep(act: Allowed, seen: Seen, value: Any, *, reason: str) -> bool:
    """Store a value that was checked by its owner, with who, when and why."""
    act.require_fresh()
    said = " ".join(reason.split())
    if not 0 < len(said) <= LONGEST_REASON:
        raise InvalidInputError({"reason": "invalid.policy_reason"})
    last = newest_number(act, seen.id)
    seen.compare(last)
    if current(act, seen.id) == value:
        return False
    act.session.add(
        PolicyChange(
            name=seen.id,
            number=last + 1,
            value=value,
            at=act.now,
            by_id=act.actor.id,
            by_name=act.actor.name,
            reason=said,
        )
    )
    act.session.flush()
    act.session.info.pop(RULES_KNOWN, None)
    audit.record(act, Action.POLICY_SET, seen.id)
    return True
