"""T04: twelve ID tokens that a provider of ours never gave. Each opens nothing, sets no cookie, and leaves one row."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey
from sqlmodel import select

from dashboard.audit import AuditRow
from dashboard.db import reading
from dashboard.portal import Portal
from tests.web import provider
from tests.web.test_logins import ORG, Browser, entree, here, idp, who  # noqa: F401  fixtures

Forge = Callable[[provider.Provider, dict[str, Any]], str]
STRANGER = RSAKey.generate_key(2048, parameters={"kid": "stranger"})


def claiming(**changes: Any) -> Forge:
    """As it would be, but for these claims; None leaves one out."""

    def forge(idp: provider.Provider, claims: dict[str, Any]) -> str:  # noqa: F811
        return idp.sign({name: value for name, value in {**claims, **changes}.items() if value is not None})

    return forge


def _part(content: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).rstrip(b"=").decode()


def unsigned(_idp: provider.Provider, claims: dict[str, Any]) -> str:
    return f"{_part({'alg': 'none', 'typ': 'JWT'})}.{_part(claims)}."


def by_public_key(idp: provider.Provider, claims: dict[str, Any]) -> str:  # noqa: F811
    """Signed as if the public key were a shared secret."""
    said = f"{_part({'alg': 'HS256', 'kid': idp.key.kid})}.{_part(claims)}"
    mac = hmac.digest(idp.key.as_pem(private=False), said.encode(), hashlib.sha256)
    return f"{said}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}"


def by_stranger(**header: Any) -> Forge:
    def forge(idp: provider.Provider, claims: dict[str, Any]) -> str:  # noqa: F811
        told = {"alg": "RS256", "kid": idp.key.kid, **header}
        return jwt.encode(told, claims, STRANGER, registry=_Any())

    return forge


class _Any(jwt.JWSRegistry):
    """Signs any header: those that we want to see refused too."""

    def check_header(self, header: Any) -> None:
        """All are fine."""


def critical(idp: provider.Provider, claims: dict[str, Any]) -> str:  # noqa: F811
    told = {"alg": "RS256", "kid": idp.key.kid, "crit": ["x-must"], "x-must": True}
    return jwt.encode(told, claims, idp.key, registry=_Any())


LONG_AGO, LATER = int(time.time()) - 86_400, int(time.time()) + 86_400
BAD: dict[str, Forge] = {
    "another nonce": claiming(nonce="another"),
    "for another client": claiming(aud="another"),
    "of another issuer": claiming(iss="https://elders.example"),
    "expired": claiming(exp=LONG_AGO),
    "of tomorrow": claiming(iat=LATER, nbf=LATER, exp=LATER + 300),
    "unsigned": unsigned,
    "signed with the public key": by_public_key,
    "signed by a stranger": by_stranger(),
    "about nobody": claiming(sub=None),
    "with an extension that must be understood": critical,
    "with the address of other keys": by_stranger(jku="https://elders.example/jwks"),
    "with a key of its own": by_stranger(jwk=STRANGER.as_dict(private=False)),
}


@pytest.mark.parametrize("kind", sorted(BAD))
def test_a_token_that_was_never_given_opens_nothing(here: Portal, idp: provider.Provider, kind: str) -> None:  # noqa: F811
    idp.mood.claims = entree(**{ORG: "90AD"})
    # The same provider, the same claims, well signed: it opens.
    fine = Browser(idp)
    assert fine.finish(fine.begin("entree")).status_code == 303
    idp.forge = lambda claims: BAD[kind](idp, claims)
    browser = Browser(idp)
    answer = browser.finish(browser.begin("entree"))
    assert answer.status_code == 403
    assert "bijsluiter-session" not in answer.headers.get("set-cookie", "")
    assert not who(here, browser).signed_in
    with reading(here.engine) as session:
        denied = session.exec(select(AuditRow).where(AuditRow.action == "sign_in", AuditRow.outcome == "denied")).all()
    assert len(denied) == 1


def test_there_are_twelve() -> None:
    assert len(BAD) == 12
