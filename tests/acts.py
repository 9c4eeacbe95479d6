"""Acting in a test: as whom, when, with which portal; and what was seen."""

from datetime import UTC, date, datetime, time
from typing import Protocol

from obstore.store import MemoryStore
from sqlmodel import Session

from dashboard.act import Act, Allowed, Seen
from dashboard.clock import AMSTERDAM
from dashboard.files import FileStore
from dashboard.permissions import Actor
from dashboard.settings import Settings

NOW = datetime(2026, 3, 5, 9, 30, tzinfo=UTC)


class Versioned(Protocol):
    """A case, or what a page shows of one."""

    @property
    def id(self) -> str: ...
    @property
    def version(self) -> int: ...


def by(
    session: Session,
    actor: Actor,
    when: datetime | date = NOW,
    settings: Settings | None = None,
    *,
    files: FileStore | None = None,
) -> Allowed:
    """An act at a moment, or at noon of a day; tests call parts of verbs too."""
    now = when if isinstance(when, datetime) else datetime.combine(when, time(12), tzinfo=AMSTERDAM)
    given = settings or Settings(_env_file=None, environment="demo")
    return Allowed(Act(session, actor, now, given, files or _files_of(settings)))


def _files_of(settings: Settings | None) -> FileStore:
    return FileStore.local(settings.data_dir / "files") if settings else FileStore(MemoryStore())


def seen(record: Versioned) -> Seen:
    return Seen(record.id, record.version)
