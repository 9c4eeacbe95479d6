"""Everything long-lived, made once for this process: settings, database, files; and the acts that are done with it."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from types import TracebackType
from typing import Self

from sqlalchemy import Engine
from sqlmodel import Session

from dashboard import content, vault
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


class Reader:
    """The questions of one run: all in one look, opened at the first of them. After something was written the next question opens
    another, and sees it.
    """

    def __init__(self, portal: Portal) -> None:
        self.portal = portal
        self._open = ExitStack()
        self._session: Session | None = None

    def act(self, actor: Actor, now: datetime) -> Act:
        if self._session is None:
            self._session = self._open.enter_context(reading(self.portal.engine))
        return Act(self._session, actor, now, self.portal.settings, self.portal.files)

    def close(self) -> None:
        self._session = None
        self._open.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None) -> None:
        self.close()


def open_portal(settings: Settings) -> Portal:
    content.use(settings.content_dir)
    engine = vault.attach(make_engine(settings.database), settings.file_secrets)
    return Portal(settings, engine, FileStore.local(settings.data_dir / "files"))


@cache
def portal() -> Portal:
    """The portal that the environment describes."""
    return open_portal(Settings())
