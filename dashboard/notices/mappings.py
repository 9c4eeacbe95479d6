"""Ending a mapping of an organisation, with all that hangs on it."""

from dashboard.accounts.keys import end_keys
from dashboard.accounts.mappings import drop_mapping
from dashboard.act import Allowed, Seen, asks
from dashboard.notices.subscriptions import end_subscriptions
from dashboard.permissions import Permission


@asks(Permission.MANAGE_SCHOOLS)
def remove_mapping(act: Allowed, seen: Seen) -> None:
    """From now on nobody of that organisation is let in: entitlements are worked out anew at every run. Keys and mail that were
    arranged for the same board or school end too, since one can't tell who of them came in this way.
    """
    scope = drop_mapping(act, seen)
    end_keys(act, scope)
    end_subscriptions(act, scope)
