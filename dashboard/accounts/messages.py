"""What somebody who asked for access hears; the words are in `data/mail`."""

from dashboard.act import Allowed
from dashboard.i18n import texts
from dashboard.mail.outbox import Envelope
from dashboard.mail.post import write


def access_granted(act: Allowed, to: Envelope) -> None:
    write(act, "access_granted", to)


def new_browser(act: Allowed, to: Envelope) -> None:
    """To one of our own people: somebody signed in as them from a browser that they hadn't used."""
    write(act, "new_browser", to, at=texts(to.language).moment(act.now))


def access_refused(act: Allowed, to: Envelope, *, reason: str) -> None:
    write(act, "access_refused", to, reason=reason)
