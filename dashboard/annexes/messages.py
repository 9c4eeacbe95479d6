"""What the publisher's own mailbox gets from the page of documents; the words are in `data/mail`."""

from dashboard.act import Allowed
from dashboard.mail.outbox import Envelope
from dashboard.mail.post import write


def document_asked(act: Allowed, to: Envelope, *, product: str, wanted: str, email: str) -> None:
    write(act, "document_asked", to, product=product, wanted=wanted, email=email)
