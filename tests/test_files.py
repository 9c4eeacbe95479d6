from pathlib import Path

import pytest

from dashboard.errors import DamagedFileError
from dashboard.files import FileStore, digest


def test_bytes_come_back_by_their_digest_and_the_same_bytes_are_stored_once(files: FileStore, tmp_path: Path) -> None:
    assert files.put(b"inhoud") == files.put(b"inhoud") == digest(b"inhoud")
    assert files.get(digest(b"inhoud")) == b"inhoud"
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 1


def test_changed_or_missing_bytes_are_never_handed_out(files: FileStore, tmp_path: Path) -> None:
    sha256 = files.put(b"inhoud")
    stored = next(path for path in tmp_path.rglob("*") if path.is_file())
    stored.write_bytes(b"inhouD")
    with pytest.raises(DamagedFileError):
        files.get(sha256)
    stored.unlink()
    with pytest.raises(DamagedFileError):
        files.get(sha256)


def test_the_store_checks_itself(files: FileStore) -> None:
    files.check()
