"""What somebody who asked for access hears; the words are in `data/mail`."""

from dashboard.act import Act, step
from dashboard.mail.outbox import Envelope
from dashboard.mail.post import write


@step
def access_granted(act: Act, to: Envelope) -> None:
    write(act, "access_granted", to)


@step
def access_refused(act: Act, to: Envelope, *, reason: str) -> None:
    write(act, "access_refused", to, reason=reason)
