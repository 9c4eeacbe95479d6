"""A form half filled in, for the same device: sealed with the browser's own cookie, which the database doesn't hold."""

import json
from datetime import timedelta
from typing import Any

from sqlmodel import col, delete

from dashboard import limits
from dashboard.act import Allowed, asks
from dashboard.data_requests.case.access_model import RequestDraft
from dashboard.db import put
from dashboard.errors import DamagedFileError, InvalidInputError
from dashboard.limits import Limit
from dashboard.permissions import Permission
from dashboard.sealing import key_from, seal, unseal
from dashboard.tokens import digest

KEPT_FOR = timedelta(days=7)
LARGEST = 40_000
FROM_AN_ADDRESS = Limit("draft from an address", 300, timedelta(hours=1))
IN_ALL = Limit("draft", 6_000, timedelta(hours=1), apart=16)


def receipt_of(visitor: str) -> str:
    """Under which secret of the browser its receipt is kept, beside what it types."""
    return f"receipt:{visitor}"


@asks(Permission.SUBMIT_REQUEST)
def save(act: Allowed, visitor: str, typed: dict[str, Any], *, address: str = "") -> None:
    """Keep what was typed so far; files are not kept. Raises TooMuchError for more new ones than people begin: a browser's secret
    costs a stranger nothing.
    """
    if act.session.get(RequestDraft, digest(visitor)) is None:
        limits.take(act, *([(FROM_AN_ADDRESS, address)] if address else []), (IN_ALL, ""))
    put_by(act, visitor, typed)


def put_by(act: Allowed, visitor: str, typed: dict[str, Any]) -> None:
    """Keep it under this secret, whatever else was kept. Raises InvalidInputError."""
    content = json.dumps(typed, ensure_ascii=False).encode()
    if len(content) > LARGEST:
        raise InvalidInputError({"explanation": "invalid.explanation_long"})
    named = digest(visitor)
    put(act.session, RequestDraft(visitor=named, sealed=seal(content, _key(visitor), named), updated_at=act.now))


@asks(Permission.SUBMIT_REQUEST)
def load(act: Allowed, visitor: str | None) -> dict[str, Any]:
    """What this browser typed before and didn't send; nothing when there is none or it is too old."""
    held = act.session.get(RequestDraft, digest(visitor)) if visitor else None
    if held is None or visitor is None or act.now - held.updated_at > KEPT_FOR:
        return {}
    try:
        typed = json.loads(unseal(held.sealed, _key(visitor), held.visitor))
    except DamagedFileError:
        return {}
    return typed if isinstance(typed, dict) else {}


@asks(Permission.SUBMIT_REQUEST)
def forget(act: Allowed, visitor: str | None) -> None:
    """The form was sent, or begun anew."""
    if visitor:
        act.session.exec(delete(RequestDraft).where(col(RequestDraft.visitor) == digest(visitor)))


@asks(Permission.RUN_JOBS)
def forget_old(act: Allowed) -> int:
    return int(act.session.exec(delete(RequestDraft).where(col(RequestDraft.updated_at) < act.now - KEPT_FOR)).rowcount)


def _key(visitor: str) -> bytes:
    return key_from(visitor, "request draft")
