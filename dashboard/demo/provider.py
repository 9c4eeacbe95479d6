"""The demo's identity providers: oidc-provider-mock with the sample users, one server for each federation."""

import os
import tomllib
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from threading import Thread
from typing import Any

from flask import Flask, Response, request
from jinja2 import BaseLoader, ChoiceLoader, DictLoader
from pydantic import SecretStr
from werkzeug.debug import DebuggedApplication
from werkzeug.serving import make_server

from dashboard.content import DATA
from dashboard.i18n import Language, texts
from dashboard.settings import Provider, ProviderKind
from dashboard.web import cookies
from dashboard.web.identity import preferred
from dashboard.web.routes import ASSETS

with warnings.catch_warnings():
    # It still uses a module that Authlib means to drop; nobody who starts the demo can do anything about that. Authlib turns
    # its warnings on when it is imported, so that comes first.
    import authlib.deprecate  # noqa: F401

    warnings.simplefilter("ignore")
    import oidc_provider_mock
    from oidc_provider_mock import User

_SIGN_IN, _STYLE = DATA / "samples" / "sign_in.html", ASSETS / "plain.css"
STAFF_ROLES = {
    "privacy-officer": "privacy_officer",
    "privacy-desk": "desk_agent",
    "privacy-audit": "auditor",
    "privacy-editor": "editor",
    "privacy-admin": "administrator",
}


def samples() -> list[dict[str, Any]]:
    """The providers with their users, as `data/samples/users.toml` tells them."""
    listed: list[dict[str, Any]] = tomllib.loads((DATA / "samples" / "users.toml").read_text("utf-8"))["providers"]
    return listed


def configured(port: int) -> tuple[Provider, ...]:
    """The providers as settings, on the ports after the portal's."""
    return tuple(
        Provider(
            name=sample["name"],
            label=sample["label"],
            kind=ProviderKind(sample["kind"]),
            metadata_url=f"http://localhost:{port + sample['port_offset']}/.well-known/openid-configuration",
            client_id="bijsluiter-demo",
            client_secret=SecretStr("demo"),
        )
        for sample in samples()
    )


@contextmanager
def running(port: int) -> Iterator[None]:
    """Serve all of them until the block ends. Raises OSError when a port is taken."""
    # Plain http, on loopback only: the library refuses it otherwise.
    os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"
    with ExitStack() as stack:
        for sample in samples():
            users = [User(sub=user["sub"], claims={"name": user["name"], **user["claims"]}) for user in sample["users"]]
            stack.enter_context(_serving(_app(users, sample), port + sample["port_offset"]))
        yield


def _app(users: list[User], sample: dict[str, Any]) -> Flask:
    """The library's provider without its debugger and the stylesheet that it takes from elsewhere; with a page of ours on which
    one chooses who one is.
    """
    made: Flask = oidc_provider_mock.app(user_claims=users)
    made.debug = False
    if isinstance(made.wsgi_app, DebuggedApplication):
        # Flask documents that this may be replaced.
        made.wsgi_app = made.wsgi_app.app  # type: ignore[method-assign, assignment]

    made.after_request(_stay_here)
    made.jinja_loader = ChoiceLoader([DictLoader({"authorization_form.html": _SIGN_IN.read_text("utf-8")}), _loader(made)])
    made.context_processor(partial(_words, sample))
    return made


def _loader(app: Flask) -> BaseLoader:
    return app.jinja_loader or DictLoader({})


def _words(sample: dict[str, Any]) -> dict[str, Any]:
    """What our page says, in the language of the portal that one comes from."""
    # Cookies know no port: the portal's own is here too.
    chosen = request.cookies.get(cookies.LANGUAGE)
    language = Language.or_default(chosen) if chosen else preferred(request.headers.get("accept-language", ""))
    people = [{"sub": user["sub"], "name": user["name"], "shows": user[f"shows_{language.value}"]} for user in sample["users"]]
    return {"t": texts(language), "provider": sample["label"], "people": people, "style": _STYLE.read_text("utf-8")}


def _stay_here(response: Response) -> Response:
    response.headers["content-security-policy"] = "default-src 'self'; style-src 'self' 'unsafe-inline'"
    return response


@contextmanager
def _serving(app: Flask, port: int) -> Iterator[None]:
    server = make_server("localhost", port, app, threaded=True)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
