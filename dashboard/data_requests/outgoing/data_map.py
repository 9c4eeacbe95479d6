"""Whether the data map was confirmed: nothing that nobody confirmed goes out as a fact."""

from dashboard.act import Allowed, Seen, asks
from dashboard.data_requests.law.recipients import fingerprint
from dashboard.permissions import Permission
from dashboard.policy.queries import current
from dashboard.policy.service import keep

RULE = "data_map"


@asks(Permission.SET_POLICY)
def confirm(act: Allowed, seen: Seen, *, reason: str) -> bool:
    """The map as it is now is right: with who said so, when, and on what ground. Raises InvalidInputError, StaleError."""
    return keep(act, Seen(RULE, seen.version), fingerprint(), reason=reason)


@asks(Permission.READ_PUBLIC)
def is_confirmed(act: Allowed) -> bool:
    """Whether the map as it is now was confirmed."""
    return bool(current(act, RULE) == fingerprint())
