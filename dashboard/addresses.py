"""E-mail addresses as people type them, and whether two are one mailbox. Pure."""

from email_validator import EmailNotValidError, validate_email


def normalized(typed: str) -> str:
    """The address as mail servers know it. Raises ValueError for what is none; whether somebody reads it only a mail can tell.

    Letters beyond ASCII before the at sign count as none: a mail server without SMTPUTF8 (RFC 6531) can't pass them on, and many
    have none. After it they are fine: that part has a spelling that every server takes.
    """
    try:
        checked = validate_email(typed.strip(), check_deliverability=False, test_environment=True, allow_smtputf8=False)
    except EmailNotValidError as wrong:
        raise ValueError("not an e-mail address") from wrong
    return checked.normalized


def deliverable(address: str) -> str:
    """The spelling that every mail server takes: the domain in its xn-- form. Raises ValueError when there is none."""
    try:
        checked = validate_email(address.strip(), check_deliverability=False, test_environment=True, allow_smtputf8=False)
    except EmailNotValidError as wrong:
        raise ValueError("no address for every mail server") from wrong
    return checked.ascii_email or address


def normalized_or_empty(typed: str) -> str:
    try:
        return normalized(typed)
    except ValueError:
        return ""


def letterbox(address: str) -> str:
    """Where mail for this address likely ends up: many providers ignore dots and what stands behind a plus sign. For counting how
    much somebody gets, never for telling who somebody is.
    """
    local, _, domain = mailbox(address).rpartition("@")
    return f"{local.partition('+')[0].replace('.', '')}@{domain}"


def mailbox(address: str) -> str:
    """The same for two ways of writing one mailbox, and never for two mailboxes: capitals make no difference, letters that only
    look or fold alike do (großmann.example isn't grossmann.example; IDNA 2008).
    """
    local, _, domain = address.rpartition("@")
    try:
        found = validate_email(address.strip(), check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        return f"{local}@{domain}".lower()
    return f"{found.local_part.lower()}@{found.ascii_domain.lower()}"
