"""Everything long-lived, made once for this process: settings, database, files; and the acts that are done with it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from sqlalchemy import Engine

from dashboard import content
from dashboard.act import Act
from dashboard.clock import utc_now
from dashboard.db import make_engine, reading, transaction
from dashboard.files import FileStore
from dashboard.permissions import Actor
from dashboard.settings import Settings


@dataclass(frozen=True, slots=True)
class Portal:
    settings: Settings
    engine: Engine
    files: FileStore

    @contextmanager
    def act(self, actor: Actor, now: datetime | None = None) -> Iterator[Act]:
        """One action in one transaction: kept at the end, or undone whole when an exception leaves the block."""
        staged = self.files.staged()
        try:
            with transaction(self.engine) as session:
                yield Act(session, actor, now or utc_now(), self.settings, staged)
        except BaseException:
            staged.undo()
            raise
        staged.keep()

    @contextmanager
    def look(self, actor: Actor, now: datetime | None = None) -> Iterator[Act]:
        """Questions alone: a consistent look that holds nobody up."""
        with reading(self.engine) as session:
            yield Act(session, actor, now or utc_now(), self.settings, self.files)


def open_portal(settings: Settings) -> Portal:
    content.use(settings.content_dir)
    return Portal(settings, make_engine(settings.database), FileStore.local(settings.data_dir / "files"))


@cache
def portal() -> Portal:
    """The portal that the environment describes."""
    return open_portal(Settings())
