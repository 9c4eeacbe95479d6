"""Our cookies: what they are called and how they are set. No cookie holds more than a random number or a language."""

from starlette.responses import Response

from dashboard.settings import Settings

# Kept by the page that reads them too; a prefix binds them to this host, over https only.
SESSION = "bijsluiter-session"
VISITOR = "bijsluiter-visitor"
# New at each opening of a request: who copied an earlier one opens nothing with it.
OPENING = "bijsluiter-opening"
# The browser in which a sign-in was begun: its answer is worth nothing in another.
SIGNING_IN = "bijsluiter-signing-in"
LANGUAGE = "bijsluiter-language"
A_YEAR = 365 * 24 * 3600


def name_of(cookie: str, settings: Settings) -> str:
    return f"__Host-{cookie}" if settings.secure else cookie


def set_cookie(response: Response, cookie: str, value: str, settings: Settings, *, max_age: int | None = None) -> None:
    """Set it HttpOnly and Lax; without `max_age` it goes when the browser closes."""
    response.set_cookie(
        name_of(cookie, settings), value, max_age=max_age, path="/", secure=settings.secure, httponly=True, samesite="lax"
    )


def drop_cookie(response: Response, cookie: str, settings: Settings) -> None:
    response.delete_cookie(name_of(cookie, settings), path="/", secure=settings.secure, httponly=True, samesite="lax")
