"""Signing in and out through OpenID Connect: Authlib's client, our own session record, one opaque cookie."""

import ssl
import time
from functools import cache, lru_cache
from typing import Any
from urllib.parse import urlencode, urlsplit

import structlog
from anyio import fail_after, to_thread
from authlib.integrations.base_client import OAuthError
from authlib.integrations.starlette_client import OAuth
from httpx2 import HTTPError, create_ssl_context
from joserfc.errors import JoseError
from sqlalchemy.exc import DBAPIError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from dashboard.accounts import service, sign_ins
from dashboard.accounts.sign_ins import LASTS, Begun
from dashboard.errors import BijsluiterError, NotFoundError, SignInRefusedError
from dashboard.permissions import VISITOR, Actor
from dashboard.portal import portal
from dashboard.settings import Provider
from dashboard.tokens import new_token
from dashboard.web import cookies, openid
from dashboard.web.identity import actor_of, cookie_of
from dashboard.web.responses import page, refused

log = structlog.get_logger(__name__)

PROVIDER_TIMEOUT_SECONDS = 8
# All of what a provider is asked at one sign-in; who waits gets a sentence by then.
ALL_OF_IT_SECONDS = 9.5
# How long a provider's own description and keys are believed; a key that we don't know is asked for at once.
BELIEVED_SECONDS = 900
LONGEST_PATH = 1_000
LONGEST_TOKEN = 64 * 1024
_FAULTS = (
    OAuthError,
    JoseError,
    BijsluiterError,
    AttributeError,
    TypeError,
    ValueError,
    KeyError,
    RuntimeError,
    HTTPException,
    DBAPIError,
)
_UNREACHABLE = (HTTPError, OSError)


async def start(request: Request) -> Response:
    """Send the browser to the provider, with PKCE, state and nonce."""
    provider = _provider(request.path_params["provider"])
    wanted = wanted_path(request.query_params.get("to", "/"))
    try:
        with fail_after(ALL_OF_IT_SECONDS):
            # Authlib's clients carry no types.
            asked: dict[str, Any] = await client_of(provider).create_authorization_url(_callback_url(), **_again(request))
        state, url = str(asked.pop("state")), str(asked.pop("url"))
    except (*_UNREACHABLE, *_FAULTS) as fault:
        return _provider_down(request, provider, fault)
    browser = cookie_of(request, cookies.SIGNING_IN) or new_token()
    await to_thread.run_sync(_begin, state, browser, Begun(provider.name, wanted, asked))
    response = RedirectResponse(url, status_code=302)
    lasts = int(LASTS.total_seconds())
    cookies.set_cookie(response, cookies.SIGNING_IN, browser, portal().settings, max_age=lasts)
    return response


async def callback(request: Request) -> Response:
    """Back from the provider: check everything, open a session, and go where they wanted to go."""
    state, browser = request.query_params.get("state", ""), cookie_of(request, cookies.SIGNING_IN) or ""
    old = await to_thread.run_sync(actor_of, request)
    begun = await to_thread.run_sync(_come_back, state, browser)
    if begun is None and old.signed_in:
        # The answer came before, and was good: somebody loaded the page again.
        wanted = await to_thread.run_sync(_wanted_before, state, browser)
        return RedirectResponse(wanted, status_code=303)
    name = begun.provider if begun else ""
    try:
        if begun is None:
            raise SignInRefusedError("not begun here")
        provider = _provider(name)
        with fail_after(ALL_OF_IT_SECONDS):
            client = client_of(provider)
            claims, token = await openid.claims_of(client, provider, request.query_params, begun.secrets, _callback_url())
            asked_with = await openid.asked_with(client, token)
        browser = cookie_of(request, cookies.VISITOR) or ""
        cookie = await to_thread.run_sync(_open_session, old, provider, claims, asked_with, browser)
    except _UNREACHABLE as fault:
        return _provider_down(request, _provider(name), fault)
    except _FAULTS as fault:
        await to_thread.run_sync(_record_refused, name, type(fault).__name__)
        return refused(request, SignInRefusedError())
    response = RedirectResponse(begun.wanted, status_code=303)
    cookies.set_cookie(response, cookies.SESSION, cookie, portal().settings)
    return response


async def signed_out_elsewhere(request: Request) -> Response:
    """OpenID Connect Back-Channel Logout 1.0: the provider says that somebody's session there has ended."""
    provider = _provider(request.path_params["provider"])
    try:
        with fail_after(ALL_OF_IT_SECONDS):
            # One token, of a few hundred signs.
            async with request.form(max_files=0, max_fields=4, max_part_size=LONGEST_TOKEN) as form:
                token = str(form.get("logout_token", ""))
            told = await openid.logout_of(client_of(provider), provider, token)
    except _UNREACHABLE as fault:
        log.warning("identity provider unavailable", provider=provider.name, fault=type(fault).__name__)
        return Response(status_code=503, headers={"cache-control": "no-store"})
    except _FAULTS as fault:
        await to_thread.run_sync(_record_refused, provider.name, type(fault).__name__)
        return Response(status_code=400, headers={"cache-control": "no-store"})
    await to_thread.run_sync(_end_by_provider, provider, told)
    return Response(status_code=200, headers={"cache-control": "no-store"})


def ask_sign_out(request: Request) -> Response:
    """Looking signs nobody out, whoever sent them here: the button does. Our script presses it by itself."""
    return page(request, "sign_out.html", next="")


async def sign_out(request: Request) -> Response:
    """End the session here, and at the provider where it has an end-session endpoint."""
    name = await to_thread.run_sync(_close_session, request)
    onward = await _end_session_url(name)
    response = page(request, "sign_out.html", next=onward)
    # No redirect: a browser would hold that to where our forms may go, and the provider is elsewhere.
    response.headers["refresh"] = f"0; url={onward}"
    cookies.drop_cookie(response, cookies.SESSION, portal().settings)
    return response


def wanted_path(path: str) -> str:
    """A path on this site, with its query, to go to afterwards; home for anything else: elsewhere, a scheme, control signs."""
    try:
        parts = urlsplit(path)
    except ValueError:
        return "/"
    is_ours = path.startswith("/") and not path.startswith(("//", "/\\")) and not parts.scheme and not parts.netloc
    return path if is_ours and path.isprintable() and "\\" not in path and len(path) <= LONGEST_PATH else "/"


def _provider(name: str) -> Provider:
    found = next((provider for provider in portal().settings.providers if provider.name == name), None)
    if found is None:
        raise NotFoundError(name)
    return found


def client_of(provider: Provider) -> Any:
    return _made(provider, int(time.monotonic() // BELIEVED_SECONDS))


@lru_cache(maxsize=32)
def _made(provider: Provider, _quarter: int) -> Any:
    return OAuth().register(
        provider.name,
        client_id=provider.client_id,
        client_secret=provider.client_secret.get_secret_value(),
        server_metadata_url=provider.metadata_url,
        client_kwargs={
            "scope": provider.scope,
            "code_challenge_method": "S256",
            "timeout": PROVIDER_TIMEOUT_SECONDS,
            "verify": _trusted(),
        },
    )


@cache
def _trusted() -> ssl.SSLContext:
    """Whose certificates are believed. Read once: each sign-in makes a client of its own, and reading them took most of it."""
    return create_ssl_context()


def _begin(state: str, browser: str, begun: Begun) -> None:
    with portal().act(VISITOR) as act:
        sign_ins.begin(act, state, browser, begun)


def _come_back(state: str, browser: str) -> Begun | None:
    if not state or not browser:
        return None
    with portal().act(VISITOR) as act:
        return sign_ins.come_back(act, state, browser)


def _wanted_before(state: str, browser: str) -> str:
    with portal().look(VISITOR) as act:
        return sign_ins.wanted_before(act, state, browser)


def _end_by_provider(provider: Provider, told: openid.Ended) -> None:
    with portal().act(VISITOR) as act:
        service.end_by_provider(act, provider, told.issuer, subject=told.subject, sid=told.sid, told_at=told.at)


def _open_session(old: Actor, provider: Provider, claims: dict[str, Any], asked_with: dict[str, Any], browser: str) -> str:
    with portal().act(old) as act:
        return service.sign_in(act, provider, claims, asked_with, browser=browser)


def _again(request: Request) -> dict[str, Any]:
    """For who signs in once more before something grave: the provider asks who it is, though it knows."""
    return {"prompt": "login", "max_age": 0} if request.query_params.get("again") else {}


def _close_session(request: Request) -> str:
    """Revoke the session; returns the name of the provider it came from."""
    with portal().act(actor_of(request)) as act:
        name = service.provider_of(act)
        service.sign_out(act)
    return name


async def _end_session_url(name: str) -> str:
    try:
        provider = _provider(name)
        metadata = await client_of(provider).load_server_metadata()
    except (BijsluiterError, HTTPError, OSError, ValueError, RuntimeError):
        # Signed out here in any case; the provider has no such page or can't be asked.
        return "/"
    endpoint = metadata.get("end_session_endpoint")
    if not isinstance(endpoint, str):
        return "/"
    back = {"client_id": provider.client_id, "post_logout_redirect_uri": portal().settings.base_url + "/"}
    return f"{endpoint}?{urlencode(back)}"


def _callback_url() -> str:
    return portal().settings.base_url + "/sign-in-callback"


def _provider_down(request: Request, provider: Provider, fault: Exception) -> Response:
    log.warning("identity provider unavailable", provider=provider.name, fault=type(fault).__name__)
    return page(request, "message.html", status=503, text_key="error.provider_down", number="")


def _record_refused(provider: str, fault: str) -> None:
    with portal().act(VISITOR) as act:
        service.refuse_sign_in(act, provider, fault)
