"""What backups are made with: age, and PostgreSQL's own programs."""

import hashlib
import os
import shutil
import subprocess
import tarfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import pyrage

from dashboard.errors import ConfigurationError

PIECE = 1024 * 1024


@contextmanager
def encrypting(out: IO[bytes], to: Any) -> Iterator[tarfile.TarFile]:
    """What is added to the tar goes to the file encrypted, as it comes."""
    read_end, write_end = os.pipe()
    fault: list[BaseException] = []

    def encrypt() -> None:
        with os.fdopen(read_end, "rb") as plain:
            try:
                pyrage.encrypt_io(plain, out, [to])
            except BaseException as wrong:  # noqa: BLE001  told where it was asked for
                fault.append(wrong)

    worker = threading.Thread(target=encrypt)
    worker.start()
    try:
        with os.fdopen(write_end, "wb") as plain, tarfile.open(fileobj=plain, mode="w|", bufsize=PIECE) as tar:
            yield tar
    finally:
        worker.join()
    if fault:
        raise fault[0]


class Digested:
    """Bytes on their way, with their digest."""

    def __init__(self, content: IO[bytes]) -> None:
        self._content = content
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        piece = self._content.read(size)
        self.digest.update(piece)
        return piece


def decrypted(source: Path, identity: str, folder: Path) -> None:
    try:
        opens = pyrage.x25519.Identity.from_str(identity.strip())
    except pyrage.IdentityError as wrong:
        raise ConfigurationError("this is no key of backups: it begins with AGE-SECRET-KEY-1") from wrong
    plain = folder / "plain.tar"
    try:
        with source.open("rb") as sealed, ours_alone(plain) as out:
            pyrage.decrypt_io(sealed, out, [opens])
        with tarfile.open(plain) as tar:
            tar.extractall(folder, filter="data")
    except (pyrage.DecryptError, tarfile.TarError, OSError) as wrong:
        raise ConfigurationError(f"{source} doesn't open with this key, or isn't whole") from wrong
    plain.unlink()


def run(program: str, url: Any, *options: str, named: bool = False) -> None:
    """One of PostgreSQL's own; what it must know stands in its environment, where nobody else of this machine reads it."""
    found = shutil.which(program)
    if found is None:
        raise ConfigurationError(f"there is no {program} on the PATH: install PostgreSQL's client programs")
    given = {
        "PGHOST": url.query.get("host") or url.host,
        "PGPORT": url.port,
        "PGUSER": url.username,
        "PGPASSWORD": url.password,
        "PGDATABASE": url.database,
    }
    environment = os.environ | {name: str(value) for name, value in given.items() if value}
    place = [f"--dbname={url.database}"] if named else []
    ended = subprocess.run([found, *options, *place], env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    if ended.returncode:
        said = ended.stderr.strip().splitlines()
        raise ConfigurationError(f"{program} ended with {ended.returncode}: {said[-1] if said else 'nothing said'}")


def recipient_of(key: str) -> Any:
    try:
        return pyrage.x25519.Recipient.from_str(key.strip())
    except pyrage.RecipientError as wrong:
        raise ConfigurationError(
            "BIJSLUITER_BACKUP_KEY is no key that backups can be encrypted to: `bijsluiter backup-key FILE` makes one"
        ) from wrong


def ours_alone(path: Path) -> IO[bytes]:
    """A new file that no other account reads."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb")
