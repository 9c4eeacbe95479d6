"""The demo's mail, read from the Maildir in which its mail server keeps what it gets."""

import mailbox
import re
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.parser import BytesParser
from email.utils import parsedate_to_datetime
from pathlib import Path

from dashboard.errors import NotFoundError
from dashboard.permissions import Actor, Permission, require
from dashboard.settings import Settings

SHOWN = 50
_LINK = re.compile(r"https?://\S+#[^\s>]+")


@dataclass(frozen=True, slots=True)
class Mail:
    at: datetime
    recipient: str
    subject: str
    body: str
    link: str


def folder(settings: Settings) -> Path:
    return settings.data_dir / "mailbox"


def received(actor: Actor, settings: Settings) -> list[Mail]:
    """The newest mails first. Only in the demo: elsewhere there is no such page and no such mail."""
    require(actor, Permission.READ_DEMO_MAILBOX)
    if not settings.demo:
        raise NotFoundError
    if not folder(settings).exists():
        return []
    box = mailbox.Maildir(folder(settings), create=False)
    newest = sorted(box.keys(), reverse=True)[:SHOWN]
    return sorted((_read(box.get_bytes(key)) for key in newest), key=lambda mail: mail.at, reverse=True)


def _read(raw: bytes) -> Mail:
    message = BytesParser(policy=policy.default).parsebytes(raw)
    part = message.get_body(("plain",))
    body = part.get_content() if part else ""
    link = _LINK.search(body)
    return Mail(
        parsedate_to_datetime(message["date"]),
        str(message["to"]),
        str(message["subject"]),
        body,
        link.group() if link else "",
    )
