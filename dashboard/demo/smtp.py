"""The demo's mail server, on loopback."""

from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Mailbox

from dashboard.demo.mailbox import folder
from dashboard.settings import Settings


def smtp_server(settings: Settings) -> Controller:
    """It keeps every mail in the mailbox; `start()` and `stop()` it."""
    place = folder(settings)
    place.parent.mkdir(parents=True, exist_ok=True)
    return Controller(Mailbox(place), hostname=settings.smtp_host, port=settings.smtp_port)
