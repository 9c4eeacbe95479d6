"""A backup in one file, encrypted to a key that lies elsewhere, and putting it back in an empty place.

Made while the portal goes on: first the database, in one consistent state, then the files that it names; one that went meanwhile
was erased. The file is a tar under age (age-encryption.org): without this program `age -d` opens it. The list of erasures is
not in it: it would forget with itself what came after.
"""

import hashlib
import io
import json
import os
import shutil
import sqlite3
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import asdict, dataclass, field
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import IO

import pyrage
from sqlalchemy import Engine, inspect
from sqlmodel import select

from dashboard import vault
from dashboard.backup_tools import Digested, decrypted, encrypting, ours_alone, recipient_of, run
from dashboard.db import reading
from dashboard.errors import ConfigurationError, DamagedFileError
from dashboard.portal import Portal
from dashboard.settings import Settings
from dashboard.vault import DataKey

SQLITE, DUMP, FILES, MANIFEST = "bijsluiter.db", "database.dump", "files", "manifest.json"


@dataclass(slots=True)
class Manifest:
    """What a backup holds: checked, piece by piece, before anything of it is put back."""

    made_at: str
    portal: str
    program: str
    database: str
    # The secrets under which its keys lie, by the names that we give them.
    key_ids: list[str]
    members: dict[str, str] = field(default_factory=dict)
    # Named by the database and not whole any more.
    damaged: list[str] = field(default_factory=list)


def make(portal: Portal, target: Path, recipient: str, now: datetime) -> Manifest:
    """Write a backup; the file has its name only once it is whole. Raises ConfigurationError."""
    to = recipient_of(recipient)
    manifest = Manifest(
        made_at=now.isoformat(),
        portal=portal.settings.base_url,
        program=version("bijsluiter"),
        database=portal.engine.dialect.name,
        key_ids=_key_ids(portal.engine),
    )
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(target.name + ".part")
    with tempfile.TemporaryDirectory() as folder, ours_alone(part) as out:
        copied = _copied(portal, Path(folder))
        with encrypting(out, to) as tar:
            _add(tar, manifest, copied.name, copied.stat().st_size, lambda: copied.open("rb"))
            for sha256 in _files(portal):
                try:
                    content = portal.files.get(sha256)
                except DamagedFileError:
                    manifest.damaged.append(sha256)
                    continue
                _add(tar, manifest, f"{FILES}/{sha256}", len(content), lambda content=content: io.BytesIO(content))  # type: ignore[misc]
            told = json.dumps(asdict(manifest), indent=1).encode()
            tar.addfile(_info(MANIFEST, len(told)), io.BytesIO(told))
        out.flush()
        os.fsync(out.fileno())
    part.rename(target)
    return manifest


def put_back(settings: Settings, engine: Engine, source: Path, identity: str) -> Manifest:
    """Into an empty place, once all of it was checked. Raises ConfigurationError for a place that isn't empty, a key that opens
    nothing, or a backup that isn't whole; then nothing was put anywhere.
    """
    files = settings.data_dir / FILES
    if not _is_new(engine) and inspect(engine).get_table_names():
        raise ConfigurationError(
            f"there is a database already at {engine.url.render_as_string()}: a backup goes to an empty place"
        )
    if files.exists() and any(each.is_file() for each in files.rglob("*")):
        raise ConfigurationError(f"there are files already in {files}: a backup goes to an empty place")
    settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.TemporaryDirectory(dir=settings.data_dir) as made:
        folder = Path(made)
        decrypted(source, identity, folder)
        manifest = _checked(folder, settings)
        _place(settings, engine, manifest, folder)
    return manifest


def _is_new(engine: Engine) -> bool:
    """A file that isn't there: asking what is in it would make it."""
    there = Path(str(engine.url.database))
    return engine.dialect.name == "sqlite" and not (there.exists() and there.stat().st_size)


def new_key() -> tuple[str, str]:
    """What opens backups, to be kept elsewhere; and what they are encrypted to."""
    made = pyrage.x25519.Identity.generate()
    return str(made), str(made.to_public())


def _copied(portal: Portal, folder: Path) -> Path:
    """The database as it is at one moment."""
    url = portal.engine.url
    if portal.engine.dialect.name == "sqlite":
        target = folder / SQLITE
        with closing(sqlite3.connect(str(url.database))) as source, closing(sqlite3.connect(target)) as copy:
            source.backup(copy)
        return target
    target = folder / DUMP
    run("pg_dump", url, "--format=custom", "--no-owner", f"--file={target}")
    return target


def _files(portal: Portal) -> Iterator[str]:
    """Listed only now: whatever the database named before it was copied is there, or was erased since."""
    for page in portal.files.all():
        yield from page


def _key_ids(engine: Engine) -> list[str]:
    with reading(engine) as session:
        return sorted(session.exec(select(DataKey.key_id).distinct()).all())


def _add(tar: tarfile.TarFile, manifest: Manifest, name: str, size: int, opened: Callable[[], IO[bytes]]) -> None:
    with opened() as content:
        digested = Digested(content)
        tar.addfile(_info(name, size), digested)
        manifest.members[name] = digested.digest.hexdigest()


def _info(name: str, size: int) -> tarfile.TarInfo:
    made = tarfile.TarInfo(name)
    made.size, made.mode = size, 0o600
    return made


def _checked(folder: Path, settings: Settings) -> Manifest:
    try:
        manifest = Manifest(**json.loads((folder / MANIFEST).read_text("utf-8")))
    except (OSError, ValueError, TypeError) as wrong:
        raise ConfigurationError("this backup has no list of what it holds, or isn't whole") from wrong
    others = [name for name, sha256 in manifest.members.items() if _digest_of(folder / name) != sha256]
    if others:
        raise ConfigurationError(f"{len(others)} parts of this backup aren't what they were, {others[0]} first")
    unknown = set(manifest.key_ids) - {vault.key_id_of(each) for each in settings.file_secrets}
    if unknown:
        raise ConfigurationError(
            "BIJSLUITER_FILE_SECRET isn't the secret under which this backup lies sealed, nor is one of the old ones"
        )
    return manifest


def _digest_of(path: Path) -> str:
    if not path.is_file():
        return ""
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _place(settings: Settings, engine: Engine, manifest: Manifest, folder: Path) -> None:
    if SQLITE in manifest.members and engine.dialect.name == "sqlite":
        engine.dispose()
        there = Path(str(engine.url.database))
        for each in (there, there.with_name(there.name + "-wal"), there.with_name(there.name + "-shm")):
            each.unlink(missing_ok=True)
        shutil.move(folder / SQLITE, there)
        there.chmod(0o600)
    elif DUMP in manifest.members and engine.dialect.name == "postgresql":
        run("pg_restore", engine.url, "--no-owner", "--exit-on-error", "--single-transaction", str(folder / DUMP), named=True)
    else:
        raise ConfigurationError(f"this backup is of {manifest.database}, and the database here is {engine.dialect.name}")
    for name in manifest.members:
        if name.startswith(f"{FILES}/"):
            sha256 = name.removeprefix(f"{FILES}/")
            place = settings.data_dir / FILES / sha256[:2] / sha256
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(folder / name, place)
