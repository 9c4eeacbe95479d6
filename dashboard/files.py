"""The file store: content-addressed, written before the row that names it, verified when read."""

import hashlib
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import obstore
from obstore.store import LocalStore, ObjectStore

from dashboard.errors import DamagedFileError


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


class FileStore:
    """Bytes by their SHA-256, on a local folder (an S3 bucket is another `ObjectStore`)."""

    def __init__(self, store: ObjectStore) -> None:
        self._store = store

    @classmethod
    def local(cls, folder: Path) -> "FileStore":
        folder.mkdir(parents=True, exist_ok=True)
        return cls(LocalStore(folder))

    def put(self, content: bytes, *, unique: bool = False) -> str:  # noqa: ARG002  for those that are staged
        """Store and return the digest; the same bytes again change nothing. `unique`: nobody else can have these bytes."""
        sha256 = digest(content)
        obstore.put(self._store, _path(sha256), content)
        return sha256

    def get(self, sha256: str) -> bytes:
        """The bytes. Raises DamagedFileError when they are gone or have another digest."""
        try:
            content = bytes(obstore.get(self._store, _path(sha256)).bytes())
        except FileNotFoundError as missing:
            raise DamagedFileError(sha256) from missing
        if digest(content) != sha256:
            raise DamagedFileError(sha256)
        return content

    def delete(self, sha256: str) -> None:
        """Remove the bytes; gone already is fine. Only for content that no other row names (sealed files never share any)."""
        with suppress(FileNotFoundError):
            obstore.delete(self._store, _path(sha256))

    def delete_older(self, sha256: str, moment: datetime) -> bool:
        """Remove bytes that were stored before this moment, at once; False when they were stored again since, or are gone."""
        with suppress(FileNotFoundError):
            if obstore.head(self._store, _path(sha256))["last_modified"] < moment:
                obstore.delete(self._store, _path(sha256))
                return True
        return False

    def older_than(self, moment: datetime) -> Iterator[list[str]]:
        """What was stored before this moment, some at a time."""
        for page in obstore.list(self._store):
            yield [each["path"].rpartition("/")[2] for each in page if each["last_modified"] < moment]

    def staged(self) -> "StagedFiles":
        """The same store for one action: it keeps in step with the action's transaction."""
        return StagedFiles(self._store)

    def all(self) -> Iterator[list[str]]:
        """What is stored, some at a time."""
        for page in obstore.list(self._store):
            yield [each["path"].rpartition("/")[2] for each in page]

    def check(self) -> None:
        """Raise unless the store can be written and read: for the readiness route."""
        probe = b"ready"
        self.put(probe)
        self.get(digest(probe))


class StagedFiles(FileStore):
    """Bytes are written at once, since the row that names them needs their digest; they go again when the action is undone, and
    what it removes goes only once it is kept.
    """

    def __init__(self, store: ObjectStore) -> None:
        super().__init__(store)
        self._written: list[str] = []
        self._removed: list[str] = []

    def put(self, content: bytes, *, unique: bool = False) -> str:
        sha256 = super().put(content)
        if unique:
            self._written.append(sha256)
        return sha256

    def delete(self, sha256: str) -> None:
        self._removed.append(sha256)

    def keep(self) -> None:
        """The transaction was kept."""
        for sha256 in self._removed:
            super().delete(sha256)

    def undo(self) -> None:
        """The transaction was undone: what others may have too stays, and is swept if nobody does."""
        for sha256 in self._written:
            super().delete(sha256)


def _path(sha256: str) -> str:
    return f"{sha256[:2]}/{sha256}"
