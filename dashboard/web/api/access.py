"""Who calls the API: a key as bearer, so many calls a minute, and answers that a client may keep until they change."""

import hashlib
from typing import Annotated, Any

import structlog
from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import TypeAdapter
from starlette.responses import Response

from dashboard import refusals
from dashboard.accounts import keys
from dashboard.accounts.terms import KeyUse
from dashboard.db import BUSY
from dashboard.errors import NotAllowedError, TooMuchError
from dashboard.networks import network_of
from dashboard.permissions import VISITOR, Actor
from dashboard.portal import portal

log = structlog.get_logger(__name__)

KEEP = "private, no-cache"
_bearer = HTTPBearer(auto_error=False, description="a key that the school made under 'Mijn school'")


class NoKeyError(Exception):
    """No key, or one that opens nothing."""


def caller(request: Request, given: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]) -> Actor:
    """The system that holds this key."""
    return system_of(given.credentials if given else "", KeyUse.API, _address(request))


def system_of(secret: str, use: KeyUse, address: str) -> Actor:
    """Raises NoKeyError, and TooMuchError for a key, or an address with wrong keys, that calls too often."""
    with portal().look(VISITOR) as act:
        found = keys.resolve_key(act, secret, use)
        seconds = keys.must_wait(act.by(found)) if found else 0
    if seconds:
        raise TooMuchError(seconds)
    if found is None:
        # Only who has no key is held up: the other systems behind a school's one address go on.
        with portal().act(VISITOR) as act:
            keys.count_wrong(act, address)
        refusals.note(portal(), VISITOR, f"key for {use.value}", NotAllowedError())
        raise NoKeyError
    try:
        with portal().act(found) as act:
            keys.note_use(act)
    except BUSY as busy:
        # The count protects us, it lets nobody in: while nothing can be written, reading goes on.
        log.warning("a call wasn't counted", key_id=found.id, fault=type(busy).__name__)
    return found


def answer(request: Request, shape: Any, content: Any) -> Response:
    """As JSON with its ETag; 304 without a body when the caller has it already."""
    return conditional(request, TypeAdapter(shape).dump_json(content, by_alias=True), "application/json")


def conditional(request: Request, body: bytes, media_type: str, *, tag: str = "", **headers: str) -> Response:
    tag = f'"{tag or hashlib.sha256(body).hexdigest()}"'
    sent = {"etag": tag, "cache-control": KEEP, **headers}
    if has(request.headers.get("if-none-match", ""), tag):
        return Response(status_code=304, headers=sent)
    return Response(body, media_type=media_type, headers=sent)


def has(known: str, tag: str) -> bool:
    """Whether an If-None-Match names this tag; a weak one is as good for reading."""
    return known.strip() == "*" or tag in {each.strip().removeprefix("W/") for each in known.split(",")}


def _address(request: Request) -> str:
    return network_of(request.client.host) if request.client else "-"
