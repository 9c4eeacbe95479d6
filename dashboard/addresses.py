"""E-mail addresses as people type them. Pure."""

from email_validator import EmailNotValidError, validate_email


def normalized(typed: str) -> str:
    """The address as mail servers know it. Raises ValueError for what is none; whether somebody reads it only a mail can tell."""
    try:
        return validate_email(typed.strip(), check_deliverability=False, test_environment=True).normalized
    except EmailNotValidError as wrong:
        raise ValueError("not an e-mail address") from wrong


def normalized_or_empty(typed: str) -> str:
    try:
        return normalized(typed)
    except ValueError:
        return ""
