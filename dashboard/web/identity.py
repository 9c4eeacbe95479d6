"""Who makes this HTTP request: the same resolving as on the pages, at every route."""

from starlette.requests import Request

from dashboard.accounts import service as accounts
from dashboard.data_requests.requester import entering
from dashboard.i18n import Language
from dashboard.permissions import VISITOR, Actor
from dashboard.portal import portal
from dashboard.web import cookies


def cookie_of(request: Request, cookie: str) -> str | None:
    return request.cookies.get(cookies.name_of(cookie, portal().settings))


def actor_of(request: Request) -> Actor:
    """The person signed in, or a visitor."""
    with portal().look(VISITOR) as act:
        return accounts.resolve(act, cookie_of(request, cookies.SESSION))


def requester_of(request: Request) -> Actor:
    """The requester whose case this browser opened, or a visitor."""
    with portal().look(VISITOR) as act:
        return entering.resolve_requester(act, cookie_of(request, cookies.OPENING))


def language_of(request: Request) -> Language:
    """The language chosen before, else what the browser prefers of our two, else Dutch."""
    chosen = cookie_of(request, cookies.LANGUAGE)
    return Language.or_default(chosen) if chosen else preferred(request.headers.get("accept-language", ""))


def preferred(accept_language: str) -> Language:
    """The first of our languages in an Accept-Language header, as browsers write it: in order of preference."""
    for part in accept_language[:200].split(","):
        tag = part.partition(";")[0].strip().lower()[:2]
        if tag in set(Language):
            return Language(tag)
    return Language.NL
