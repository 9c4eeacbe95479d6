"""Files as they come in: taken by their content and not their name, looked at by the virus scanner, images drawn anew.

All of it takes time and needs no database: a verb does it before its first statement, while nobody waits for its lock.
"""

import csv
import io
import json
import re
import struct
import unicodedata
import zipfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import PurePath
from threading import Lock

from PIL import ExifTags, Image, UnidentifiedImageError

from dashboard.data_requests.case.terms import FilePurpose
from dashboard.errors import InvalidInputError
from dashboard.pdfs import fault_of
from dashboard.scanning import scanned
from dashboard.settings import Settings
from dashboard.spreadsheets import decoded, rows_of

MEGABYTE = 1024 * 1024
LARGEST_BYTES = 10 * MEGABYTE
MOST_PIXELS = 30_000_000
MEDIA_TYPES = {
    "pdf": "application/pdf",
    "json": "application/json",
    "csv": "text/csv",
    "txt": "text/plain",
    "zip": "application/zip",
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
}
# What a page shows of them; the others are taken and opened elsewhere.
VIEWED = frozenset(MEDIA_TYPES[kind] for kind in ("pdf", "txt", "png", "jpg"))
ANSWER_KINDS = ("pdf", "json", "csv", "txt", "zip")
ATTACHMENT_KINDS = ("pdf", "png", "jpg", "jpeg", "txt")
_IMAGES = {"png": "PNG", "jpg": "JPEG", "jpeg": "JPEG"}
_BROKEN = (
    zipfile.BadZipFile,
    ValueError,
    csv.Error,
    UnidentifiedImageError,
    Image.DecompressionBombError,
    OSError,
    RecursionError,
    # Pillow's readers, on what no writer made.
    SyntaxError,
    TypeError,
    IndexError,
    struct.error,
)
_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9._-]+")

# A large image takes a quarter of a gigabyte while it is drawn: one after the other.
_drawing = Lock()
PATIENCE_SECONDS = 20
# EXIF's orientation, undone.
_TURNED = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


@dataclass(frozen=True, slots=True)
class Upload:
    """As it came in: name and bytes of somebody else's making."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Prepared:
    """Looked at, and as it is kept: under a name of our own, an image without what else was in its file."""

    name: str
    kind: str
    content: bytes
    purpose: FilePurpose


def prepared(settings: Settings, uploads: Collection[Upload], purpose: FilePurpose) -> list[Prepared]:
    """Raises InvalidInputError for the first that can't be taken."""
    found = []
    for upload in uploads:
        kind = checked_kind(upload, ANSWER_KINDS if purpose is FilePurpose.ANSWER else ATTACHMENT_KINDS)
        scanned(settings, upload.content)
        content = redrawn(upload.content, _IMAGES[kind]) if kind in _IMAGES else upload.content
        found.append(Prepared(_own_name(upload.name, kind), kind, content, purpose))
    return found


def checked_kind(upload: Upload, kinds: tuple[str, ...]) -> str:
    """The file's kind. Raises InvalidInputError unless its ending is one we take and its content really is that."""
    kind = PurePath(upload.name).suffix.lower().lstrip(".")
    if kind not in kinds:
        raise InvalidInputError({"file": "invalid.file_type" if kinds is ANSWER_KINDS else "invalid.attachment_type"})
    if not upload.content:
        raise InvalidInputError({"file": "invalid.file_empty"})
    if len(upload.content) > LARGEST_BYTES:
        raise InvalidInputError({"file": "invalid.file_large"})
    if not _is_really(kind, upload.content):
        raise InvalidInputError({"file": "invalid.file_content"})
    return kind


def _is_really(kind: str, content: bytes) -> bool:  # noqa: PLR0911 - one return for each kind
    try:
        match kind:
            case "pdf":
                return fault_of(content) is None
            case "png" | "jpg" | "jpeg":
                return _image(content, _IMAGES[kind])
            case "zip":
                with zipfile.ZipFile(io.BytesIO(content)) as archive:
                    return bool(archive.namelist())
            case "json":
                json.loads(content)
                return True
            case "csv":
                return b"\0" not in content and any(rows_of(decoded(content)))
            case _:
                return b"\0" not in content and bool(decoded(content))
    except _BROKEN:
        return False


def _image(content: bytes, kind: str) -> bool:
    with _one_at_a_time(), Image.open(io.BytesIO(content), formats=[kind]) as image:
        if image.width * image.height > MOST_PIXELS:
            return False
        # Its head may be whole and the rest not: seen only by drawing it.
        image.load()
    return True


def redrawn(content: bytes, kind: str) -> bytes:
    """An image drawn anew from its points: nothing else that a stranger's file holds goes along, where it was taken neither.
    Raises InvalidInputError.
    """
    try:
        with _one_at_a_time(), Image.open(io.BytesIO(content), formats=[kind]) as image:
            image.load()
            upright = _upright(image)
            mode = "RGBA" if kind == "PNG" and upright.has_transparency_data else "RGB"
            drawn = upright if upright.mode == mode else upright.convert(mode)
            drawn.info.clear()
            out = io.BytesIO()
            drawn.save(out, kind, **({"quality": 90} if kind == "JPEG" else {}))
    except _BROKEN as fault:
        raise InvalidInputError({"file": "invalid.file_content"}) from fault
    return out.getvalue()


def _upright(image: Image.Image) -> Image.Image:
    """As its maker held it, where the file says so in a way that can be read; the rest of what it says is left alone."""
    try:
        turned = _TURNED.get(image.getexif().get(ExifTags.Base.Orientation, 1))
    except _BROKEN:
        turned = None
    return image.transpose(turned) if turned is not None else image


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    if not _drawing.acquire(timeout=PATIENCE_SECONDS):
        raise InvalidInputError({"file": "invalid.file_busy"})
    try:
        yield
    finally:
        _drawing.release()


def _unaccented(name: str) -> str:
    return "".join(sign for sign in unicodedata.normalize("NFKD", name) if not unicodedata.combining(sign))


def _own_name(name: str, kind: str) -> str:
    """A name of our own making: no path, no control signs, one ending."""
    stem = _NOT_IN_NAMES.sub("-", _unaccented(PurePath(name.replace("\\", "/")).stem)).strip("-.")[:80]
    return f"{stem or 'bestand'}.{kind}"
