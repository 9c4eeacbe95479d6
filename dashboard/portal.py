"""Everything long-lived, made once for this process: settings, database, files."""

from dataclasses import dataclass
from functools import cache

from sqlalchemy import Engine

from dashboard.data_requests.outgoing.case_files import Shelf
from dashboard.db import make_engine
from dashboard.files import FileStore
from dashboard.settings import Settings


@dataclass(frozen=True, slots=True)
class Portal:
    settings: Settings
    engine: Engine
    files: FileStore

    @property
    def shelf(self) -> Shelf:
        """The same store, with the key under which files of a case lie sealed."""
        return Shelf(self.files, self.settings)


def open_portal(settings: Settings) -> Portal:
    return Portal(settings, make_engine(settings.database), FileStore.local(settings.data_dir / "files"))


@cache
def portal() -> Portal:
    """The portal that the environment describes."""
    return open_portal(Settings())
