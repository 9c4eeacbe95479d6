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
AT_ONCE = 10
# Clocks differ: a token that has lapsed over there is no sign that somebody left.
MARGIN_SECONDS = 120
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
    """For as long as the portal runs: nothing that goes wrong here may end more than this round."""
    while True:
        await anyio.sleep(EVERY_SECONDS)
        try:
            await round_of(portal)
        except Exception as fault:  # noqa: BLE001  a task that ends with a fault ends the whole portal
            log.warning("asking again postponed", fault=type(fault).__name__)


async def round_of(portal: Portal) -> int:
    """Ask about everybody whose turn it is, some at once; returns about how many."""
    sessions, asked = await to_thread.run_sync(_due, portal), list[str]()
    # A provider that doesn't answer is left alone until the next round: the others don't wait for it.
    down: set[str] = set()
    limit = anyio.CapacityLimiter(AT_ONCE)

    async def one(session: str) -> None:
        async with limit:
            try:
                if await _ask_about(portal, session, down):
                    asked.append(session)
            except Exception as fault:  # noqa: BLE001  whatever it is, it is about this one alone
                log.warning("asking again failed", fault=type(fault).__name__)

    async with anyio.create_task_group() as tasks:
        for session in sessions:
            tasks.start_soon(one, session)
    return len(asked)


async def _ask_about(portal: Portal, session: str, down: set[str]) -> bool:
    name = await to_thread.run_sync(_provider_of, portal, session)
    provider = next((each for each in portal.settings.providers if each.name == name), None)
    if provider is None or name in down:
        return False
    renewal = await to_thread.run_sync(_claim, portal, session)
    if renewal is None:
        return False
    try:
        with fail_after(ALL_OF_IT_SECONDS):
            if claims := await _answer(portal, renewal, provider):
                await to_thread.run_sync(_renew, portal, renewal, provider, claims)
    except OAuthError as fault:
        if fault.error in GONE:
            await to_thread.run_sync(_end, portal, renewal)
        else:
            log.warning("provider answers no renewal", provider=provider.name, fault=str(fault.error)[:40])
    except SignInRefusedError:
        await to_thread.run_sync(_end, portal, renewal)
    except _FAULTS as fault:
        if isinstance(fault, TimeoutError | HTTPError):
            down.add(provider.name)
        log.warning("provider answers no renewal", provider=provider.name, fault=type(fault).__name__)
    return True


async def _answer(portal: Portal, renewal: Renewal, provider: Provider) -> dict[str, Any]:
    """The claims of now; nothing where the answer says too little. Raises SignInRefusedError for somebody else or nobody."""
    client = client_of(provider)
    metadata = await client.load_server_metadata()
    if "refresh_token" in renewal.secrets:
        token = await client.fetch_access_token(grant_type="refresh_token", refresh_token=renewal.secrets["refresh_token"])
        # One that isn't replaced goes on. Before anything else can fail: the one that was used may be worth nothing now.
        await to_thread.run_sync(_keep, portal, renewal.session, {**renewal.secrets, **openid.kept_of(token)})
        return await _claims(client, provider, metadata, token, renewal)
    if "introspection_endpoint" not in metadata or renewal.secrets["until"] <= time.time() + MARGIN_SECONDS:
        await to_thread.run_sync(_keep, portal, renewal.session, {})
        return {}
    told = await openid.introspected(client, metadata, renewal.secrets["access_token"])
    if told.get("active") is not True:
        raise SignInRefusedError("no longer known")
    bearer = {"access_token": renewal.secrets["access_token"], "token_type": "Bearer"}
    return await _claims(client, provider, metadata, bearer, renewal)


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


def _provider_of(portal: Portal, session: str) -> str:
    with portal.look(SYSTEM) as act:
        return renewals.provider_of(act, session)


def _keep(portal: Portal, session: str, secrets: dict[str, Any]) -> None:
    with portal.act(SYSTEM) as act:
        renewals.keep(act, session, secrets)


def _renew(portal: Portal, renewal: Renewal, provider: Provider, claims: dict[str, Any]) -> None:
    with portal.act(SYSTEM) as act:
        renewals.renew(act, renewal, provider, claims)


def _end(portal: Portal, renewal: Renewal) -> None:
    with portal.act(SYSTEM) as act:
        renewals.end(act, renewal)
