"""Our own small HTML pages, and errors turned into them: a sentence in the reader's language, never a trace."""

from functools import cache
from pathlib import Path
from uuid import uuid4

import structlog
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse

from dashboard import refusals
from dashboard.content import organisation
from dashboard.db import BUSY, is_full
from dashboard.errors import (
    BijsluiterError,
    DamagedFileError,
    FreshSignInError,
    LinkExpiredError,
    NotAllowedError,
    NotFoundError,
    SignInRefusedError,
)
from dashboard.i18n import texts
from dashboard.portal import portal
from dashboard.web.identity import actor_of, language_of, requester_of

log = structlog.get_logger(__name__)

# Below Streamlit's route for uploads stands the id of a session.
SECRET_BELOW = ("/feeds/", "/unsubscribe/", "/_stcore/upload_file/")
_STATUS: dict[type[BijsluiterError], int] = {
    # Not telling a stranger what exists: forbidden reads as not found.
    NotAllowedError: 404,
    NotFoundError: 404,
    LinkExpiredError: 410,
    FreshSignInError: 403,
    SignInRefusedError: 403,
    DamagedFileError: 500,
}


@cache
def _templates() -> Environment:
    return Environment(loader=FileSystemLoader(Path(__file__).parent / "templates"), autoescape=True, undefined=StrictUndefined)


def page(request: Request, template: str, *, status: int = 200, **values: object) -> HTMLResponse:
    """One of our HTML pages, with the texts of the reader's language."""
    t = texts(language_of(request))
    html = _templates().get_template(template).render(t=t, language=t.language.value, organisation=organisation(), **values)
    return HTMLResponse(html, status_code=status)


def refused(request: Request, error: BijsluiterError) -> HTMLResponse:
    """An error of ours as a page; who asked for what isn't theirs leaves a row."""
    if isinstance(error, NotAllowedError | NotFoundError):
        route = request.scope.get("route")
        actor = actor_of(request)
        refusals.note(portal(), actor if actor.signed_in else requester_of(request), getattr(route, "path", "route"), error)
    text_key = NotFoundError.text_key if isinstance(error, NotAllowedError) else error.text_key
    return page(request, "message.html", status=_STATUS.get(type(error), 400), text_key=text_key, number="")


def failed(request: Request, error: Exception) -> HTMLResponse:
    """A fault: a number on the page that stands in the log."""
    number = fault_number()
    full = is_full(error)
    busy = isinstance(error, BUSY) and not full
    log.error(
        "request failed",
        number=number,
        path=loggable(request.url.path),
        fault="disk full" if full else type(error).__name__,
        exc_info=None if busy or full else error,
    )
    text_key = "error.full" if full else "error.busy" if busy else "error.general"
    return page(request, "message.html", status=507 if full else 503 if busy else 500, text_key=text_key, number=number)


def loggable(path: str) -> str:
    """A path without what is secret in it: the key of a feed, the token that ends a subscription, the id of a session."""
    return next((prefix for prefix in SECRET_BELOW if path.startswith(prefix)), path)


def fault_number() -> str:
    """A number short enough to read over the phone."""
    return uuid4().hex[:8].upper()
