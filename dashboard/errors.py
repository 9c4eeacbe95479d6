"""The errors that the core raises; the edge (a page or a route) translates each of them once."""


class BijsluiterError(Exception):
    """Anything the product itself refuses; `text_key` names the sentence that a reader gets."""

    text_key = "error.general"


class NotAllowedError(BijsluiterError):
    """The actor lacks the capability."""

    text_key = "error.not_allowed"


class NotFoundError(BijsluiterError):
    """No such record, or none that this actor may know of: the two read the same."""

    text_key = "error.not_found"


class StaleError(BijsluiterError):
    """Somebody else changed the record since it was read."""

    text_key = "error.stale"


class NotPossibleError(BijsluiterError):
    """The verb isn't in the table for this state, or a need of it isn't met; `text_key` says which.

    `action` and `case_id` tell what was tried on which case, for the audit trail: a refused try is a fact too.
    """

    def __init__(self, text_key: str, *, action: str = "", case_id: str = "") -> None:
        super().__init__(text_key)
        self.text_key = text_key
        self.action = action
        self.case_id = case_id


class InvalidInputError(BijsluiterError):
    """Input from outside that can't be accepted: field name -> text key of the sentence beside it."""

    text_key = "error.invalid_input"

    def __init__(self, problems: dict[str, str]) -> None:
        super().__init__(", ".join(f"{field}: {key}" for field, key in problems.items()))
        self.problems = problems


def reject(problems: dict[str, str]) -> None:
    """Raise InvalidInputError where there are any."""
    if problems:
        raise InvalidInputError(problems)


class TooManyTriesError(BijsluiterError):
    """A wrong code once too often; `wait_seconds` until the next try is evaluated."""

    text_key = "error.too_many_tries"

    def __init__(self, wait_seconds: int) -> None:
        super().__init__(f"wait {wait_seconds} s")
        self.wait_seconds = wait_seconds


class TooMuchError(BijsluiterError):
    """More than one may do in a while; `wait_seconds` until the next time."""

    text_key = "error.too_much"

    def __init__(self, wait_seconds: int) -> None:
        super().__init__(f"wait {wait_seconds} s")
        self.wait_seconds = wait_seconds


class LinkExpiredError(BijsluiterError):
    """A mailed link that is unknown, used or too old: the three read the same."""

    text_key = "error.link_expired"


class FreshSignInError(BijsluiterError):
    """What is grave is done by who signed in a short while ago: they must do so again."""

    text_key = "error.fresh"


class SignInRefusedError(BijsluiterError):
    """The identity provider's answer can't be trusted or used."""

    text_key = "error.sign_in_failed"


class DamagedFileError(BijsluiterError):
    """Stored bytes that no longer have the digest they were stored under."""

    text_key = "error.file_damaged"


class ConfigurationError(BijsluiterError):
    """The portal refuses to start like this."""
