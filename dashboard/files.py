"""The file store: content-addressed, written before the row that names it, verified when read."""

import hashlib
from contextlib import suppress
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

    def put(self, content: bytes) -> str:
        """Store and return the digest; storing the same bytes again changes nothing."""
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

    def check(self) -> None:
        """Raise unless the store can be written and read: for the readiness route."""
        probe = b"ready"
        self.put(probe)
        self.get(digest(probe))


def _path(sha256: str) -> str:
    return f"{sha256[:2]}/{sha256}"
