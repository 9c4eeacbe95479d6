"""How often a mailbox hears from us because somebody typed its address: it may be anybody's."""

from datetime import timedelta

from dashboard import limits
from dashboard.act import Allowed
from dashboard.addresses import letterbox
from dashboard.limits import Limit

# To one mailbox, known or not.
MAILS_AN_HOUR = Limit("mail to a mailbox", 3, timedelta(hours=1))


def waits(act: Allowed, email: str) -> timedelta:
    """How long the next mail to this unproven address waits, and that it goes then."""
    found = timedelta(seconds=limits.wait(act, MAILS_AN_HOUR, letterbox(email)))
    limits.count(act, MAILS_AN_HOUR, letterbox(email), at=act.now + found)
    return found
