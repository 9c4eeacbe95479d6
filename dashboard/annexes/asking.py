"""Somebody looks for a document that isn't open: their question goes to the publisher's own mailbox, and nowhere else."""

from datetime import timedelta

from dashboard import audit, limits
from dashboard.act import Allowed, asks
from dashboard.addresses import letterbox, normalized_or_empty
from dashboard.annexes import messages
from dashboard.annexes.model import Product
from dashboard.audit import Action
from dashboard.content import organisation
from dashboard.errors import reject
from dashboard.limits import Limit
from dashboard.mail.outbox import Envelope
from dashboard.permissions import Permission
from dashboard.typed import body_of

LONGEST_QUESTION = 1_000
# A school of sixty behind one address asks a few; nobody fills the publisher's mailbox.
FROM_AN_ADDRESS = Limit("document asked from an address", 10, timedelta(hours=1))
FOR_A_MAILBOX = Limit("document asked for a mailbox", 5, timedelta(days=1))
IN_ALL = Limit("document asked", 100, timedelta(days=1))


@asks(Permission.READ_PUBLIC)
def ask_for(act: Allowed, product: str, wanted: str, email: str, *, address: str) -> None:
    """`product`: its slug, or nothing. `address`: the network that it comes from. Raises InvalidInputError, TooMuchError."""
    said, answer_to = body_of(wanted).strip(), normalized_or_empty(email)
    found = act.session.get(Product, product) if product else None
    problems = {}
    if not said:
        problems["wanted"] = "invalid.document_wanted"
    elif len(said) > LONGEST_QUESTION:
        problems["wanted"] = "invalid.document_wanted_long"
    if not answer_to:
        problems["email"] = "invalid.email"
    reject(problems)
    limits.take(act, (FROM_AN_ADDRESS, address), (FOR_A_MAILBOX, letterbox(answer_to)), (IN_ALL, ""))
    name = found.name if found else ""
    messages.document_asked(act, Envelope(organisation().email), product=name, wanted=said, email=answer_to)
    audit.record(act, Action.DOCUMENT_ASKED, found.slug if found else "")
