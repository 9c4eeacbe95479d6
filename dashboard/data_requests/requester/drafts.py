"""A form half filled in, for the same device: sealed with the browser's own cookie, which the database doesn't hold."""

import json
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, col, delete

from dashboard.data_requests.case.access_model import RequestDraft
from dashboard.errors import DamagedFileError, InvalidInputError
from dashboard.permissions import Actor, Permission, require
from dashboard.sealing import key_from, seal, unseal
from dashboard.tokens import digest

KEPT_FOR = timedelta(days=7)
LARGEST = 40_000


def save(session: Session, actor: Actor, visitor: str, typed: dict[str, Any], *, now: datetime) -> None:
    """Keep what was typed so far; files are not kept."""
    require(actor, Permission.SUBMIT_REQUEST)
    content = json.dumps(typed, ensure_ascii=False).encode()
    if len(content) > LARGEST:
        raise InvalidInputError({"explanation": "invalid.explanation_long"})
    named = digest(visitor)
    session.merge(RequestDraft(visitor=named, sealed=seal(content, _key(visitor), named), updated_at=now))


def load(session: Session, actor: Actor, visitor: str | None, *, now: datetime) -> dict[str, Any]:
    """What this browser typed before and didn't send; nothing when there is none or it is too old."""
    require(actor, Permission.SUBMIT_REQUEST)
    held = session.get(RequestDraft, digest(visitor)) if visitor else None
    if held is None or visitor is None or now - held.updated_at > KEPT_FOR:
        return {}
    try:
        typed = json.loads(unseal(held.sealed, _key(visitor), held.visitor))
    except DamagedFileError:
        return {}
    return typed if isinstance(typed, dict) else {}


def forget(session: Session, actor: Actor, visitor: str | None) -> None:
    """The form was sent, or begun anew."""
    require(actor, Permission.SUBMIT_REQUEST)
    if visitor:
        session.exec(delete(RequestDraft).where(col(RequestDraft.visitor) == digest(visitor)))


def forget_old(session: Session, actor: Actor, *, now: datetime) -> int:
    require(actor, Permission.RUN_JOBS)
    return int(session.exec(delete(RequestDraft).where(col(RequestDraft.updated_at) < now - KEPT_FOR)).rowcount)


def _key(visitor: str) -> bytes:
    return key_from(visitor, "request draft")
