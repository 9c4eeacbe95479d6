"""Everything long-lived, made once for this process: settings, database, files."""

from dataclasses import dataclass
from functools import cache

from sqlalchemy import Engine

from dashboard.db import make_engine
from dashboard.files import FileStore
from dashboard.settings import Settings


@dataclass(frozen=True, slots=True)
class Portal:
    settings: Settings
    engine: Engine
    files: FileStore


def open_portal(settings: Settings) -> Portal:
    return Portal(settings, make_engine(settings.database), FileStore.local(settings.data_dir / "files"))


@cache
def portal() -> Portal:
    """The portal that the environment describes."""
    return open_portal(Settings())
