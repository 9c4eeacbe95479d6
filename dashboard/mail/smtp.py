"""One message to an SMTP server, and which failures pass."""

import smtplib
from email.message import EmailMessage
from email.utils import format_datetime

from dashboard.addresses import deliverable
from dashboard.mail.html import rendered
from dashboard.mail.model import OutgoingMail
from dashboard.settings import Settings

TIMEOUT_SECONDS = 20
FIRST_PERMANENT, LAST_PERMANENT = 500, 599


class DeliveryFailed(Exception):  # noqa: N818  a word for what happened
    """It didn't go out; `permanent` when trying again is useless."""

    def __init__(self, reason: str, *, permanent: bool) -> None:
        super().__init__(reason)
        self.reason = reason
        self.permanent = permanent


def as_email(mail: OutgoingMail, settings: Settings) -> EmailMessage:
    """The message as it goes out. Its Message-ID is the row's: a double after a crash is the same message."""
    email = EmailMessage()
    email["From"] = settings.mail_from
    email["To"] = _recipient(mail)
    email["Subject"] = mail.subject
    email["Date"] = format_datetime(mail.created_at)
    email["Message-ID"] = f"<{mail.id}@{email['From'].addresses[0].domain}>"
    email["Auto-Submitted"] = "auto-generated"
    if mail.unsubscribe_url:
        # One click in the mail program ends it (RFC 8058).
        email["List-Unsubscribe"] = f"<{mail.unsubscribe_url}>"
        email["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    # As text it has no signs that make words bold.
    email.set_content(mail.body.replace("**", ""))
    email.add_alternative(rendered(mail.subject, mail.body, mail.language), subtype="html")
    # After the content, which drops every Content- header that was there.
    email["Content-Language"] = mail.language.value
    return email


def send(mail: OutgoingMail, settings: Settings) -> None:
    """Deliver. Raises DeliveryFailed, which holds no address and no text of the server."""
    try:
        with smtplib.SMTP(settings.smtp_host, settings.smtp_port, timeout=TIMEOUT_SECONDS) as server:
            if settings.smtp_starttls:
                server.starttls()
            if settings.smtp_user:
                server.login(settings.smtp_user, settings.smtp_password.get_secret_value())
            server.send_message(as_email(mail, settings))
    except smtplib.SMTPRecipientsRefused as refused:
        code = next(iter(refused.recipients.values()))[0]
        raise DeliveryFailed(f"smtp {code}", permanent=_is_permanent(code)) from None
    except smtplib.SMTPAuthenticationError as refused:
        # Ours to mend, not the message's fault: it must not end dead for a wrong password.
        raise DeliveryFailed(f"smtp {refused.smtp_code}", permanent=False) from None
    except smtplib.SMTPResponseException as refused:
        raise DeliveryFailed(f"smtp {refused.smtp_code}", permanent=_is_permanent(refused.smtp_code)) from None
    except (OSError, smtplib.SMTPException) as failure:
        raise DeliveryFailed(type(failure).__name__, permanent=False) from None


def _recipient(mail: OutgoingMail) -> str:
    try:
        return deliverable(mail.recipient)
    except ValueError:
        raise DeliveryFailed("address", permanent=True) from None


def _is_permanent(code: int) -> bool:
    return FIRST_PERMANENT <= code <= LAST_PERMANENT
