"""What a provider answers, checked: the ID token, the userinfo (also as a signed JWT), and the token that ends a session."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from httpx2 import HTTPError
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

from dashboard.accounts.claims import issuer_of_tenant
from dashboard.errors import SignInRefusedError
from dashboard.settings import Provider, ProviderKind

LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"
# Clocks differ; a logout is told within minutes.
LEEWAY_SECONDS = 120
OLDEST_LOGOUT_SECONDS = 600
_SIGNED = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")


@dataclass(frozen=True, slots=True)
class Ended:
    """A session that ended at the provider: its name there, or whose all of them are."""

    issuer: str
    subject: str
    sid: str
    # When the provider said so: a session that began later isn't meant.
    at: datetime


async def claims_of(
    client: Any, provider: Provider, answer: Mapping[str, str], secrets: dict[str, Any], redirect_uri: str
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The ID token's claims, checked by Authlib, with those of the userinfo endpoint where there is one; and the answer that
    they came with. Raises SignInRefusedError, or what Authlib and joserfc raise.
    """
    if answer.get("error") or not answer.get("code"):
        raise SignInRefusedError("no code")
    metadata = await client.load_server_metadata()
    # RFC 9207: an answer that says of which provider it is, is of this one; whoever promised to say so does.
    promised = metadata.get("authorization_response_iss_parameter_supported") is True
    if (promised or "iss" in answer) and answer.get("iss") != metadata["issuer"]:
        raise SignInRefusedError("answer of another provider")
    token = await client.fetch_access_token(
        redirect_uri=redirect_uri, code=answer["code"], code_verifier=secrets["code_verifier"]
    )
    if not isinstance(token.get("id_token"), str):
        raise SignInRefusedError("no ID token")
    claims = dict(await client.parse_id_token(token, nonce=secrets["nonce"], claims_options=_issuer_of(provider, metadata)))
    if not claims.get("iss"):
        raise SignInRefusedError("no issuer")
    told: dict[str, Any] = {}
    if "userinfo_endpoint" in metadata:
        told = await _userinfo(client, provider, metadata, token)
        # OpenID Connect Core 5.3.2: userinfo about somebody else must not be used.
        if told.get("sub") != claims["sub"]:
            raise SignInRefusedError("userinfo about somebody else")
    # The signed claims win.
    return {**told, **claims}, token


async def claims_again(
    client: Any, provider: Provider, metadata: Mapping[str, Any], token: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Of a later answer: the claims of its ID token, where it has one, and those of the userinfo endpoint, where there is one."""
    signed: dict[str, Any] = {}
    if isinstance(token.get("id_token"), str):
        # OpenID Connect Core 12.2: it holds no nonce, or the first one's.
        signed = dict(await client.parse_id_token(token, nonce=None, claims_options=_issuer_of(provider, metadata)))
    told = await _userinfo(client, provider, metadata, token) if "userinfo_endpoint" in metadata else {}
    return signed, told


async def introspected(client: Any, metadata: Mapping[str, Any], token: str) -> dict[str, Any]:
    """What the provider says of an access token of its own (RFC 7662)."""
    answer = await client.post(
        metadata["introspection_endpoint"],
        data={"token": token, "token_type_hint": "access_token"},
        auth=(client.client_id, client.client_secret),
        withhold_token=True,
    )
    answer.raise_for_status()
    return dict(answer.json())


async def asked_with(client: Any, token: Mapping[str, Any]) -> dict[str, Any]:
    """What of a first answer can be asked with later. An access token only where the provider tells us about it: many answer
    "not active" to who may not ask (RFC 7662, 2.2), which says nothing of the person.
    """
    kept = kept_of(token)
    if "access_token" not in kept:
        return kept
    metadata = await client.load_server_metadata()
    if "introspection_endpoint" not in metadata:
        return {}
    try:
        told = await introspected(client, metadata, kept["access_token"])
    except (HTTPError, ValueError):
        return {}
    return kept if told.get("active") is True else {}


def kept_of(token: Mapping[str, Any]) -> dict[str, Any]:
    """What of a token answer might be asked with later."""
    if isinstance(token.get("refresh_token"), str):
        return {"refresh_token": token["refresh_token"]}
    if isinstance(token.get("access_token"), str) and isinstance(token.get("expires_in"), int):
        return {"access_token": token["access_token"], "until": int(time.time()) + token["expires_in"]}
    return {}


async def logout_of(client: Any, provider: Provider, token: str) -> Ended:
    """Checked as Back-Channel Logout 1.0, 2.6 asks. Raises SignInRefusedError, or what joserfc raises."""
    metadata = await client.load_server_metadata()
    claims = await _verified(client, token, metadata.get("id_token_signing_alg_values_supported"))
    events, now = claims.get("events"), time.time()
    subject, sid = claims.get("sub", ""), claims.get("sid", "")
    audience = claims.get("aud")
    issued = claims.get("iat")
    if (
        not _is_issuer(provider, metadata, claims)
        or client.client_id not in ([audience] if isinstance(audience, str) else audience or [])
        or not isinstance(events, dict)
        or LOGOUT_EVENT not in events
        or "nonce" in claims
        or not isinstance(issued, int | float)
        or not now - OLDEST_LOGOUT_SECONDS <= issued <= now + LEEWAY_SECONDS
        or not isinstance(claims.get("jti"), str)
        or not isinstance(subject, str)
        or not isinstance(sid, str)
        or not (subject or sid)
    ):
        raise SignInRefusedError("no logout token")
    return Ended(str(claims["iss"]), subject, sid, datetime.fromtimestamp(issued + LEEWAY_SECONDS, UTC))


def _issuer_of(provider: Provider, metadata: Mapping[str, Any]) -> dict[str, Any]:
    """What the ID token's issuer must be: the provider's own, or its tenant's where it serves many."""
    return {"iss": {"essential": True, "validate": lambda claims, _value: _is_issuer(provider, metadata, claims)}}


def _is_issuer(provider: Provider, metadata: Mapping[str, Any], claims: Mapping[str, Any]) -> bool:
    expected = metadata["issuer"]
    if "{tenantid}" in expected:
        expected = issuer_of_tenant(expected, claims) if provider.kind is ProviderKind.ENTRA else ""
    return bool(expected) and claims.get("iss") == expected


async def _userinfo(client: Any, provider: Provider, metadata: Mapping[str, Any], token: Any) -> dict[str, Any]:
    answer = await client.get(metadata["userinfo_endpoint"], token=token)
    answer.raise_for_status()
    if answer.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/jwt":
        return dict(answer.json())
    told = await _verified(client, answer.text.strip(), metadata.get("userinfo_signing_alg_values_supported"))
    # OpenID Connect Core 5.3.2: a signed answer should say of whom and for whom it is.
    audience = told.get("aud", client.client_id)
    if not _is_issuer(provider, metadata, {"iss": metadata["issuer"], **told}) or client.client_id not in (
        [audience] if isinstance(audience, str) else audience
    ):
        raise SignInRefusedError("userinfo of another")
    return told


async def _verified(client: Any, token: str, algorithms: list[str] | None) -> dict[str, Any]:
    """The claims of a token that is signed with a key of the provider's; a key that we don't know is asked for once."""
    allowed = [each for each in algorithms or ["RS256"] if each in _SIGNED]
    registry = JWSRegistry(algorithms=allowed, strict_check_header=False)
    try:
        found = jwt.decode(token, KeySet.import_key_set(await client.fetch_jwk_set()), registry=registry)
    except InvalidKeyIdError:
        found = jwt.decode(token, KeySet.import_key_set(await client.fetch_jwk_set(force=True)), registry=registry)
    return dict(found.claims)
