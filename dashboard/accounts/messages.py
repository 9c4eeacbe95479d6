"""What somebody who asked for access hears; the words are in `data/mail`."""

from dashboard.act import Allowed
from dashboard.mail.outbox import Envelope
from dashboard.mail.post import write


def access_granted(act: Allowed, to: Envelope) -> None:
    write(act, "access_granted", to)


def access_refused(act: Allowed, to: Envelope, *, reason: str) -> None:
    write(act, "access_refused", to, reason=reason)
