"""What the publisher's own mailbox gets from the page of documents; the words are in `data/mail`."""

import re

from dashboard.act import Allowed
from dashboard.mail.outbox import Envelope
from dashboard.mail.post import write

_SIGNS = re.compile(r"[<>*_`\[\]]")


def document_asked(act: Allowed, to: Envelope, *, product: str, wanted: str, email: str) -> None:
    # A stranger's words in a mail of ours: each line is marked as theirs, and none becomes a link or stands out.
    said = "\n".join(f"| {_SIGNS.sub(' ', line)}" for line in wanted.splitlines())
    write(act, "document_asked", to, product=product, wanted=said, email=email)
