"""Checking a ZIP of evidence, or its manifest alone: every changed byte, missing file and added file is found."""

import hashlib
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import IO

from pydantic import ValidationError

from dashboard.evidence.manifest import MANIFEST, SIGNATURE, Manifest, read
from dashboard.evidence.signing import Signature, holds

CHUNK = 1024 * 1024
LARGEST_MANIFEST = 8 * 1024 * 1024
LARGEST_SIGNATURE = 4096
# Of a ZIP: the parts before a file's name, here and in the list at the end; and what closes it.
LOCAL_HEAD, CENTRAL_HEAD, CLOSING = 30, 46, 22
SIZES_BEHIND = 0x08


class Fault(StrEnum):
    """What can be wrong with evidence."""

    NOT_A_ZIP = "not_a_zip"
    NO_MANIFEST = "no_manifest"
    NO_SIGNATURE = "no_signature"
    BAD_MANIFEST = "bad_manifest"
    BAD_SIGNATURE = "bad_signature"
    UNKNOWN_KEY = "unknown_key"
    MISSING = "missing"
    CHANGED = "changed"
    ADDED = "added"
    # Bytes before, between or behind its files that none of them accounts for.
    HIDDEN = "hidden"


@dataclass(frozen=True, slots=True)
class Finding:
    fault: Fault
    file: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is wrong, and what the manifest says when it can be trusted."""

    findings: tuple[Finding, ...]
    manifest: Manifest | None = None

    @property
    def holds(self) -> bool:
        return not self.findings


def check_zip(archive: IO[bytes], trusted: Iterable[str]) -> Verdict:
    """Check a whole ZIP against public keys that one trusts. Reads file by file, never more than the manifest says there is."""
    try:
        with zipfile.ZipFile(archive) as zipped:
            if _hides(archive, zipped):
                return Verdict((Finding(Fault.HIDDEN),))
            return _check(zipped, list(trusted))
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, OSError):
        return Verdict((Finding(Fault.NOT_A_ZIP),))


def check_manifest(manifest: bytes, signature: bytes, trusted: Iterable[str]) -> Verdict:
    """Check a manifest by its signature, without the documents."""
    try:
        signed = Signature.from_bytes(signature)
        keys = [key for key in trusted if key == signed.public_key]
        if not keys:
            return Verdict((Finding(Fault.UNKNOWN_KEY, SIGNATURE),))
        if not any(holds(signed, manifest, key) for key in keys):
            return Verdict((Finding(Fault.BAD_SIGNATURE, MANIFEST),))
    except ValueError:
        return Verdict((Finding(Fault.BAD_SIGNATURE, SIGNATURE),))
    try:
        return Verdict((), read(manifest))
    except (ValidationError, ValueError):
        return Verdict((Finding(Fault.BAD_MANIFEST, MANIFEST),))


def _check(zipped: zipfile.ZipFile, trusted: list[str]) -> Verdict:
    names = zipped.namelist()
    for needed, fault in ((MANIFEST, Fault.NO_MANIFEST), (SIGNATURE, Fault.NO_SIGNATURE)):
        if names.count(needed) != 1:
            return Verdict((Finding(fault, needed),))
    try:
        manifest, signature = _small(zipped, MANIFEST, LARGEST_MANIFEST), _small(zipped, SIGNATURE, LARGEST_SIGNATURE)
    except (zipfile.BadZipFile, zlib.error, ValueError):
        return Verdict((Finding(Fault.CHANGED, MANIFEST),))
    verdict = check_manifest(manifest, signature, trusted)
    if verdict.manifest is None:
        return verdict
    return Verdict(tuple(_files(zipped, names, verdict.manifest)), verdict.manifest)


def _hides(archive: IO[bytes], zipped: zipfile.ZipFile) -> bool:
    """Whether there is room in it that no file fills: another program may read what this one skips."""
    end = 0
    for each in sorted(zipped.infolist(), key=lambda each: each.header_offset):
        if each.header_offset != end or each.comment:
            return True
        archive.seek(each.header_offset)
        head = archive.read(LOCAL_HEAD)
        name, extra = (int.from_bytes(head[at : at + 2], "little") for at in (26, 28))
        if archive.read(name) != each.orig_filename.encode("utf-8"):
            return True
        end += LOCAL_HEAD + name + extra + each.compress_size
        if each.flag_bits & SIZES_BEHIND:
            archive.seek(end)
            # With its mark, as we write it; the sizes in four bytes each.
            end += 16 if archive.read(4) == b"PK\x07\x08" else 12
    archive.seek(0, 2)
    return end != zipped.start_dir or bool(zipped.comment) or archive.tell() != zipped.start_dir + _directory(archive, zipped)


def _directory(archive: IO[bytes], zipped: zipfile.ZipFile) -> int:
    """How long the list of files at the end is, with what closes it."""
    length = 0
    for _ in zipped.infolist():
        archive.seek(zipped.start_dir + length)
        head = archive.read(CENTRAL_HEAD)
        length += CENTRAL_HEAD + sum(int.from_bytes(head[at : at + 2], "little") for at in (28, 30, 32))
    return length + CLOSING


def _files(zipped: zipfile.ZipFile, names: list[str], manifest: Manifest) -> Iterator[Finding]:
    listed = {each.file: (each.sha256, each.size) for each in manifest.documents}
    listed[manifest.readable.file] = (manifest.readable.sha256, manifest.readable.size)
    for name in sorted(set(names) - listed.keys() - {MANIFEST, SIGNATURE}):
        yield Finding(Fault.ADDED, name)
    for name, (sha256, size) in listed.items():
        if names.count(name) != 1:
            yield Finding(Fault.ADDED if name in names else Fault.MISSING, name)
        elif not _same(zipped, name, sha256, size):
            yield Finding(Fault.CHANGED, name)


def _same(zipped: zipfile.ZipFile, name: str, sha256: str, size: int) -> bool:
    found, left = hashlib.sha256(), size
    try:
        with zipped.open(name) as file:
            while chunk := file.read(CHUNK):
                left -= len(chunk)
                # A bomb isn't unpacked to its end.
                if left < 0:
                    return False
                found.update(chunk)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError):
        return False
    return left == 0 and found.hexdigest() == sha256


def _small(zipped: zipfile.ZipFile, name: str, largest: int) -> bytes:
    with zipped.open(name) as file:
        content = file.read(largest + 1)
    if len(content) > largest:
        raise ValueError(name)
    return content
