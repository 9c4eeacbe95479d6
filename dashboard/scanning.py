"""A virus scanner, where the operator has one: ClamAV's daemon, asked over its own protocol (`INSTREAM`)."""

import socket
import struct
from pathlib import Path

from dashboard.errors import InvalidInputError
from dashboard.settings import Settings

PIECE = 64 * 1024
SECONDS = 20.0
LONGEST_ANSWER = 4_096


class ScannerError(Exception):
    """The scanner can't be asked, or says something else than whether a file is clean."""


def scanned(settings: Settings, content: bytes) -> None:
    """Nothing where no scanner is set. Raises InvalidInputError for a file that it knows, and for any while it doesn't answer:
    none is taken that wasn't looked at.
    """
    if not settings.clamav:
        return
    try:
        clean = is_clean(settings.clamav, content)
    except (OSError, ScannerError) as fault:
        raise InvalidInputError({"file": "invalid.file_unscanned"}) from fault
    if not clean:
        raise InvalidInputError({"file": "invalid.file_virus"})


def is_clean(place: str, content: bytes) -> bool:
    """Raises OSError and ScannerError."""
    with _opened(place) as there:
        there.sendall(b"zINSTREAM\0")
        for start in range(0, len(content), PIECE):
            piece = content[start : start + PIECE]
            there.sendall(struct.pack("!L", len(piece)) + piece)
        there.sendall(struct.pack("!L", 0))
        said = _answer(there)
    if said.endswith("FOUND"):
        return False
    if said.endswith("OK"):
        return True
    raise ScannerError(said[:80])


def answers(place: str) -> bool:
    """Whether it is there: for `bijsluiter check`."""
    try:
        with _opened(place) as there:
            there.sendall(b"zPING\0")
            return _answer(there) == "PONG"
    except OSError:
        return False


def _opened(place: str) -> socket.socket:
    if place.startswith("/"):
        there = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        there.settimeout(SECONDS)
        there.connect(str(Path(place)))
        return there
    host, _, port = place.rpartition(":")
    return socket.create_connection((host or "127.0.0.1", int(port)), timeout=SECONDS)


def _answer(there: socket.socket) -> str:
    said = b""
    while b"\0" not in said and len(said) < LONGEST_ANSWER:
        piece = there.recv(LONGEST_ANSWER)
        if not piece:
            break
        said += piece
    return said.partition(b"\0")[0].decode("ascii", "replace").strip()
