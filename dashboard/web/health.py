"""Readiness: can this process do its work?"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from obstore.exceptions import BaseError
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from dashboard.db import reading
from dashboard.errors import DamagedFileError
from dashboard.mail.outbox import none_goes
from dashboard.permissions import SYSTEM
from dashboard.portal import Portal

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Readiness:
    ready: bool
    parts: dict[str, str]


def readiness(portal: Portal, *, now: datetime) -> Readiness:
    """Each part "ok", "late" or "failing"; ready when none fails and mails go out."""
    parts = {"database": _database(portal), "files": _files(portal), "outbox": _outbox(portal, now)}
    return Readiness(all(state == "ok" for state in parts.values()), parts)


def _database(portal: Portal) -> str:
    try:
        with reading(portal.engine) as session:
            session.execute(text("SELECT 1"))
    except SQLAlchemyError as fault:
        log.error("database failing", fault=type(fault).__name__)  # noqa: TRY400  the kind says enough, every ten seconds
        return "failing"
    return "ok"


def _files(portal: Portal) -> str:
    try:
        portal.files.check()
    except (BaseError, OSError, DamagedFileError) as fault:
        log.error("files failing", fault=type(fault).__name__)  # noqa: TRY400  see above
        return "failing"
    return "ok"


def _outbox(portal: Portal, now: datetime) -> str:
    try:
        with portal.look(SYSTEM, now) as act:
            stopped = none_goes(act, timedelta(minutes=portal.settings.outbox_late_minutes))
    except SQLAlchemyError:
        return "failing"
    return "late" if stopped else "ok"
