"""Signing in and out through OpenID Connect: Authlib's client, our own session record, one opaque cookie."""

from functools import cache
from typing import Any
from urllib.parse import urlencode, urlsplit

import structlog
from anyio import to_thread
from authlib.integrations.base_client import OAuthError
from authlib.integrations.starlette_client import OAuth
from httpx2 import HTTPError
from joserfc.errors import JoseError
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from dashboard.accounts import service
from dashboard.errors import BijsluiterError, NotFoundError, SignInRefusedError
from dashboard.permissions import VISITOR, Actor
from dashboard.portal import portal
from dashboard.settings import Provider
from dashboard.web import cookies
from dashboard.web.identity import actor_of
from dashboard.web.responses import page, refused

log = structlog.get_logger(__name__)

PROVIDER_TIMEOUT_SECONDS = 8
# It waits in the browser's cookie while one signs in.
LONGEST_PATH = 1_000
# What somebody wanted to see and which provider they went to, in the browser's own signed state until they are back.
_WANTED, _PROVIDER = "wanted", "provider"
_SAME_SITE = frozenset({"same-origin", "none"})


async def start(request: Request) -> Response:
    """Send the browser to the provider, with PKCE, state and nonce."""
    provider = _provider(request.path_params["provider"])
    request.session[_WANTED] = wanted_path(request.query_params.get("to", "/"))
    request.session[_PROVIDER] = provider.name
    try:
        # Authlib's clients carry no types.
        answer: Response = await _client(provider).authorize_redirect(request, _callback_url())
    except (HTTPError, OSError, ValueError, KeyError, RuntimeError, OAuthError) as fault:
        return _provider_down(request, provider, fault)
    return answer


async def callback(request: Request) -> Response:
    """Back from the provider: check everything, open a session, and go where they wanted to go."""
    name = request.session.pop(_PROVIDER, "")
    wanted = request.session.pop(_WANTED, "/")
    try:
        provider = _provider(name)
        claims = await _verified_claims(request, provider)
    except (OAuthError, JoseError, BijsluiterError, AttributeError, TypeError, ValueError, KeyError) as fault:
        await to_thread.run_sync(_record_refused, name, type(fault).__name__)
        return refused(request, SignInRefusedError())
    except (HTTPError, OSError) as fault:
        return _provider_down(request, provider, fault)
    old = await to_thread.run_sync(actor_of, request)
    cookie = await to_thread.run_sync(_open_session, old, provider, claims)
    response = RedirectResponse(wanted, status_code=303)
    cookies.set_cookie(response, cookies.SESSION, cookie, portal().settings)
    return response


async def sign_out(request: Request) -> Response:
    """End the session here, and at the provider where it has an end-session endpoint."""
    # Another site's link or image must not log anybody out.
    if request.headers.get("sec-fetch-site", "none") not in _SAME_SITE:
        return page(request, "message.html", status=403, text_key="error.sign_out_elsewhere", number="")
    name = await to_thread.run_sync(_close_session, request)
    response = RedirectResponse(await _end_session_url(name), status_code=303)
    cookies.drop_cookie(response, cookies.SESSION, portal().settings)
    return response


def wanted_path(path: str) -> str:
    """A path on this site, with its query, to go to afterwards; home for anything else: elsewhere, a scheme, control signs."""
    parts = urlsplit(path)
    is_ours = path.startswith("/") and not path.startswith(("//", "/\\")) and not parts.scheme and not parts.netloc
    return path if is_ours and path.isprintable() and "\\" not in path and len(path) <= LONGEST_PATH else "/"


def _provider(name: str) -> Provider:
    found = next((provider for provider in portal().settings.providers if provider.name == name), None)
    if found is None:
        raise NotFoundError(name)
    return found


@cache
def _client(provider: Provider) -> Any:
    return OAuth().register(
        provider.name,
        client_id=provider.client_id,
        client_secret=provider.client_secret.get_secret_value(),
        server_metadata_url=provider.metadata_url,
        client_kwargs={"scope": provider.scope, "code_challenge_method": "S256", "timeout": PROVIDER_TIMEOUT_SECONDS},
    )


async def _verified_claims(request: Request, provider: Provider) -> dict[str, Any]:
    """The ID token's claims, checked by Authlib, with those of the userinfo endpoint where there is one."""
    client = _client(provider)
    token = await client.authorize_access_token(request)
    claims = token.get("userinfo")
    if not claims:
        raise SignInRefusedError("no ID token")
    metadata = await client.load_server_metadata()
    told: dict[str, Any] = {}
    if "userinfo_endpoint" in metadata:
        told = dict(await client.userinfo(token=token))
        # OpenID Connect Core 5.3.2: userinfo about somebody else must not be used.
        if told.get("sub") != claims["sub"]:
            raise SignInRefusedError("userinfo about somebody else")
    # The signed claims win.
    return {**told, **dict(claims)}


def _open_session(old: Actor, provider: Provider, claims: dict[str, Any]) -> str:
    with portal().act(old) as act:
        return service.sign_in(act, provider, claims)


def _close_session(request: Request) -> str:
    """Revoke the session; returns the name of the provider it came from."""
    with portal().act(actor_of(request)) as act:
        name = service.provider_of(act)
        service.sign_out(act)
    return name


async def _end_session_url(name: str) -> str:
    try:
        provider = _provider(name)
        metadata = await _client(provider).load_server_metadata()
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
