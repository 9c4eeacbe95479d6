"""Every minute: ask the providers again about those whose turn it is. What can't be asked leaves the limits of the session."""

import time
from collections.abc import Mapping
from typing import Any

import anyio
import structlog
from anyio import fail_after, to_thread
from authlib.integrations.base_client import OAuthError
from httpx2 import HTTPError
from joserfc.errors import JoseError
from sqlalchemy.exc import DBAPIError

from dashboard.accounts import renewals
from dashboard.accounts.renewals import Renewal
from dashboard.errors import BijsluiterError, SignInRefusedError
from dashboard.permissions import SYSTEM
from dashboard.portal import Portal
from dashboard.settings import Provider, ProviderKind
from dashboard.web import openid
from dashboard.web.sign_in import ALL_OF_IT_SECONDS, client_of

log = structlog.get_logger(__name__)

EVERY_SECONDS = 60
# RFC 6749, 5.2, and OpenID Connect Core 3.1.2.6: the provider no longer vouches for them. Any other error says nothing of them.
GONE = frozenset({"invalid_grant", "access_denied", "login_required", "interaction_required", "consent_required"})
# Their claims come from userinfo alone; elsewhere an answer without an ID token says too little.
_TOLD_BY_USERINFO = frozenset({ProviderKind.ENTREE, ProviderKind.SURFCONEXT})
_FAULTS = (
    OAuthError,
    JoseError,
    BijsluiterError,
    HTTPError,
    OSError,
    ValueError,
    TypeError,
    KeyError,
    AttributeError,
    RuntimeError,
)


async def now_and_then(portal: Portal) -> None:
    while True:
        await anyio.sleep(EVERY_SECONDS)
        try:
            await round_of(portal)
        except DBAPIError as busy:
            log.warning("asking again postponed", fault=type(busy).__name__)


async def round_of(portal: Portal) -> int:
    """Ask about everybody whose turn it is; returns about how many."""
    asked = 0
    for session in await to_thread.run_sync(_due, portal):
        renewal = await to_thread.run_sync(_claim, portal, session)
        provider = next((each for each in portal.settings.providers if renewal and each.name == renewal.provider), None)
        if renewal and provider:
            asked += 1
            await _ask(portal, renewal, provider)
    return asked


async def _ask(portal: Portal, renewal: Renewal, provider: Provider) -> None:
    try:
        with fail_after(ALL_OF_IT_SECONDS):
            claims, secrets = await _answer(renewal, provider)
        await to_thread.run_sync(_renew, portal, renewal, provider, claims, secrets)
    except OAuthError as fault:
        if fault.error in GONE:
            await to_thread.run_sync(_end, portal, renewal)
        else:
            log.warning("provider answers no renewal", provider=provider.name, fault=str(fault.error)[:40])
    except SignInRefusedError:
        await to_thread.run_sync(_end, portal, renewal)
    except _FAULTS as fault:
        log.warning("provider answers no renewal", provider=provider.name, fault=type(fault).__name__)


async def _answer(renewal: Renewal, provider: Provider) -> tuple[dict[str, Any], dict[str, Any]]:
    """The claims of now, and what to ask with next time. Raises SignInRefusedError for somebody else or nobody."""
    client = client_of(provider)
    metadata = await client.load_server_metadata()
    if "refresh_token" in renewal.secrets:
        token = await client.fetch_access_token(grant_type="refresh_token", refresh_token=renewal.secrets["refresh_token"])
        claims = await _claims(client, provider, metadata, token, renewal)
        # One that isn't replaced goes on.
        return claims, {**renewal.secrets, **openid.kept_of(token)}
    if "introspection_endpoint" not in metadata or renewal.secrets["until"] <= time.time():
        return {}, {}
    told = await openid.introspected(client, metadata, renewal.secrets["access_token"])
    if told.get("active") is not True:
        raise SignInRefusedError("no longer known")
    bearer = {"access_token": renewal.secrets["access_token"], "token_type": "Bearer"}
    return await _claims(client, provider, metadata, bearer, renewal), renewal.secrets


async def _claims(
    client: Any, provider: Provider, metadata: Mapping[str, Any], token: Mapping[str, Any], renewal: Renewal
) -> dict[str, Any]:
    signed, told = await openid.claims_again(client, provider, metadata, token)
    if not signed and not (told and provider.kind in _TOLD_BY_USERINFO):
        return {}
    if signed and told and told.get("sub") != signed.get("sub"):
        raise SignInRefusedError("userinfo about somebody else")
    return {"iss": renewal.issuer, **told, **signed}


def _due(portal: Portal) -> list[str]:
    with portal.look(SYSTEM) as act:
        return renewals.due(act)


def _claim(portal: Portal, session: str) -> Renewal | None:
    with portal.act(SYSTEM) as act:
        return renewals.claim(act, session)


def _renew(portal: Portal, renewal: Renewal, provider: Provider, claims: dict[str, Any], secrets: dict[str, Any]) -> None:
    with portal.act(SYSTEM) as act:
        renewals.renew(act, renewal, provider, claims, secrets)


def _end(portal: Portal, renewal: Renewal) -> None:
    with portal.act(SYSTEM) as act:
        renewals.end(act, renewal)
