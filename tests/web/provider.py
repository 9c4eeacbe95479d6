"""An OpenID Connect provider over HTTP, on loopback: with the claims, the signatures and the moods that a test gives it."""

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT = "bijsluiter"


@dataclass
class Mood:
    """How it behaves; a test changes it between two questions."""

    # In the ID token.
    claims: dict[str, Any] = field(default_factory=dict)
    # At the userinfo endpoint, beside `sub`.
    told: dict[str, Any] = field(default_factory=dict)
    # What the discovery document calls the issuer, and what the token does; {url} is where it is.
    issuer: str = "{url}"
    token_issuer: str = "{url}"
    userinfo_jwt: bool = False
    slow_seconds: float = 0.0
    garbage: frozenset[str] = frozenset()
    # What it gives to be asked with again: "refresh", "introspection" or nothing; and whether it still knows who that is of.
    again: str = ""
    # Whether it tells us about its tokens at all.
    tells: bool = True
    # An error at the token endpoint for who asks again.
    error: str = ""
    # A later answer has no ID token.
    unsigned: bool = False


class Provider:
    def __init__(self) -> None:
        self.mood = Mood()
        self.key = RSAKey.generate_key(2048, parameters={"kid": "first", "use": "sig", "alg": "RS256"})
        self.signs_with = self.key
        self.codes: dict[str, dict[str, str]] = {}
        self.tokens: dict[str, str] = {}
        self.refreshes: set[str] = set()
        self.url = ""
        # How it makes an ID token of claims, where it isn't as it should.
        self.forge: Callable[[dict[str, Any]], str] | None = None

    def rotate(self) -> None:
        self.key = self.signs_with = RSAKey.generate_key(2048, parameters={"kid": secrets.token_hex(4), "use": "sig"})

    def sign(self, claims: dict[str, Any]) -> str:
        return jwt.encode({"alg": "RS256", "kid": self.signs_with.kid}, claims, self.signs_with)

    def logout_token(self, **changes: Any) -> str:
        told = {
            "iss": self.url, "aud": CLIENT, "iat": int(time.time()), "jti": secrets.token_hex(8), "sub": "s",
            "events": {"http://schemas.openid.net/event/backchannel-logout": {}},
        }  # fmt: skip
        return self.sign({name: value for name, value in {**told, **changes}.items() if value is not None})

    def authorize(self, asked: dict[str, str]) -> str:
        """The person agrees at once; the address that the browser is sent back to."""
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def answer(self, path: str, form: dict[str, str], bearer: str) -> tuple[str, bytes]:
        if path == "/.well-known/openid-configuration":
            return "application/json", json.dumps(self._about()).encode()
        if path == "/jwks":
            return "application/json", json.dumps({"keys": [self.key.as_dict(private=False)]}).encode()
        if path == "/token":
            return "application/json", json.dumps(self._token(form)).encode()
        if path == "/introspect":
            return "application/json", json.dumps(
                {"active": self.mood.tells and not self.mood.error and form["token"] in self.tokens}
            ).encode()
        told = {"sub": self.tokens[bearer], **self.mood.told}
        if self.mood.userinfo_jwt:
            return "application/jwt; charset=utf-8", self.sign({"iss": self.url, "aud": CLIENT, **told}).encode()
        return "application/json", json.dumps(told).encode()

    def _about(self) -> dict[str, Any]:
        more = {"introspection_endpoint": f"{self.url}/introspect"} if self.mood.again == "introspection" else {}
        return more | {
            "issuer": self.mood.issuer.replace("{url}", self.url),
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/jwks",
            "userinfo_endpoint": f"{self.url}/userinfo",
            "id_token_signing_alg_values_supported": ["RS256"],
            "userinfo_signing_alg_values_supported": ["RS256"],
            "response_types_supported": ["code"],
        }

    def _token(self, form: dict[str, str]) -> dict[str, Any]:
        if form["grant_type"] == "refresh_token":
            return self._refreshed(form)
        asked = self.codes.pop(form["code"])
        made = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).rstrip(b"=").decode()
        assert made == asked["code_challenge"]
        return self._tokens({"nonce": asked["nonce"]})

    def _refreshed(self, form: dict[str, str]) -> dict[str, Any]:
        """Each refresh token once."""
        if self.mood.error or form["refresh_token"] not in self.refreshes:
            return {"error": self.mood.error or "invalid_grant"}
        self.refreshes.remove(form["refresh_token"])
        told = self._tokens({})
        return {name: value for name, value in told.items() if name != "id_token" or not self.mood.unsigned}

    def _tokens(self, more: dict[str, str]) -> dict[str, Any]:
        now, access = int(time.time()), secrets.token_urlsafe(16)
        claims = {"sub": "s", **self.mood.claims}
        self.tokens[access] = str(claims["sub"])
        issuer = self.mood.token_issuer.replace("{url}", self.url)
        told = {"iss": issuer, "aud": CLIENT, "iat": now, "exp": now + 300, **more, **claims}
        answer = {"access_token": access, "token_type": "Bearer", "expires_in": 3600, "id_token": (self.forge or self.sign)(told)}
        if self.mood.again == "refresh":
            answer["refresh_token"] = secrets.token_urlsafe(16)
            self.refreshes.add(answer["refresh_token"])
        return answer


@contextmanager
def running() -> Iterator[Provider]:
    found = Provider()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer({})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0))).decode()
            self._answer({name: values[0] for name, values in parse_qs(body).items()})

        def _answer(self, form: dict[str, str]) -> None:
            path = urlsplit(self.path).path
            if path == "/authorize":
                self.send_response(302)
                asked = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
                self.send_header("location", found.authorize(asked))
                self.send_header("content-length", "0")
                self.end_headers()
                return
            time.sleep(found.mood.slow_seconds)
            bearer = self.headers.get("authorization", "").removeprefix("Bearer ")
            kind, body = found.answer(path, form, bearer)
            failed = path == "/token" and body.startswith(b'{"error"')
            if path in found.mood.garbage:
                kind, body = "text/html", b"<html>Onderhoud</html>"
            self.send_response(400 if failed else 200)
            self.send_header("content-type", kind)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_args: Any) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield found
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
