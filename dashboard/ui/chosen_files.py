"""Files that are chosen on a page and not sent yet: taken only where a page shows a place for them, kept on disk and not in
memory, sealed under a key that ends with this process; so much of one session, of one address, and in all.
"""

import secrets
import shutil
import tempfile
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from contextvars import ContextVar
from http import HTTPStatus
from pathlib import Path
from typing import Any, NamedTuple
from weakref import finalize

import streamlit as st
from streamlit.runtime import memory_uploaded_file_manager as streamlits
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.uploaded_file_manager import UploadedFileRec, UploadFileUrlInfo

from dashboard.sealing import KEY_BYTES, seal, unseal

MEGABYTE = 1024 * 1024
OF_A_SESSION = 60 * MEGABYTE
OF_AN_ADDRESS = 300 * MEGABYTE
IN_ALL = 1_000 * MEGABYTE
# Places that were given out and not used yet, of one session.
MOST_WAITING = 30


class Place(NamedTuple):
    """Where the bytes of a file lie, and the key that opens them."""

    path: Path
    key: bytes


class OnDisk(UploadedFileRec):
    """A file whose bytes are read when somebody wants them. In the place of its bytes it has where they are."""

    @property
    def data(self) -> bytes:
        place = self.place
        return unseal(place.path.read_bytes(), place.key, self.file_id)

    @property
    def place(self) -> "Place":
        where: Any = self[3]
        return Place(*where)


class Uploads(MemoryUploadedFileManager):
    """Streamlit's own keeper of them takes any bytes for any session, and holds them in memory."""

    def __init__(self, upload_endpoint: str) -> None:
        super().__init__(upload_endpoint)
        self._key = secrets.token_bytes(KEY_BYTES)
        self._folder = Path(tempfile.mkdtemp(prefix="bijsluiter-uploads-"))
        finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
        self._showing: set[str] = set()
        self._given: dict[str, dict[str, None]] = {}
        # By session and file: whose, and how many bytes.
        self._held: dict[tuple[str, str], tuple[str, int]] = {}
        self._sums: Counter[str] = Counter()

    def shows(self, session_id: str) -> None:
        self._showing.add(session_id)

    def hides(self, session_id: str) -> None:
        self._showing.discard(session_id)

    def get_upload_urls(self, session_id: str, file_names: Sequence[str]) -> list[UploadFileUrlInfo]:
        """Places for files; none for a session that shows nowhere to put one."""
        if session_id not in self._showing:
            return []
        made = super().get_upload_urls(session_id, file_names[:MOST_WAITING])
        with self._lock:
            given = self._given.setdefault(session_id, {})
            given.update(dict.fromkeys(each.file_id for each in made))
            for oldest in list(given)[:-MOST_WAITING]:
                del given[oldest]
        return made

    def may_take(self, session_id: str, file_id: str, address: str, size: int) -> HTTPStatus:
        """Whether these bytes may come now: asked before any of them is read. They count from here on."""
        with self._lock:
            if file_id not in self._given.get(session_id, {}):
                return HTTPStatus.NOT_FOUND
            sums = {f"session {session_id}": OF_A_SESSION, f"address {address}": OF_AN_ADDRESS, "all": IN_ALL}
            if any(self._sums[name] + size > most for name, most in sums.items()):
                return HTTPStatus.TOO_MANY_REQUESTS
            del self._given[session_id][file_id]
            self._held[session_id, file_id] = (address, size)
            for name in sums:
                self._sums[name] += size
        return HTTPStatus.OK

    def settle(self, session_id: str, file_id: str) -> None:
        """It came, or it broke off: then it counts no more."""
        with self._lock:
            if file_id not in self.file_storage.get(session_id, {}):
                self._release(session_id, file_id)

    def add_file(self, session_id: str, file: UploadedFileRec) -> None:
        path = self._folder / secrets.token_hex(16)
        path.touch(mode=0o600)
        path.write_bytes(seal(file.data, self._key, file.file_id))
        where: Any = (path, self._key)
        super().add_file(session_id, OnDisk(file.file_id, file.name, file.type, where))

    def remove_file(self, session_id: str, file_id: str) -> None:
        held = self.file_storage.get(session_id, {}).get(file_id)
        super().remove_file(session_id, file_id)
        self._drop(session_id, file_id, held)

    def remove_session_files(self, session_id: str) -> None:
        held = dict(self.file_storage.get(session_id, {}))
        super().remove_session_files(session_id)
        for file_id, file in held.items():
            self._drop(session_id, file_id, file)
        with self._lock:
            self._given.pop(session_id, None)
        self.hides(session_id)

    def _drop(self, session_id: str, file_id: str, file: UploadedFileRec | None) -> None:
        with self._lock:
            self._release(session_id, file_id)
        if isinstance(file, OnDisk):
            with suppress(FileNotFoundError):
                file.place.path.unlink()

    def _release(self, session_id: str, file_id: str) -> None:
        address, size = self._held.pop((session_id, file_id), ("", 0))
        if size:
            for name in (f"session {session_id}", f"address {address}", "all"):
                self._sums[name] -= size
                if self._sums[name] <= 0:
                    del self._sums[name]


_keepers: list[Uploads] = []
_drawn: ContextVar[bool] = ContextVar("drawn", default=False)


class _Installed(Uploads):
    def __init__(self, upload_endpoint: str) -> None:
        super().__init__(upload_endpoint)
        _keepers.append(self)


def install() -> None:
    """Before the app is made: it looks its keeper up by this name."""
    streamlits.MemoryUploadedFileManager = _Installed  # type: ignore[misc]


def keeper() -> Uploads | None:
    """The one of the running app."""
    return _keepers[-1] if _keepers else None


def begin_run() -> None:
    _drawn.set(False)


def end_run() -> None:
    """A page without a place for files was drawn to its end: from now on none is taken."""
    run, held = get_script_run_ctx(), keeper()
    if run and held and not _drawn.get():
        held.hides(run.session_id)


def uploader(label: str, **options: Any) -> Any:
    """A place for files."""
    _drawn.set(True)
    run, held = get_script_run_ctx(), keeper()
    if run and held:
        held.shows(run.session_id)
    return st.file_uploader(label, **options)
