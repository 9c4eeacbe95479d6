"""Files at a case: taken by their content and not their name, sealed at rest, removed for good when their time is over."""

import csv
import io
import json
import re
import unicodedata
import zipfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import PurePath
from uuid import uuid4

from PIL import Image, ImageOps, UnidentifiedImageError
from sqlmodel import col, select

from dashboard import vault
from dashboard.act import Allowed, asks
from dashboard.data_requests.case.model import Case, CaseFile
from dashboard.data_requests.case.terms import FilePurpose
from dashboard.data_requests.outgoing.contents import holds_data
from dashboard.errors import DamagedFileError, InvalidInputError, NotFoundError
from dashboard.pdfs import fault_of
from dashboard.permissions import Permission
from dashboard.scanning import scanned
from dashboard.sealed_types import REMOVED
from dashboard.sealing import key_from, seal, unseal
from dashboard.spreadsheets import decoded, rows_of

MEGABYTE = 1024 * 1024
LARGEST_BYTES = 10 * MEGABYTE
MOST_PIXELS = 50_000_000
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
_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9._-]+")


@dataclass(frozen=True, slots=True)
class Upload:
    """As it came in: name and bytes of somebody else's making."""

    name: str
    content: bytes


def keep(act: Allowed, case: Case, upload: Upload, purpose: FilePurpose) -> CaseFile:
    """Check, seal and store a file. The bytes first: a row never names a file that isn't there."""
    kind = checked_kind(upload, ANSWER_KINDS if purpose is FilePurpose.ANSWER else ATTACHMENT_KINDS)
    scanned(act.settings, upload.content)
    content = redrawn(upload.content, _IMAGES[kind]) if kind in _IMAGES else upload.content
    file_id = str(uuid4())
    # Sealed under a key of its own: nobody else has these bytes.
    sha256 = act.files.put(seal(content, vault.key_for(act.session, file_id), _about(file_id)), unique=True)
    row = CaseFile(
        id=file_id,
        case_id=case.id,
        name=_own_name(upload.name, kind),
        media_type=MEDIA_TYPES[kind],
        sha256=sha256,
        size=len(content),
        at=act.now,
        by_id=act.actor.id,
        purpose=purpose,
        holds_data=purpose is FilePurpose.ANSWER and holds_data(kind, content),
        sealed=True,
        own_key=True,
    )
    act.session.add(row)
    return row


def content_of(act: Allowed, row: CaseFile) -> bytes:
    """The bytes as they were given. Raises NotFoundError when their time is over, DamagedFileError when they changed."""
    if row.deleted_at:
        raise NotFoundError(row.id)
    stored = act.files.get(row.sha256)
    if not row.sealed:
        return stored
    return unseal(stored, vault.key_of(act.session, row.id), _about(row.id)) if row.own_key else _of_before(act, stored, row.id)


def reseal(act: Allowed, row: CaseFile) -> None:
    """Put one that lies under our secret itself, or unsealed, under a key of its own."""
    before, shared = row.sha256, not row.sealed
    content = content_of(act, row)
    row.sha256 = act.files.put(seal(content, vault.key_for(act.session, row.id), _about(row.id)), unique=True)
    row.sealed = row.own_key = True
    act.session.add(row)
    act.session.flush()
    if not shared:
        act.files.delete(before)


@asks(Permission.RUN_JOBS)
def opens_stored(act: Allowed) -> bool:
    """Whether our secret opens what is stored: tried on the newest file. Without any it can't be wrong."""
    newest = select(CaseFile).where(col(CaseFile.sealed), col(CaseFile.deleted_at).is_(None)).order_by(col(CaseFile.at).desc())
    try:
        row = act.session.exec(newest.limit(1)).first()
        return row is None or bool(content_of(act, row))
    except DamagedFileError:
        return False


def remove(act: Allowed, row: CaseFile) -> None:
    """The bytes go, the row stays without its name. An unsealed file of the first release may share its bytes: those stay
    until nobody names them.
    """
    row.deleted_at = act.now
    row.name = REMOVED
    act.session.add(row)
    act.session.flush()
    if row.sealed:
        act.files.delete(row.sha256)
    vault.forget(act.session, row.id)


def _about(file_id: str) -> str:
    return f"case_file|{file_id}"


def _of_before(act: Allowed, stored: bytes, file_id: str) -> bytes:
    """Sealed under one of our secrets."""
    *others, last = act.settings.file_secrets
    for secret in others:
        with suppress(DamagedFileError):
            return unseal(stored, key_from(secret, "case files"), file_id)
    return unseal(stored, key_from(last, "case files"), file_id)


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
    except (zipfile.BadZipFile, ValueError, csv.Error, UnidentifiedImageError, OSError, RecursionError):
        return False


def _image(content: bytes, kind: str) -> bool:
    with Image.open(io.BytesIO(content), formats=[kind]) as image:
        if image.width * image.height > MOST_PIXELS:
            return False
        image.verify()
    # Its head may be whole and the rest not: seen only by drawing it.
    with Image.open(io.BytesIO(content), formats=[kind]) as image:
        image.load()
    return True


def redrawn(content: bytes, kind: str) -> bytes:
    """An image drawn anew from its points: nothing else that a stranger's file holds goes along, where it was taken neither."""
    with Image.open(io.BytesIO(content), formats=[kind]) as image:
        upright = ImageOps.exif_transpose(image)
        plain = upright.convert("RGBA" if kind == "PNG" and upright.has_transparency_data else "RGB")
        drawn = Image.new(plain.mode, plain.size)
        drawn.paste(plain)
        out = io.BytesIO()
        drawn.save(out, kind, **({"quality": 90} if kind == "JPEG" else {}))
    return out.getvalue()


def _unaccented(name: str) -> str:
    return "".join(sign for sign in unicodedata.normalize("NFKD", name) if not unicodedata.combining(sign))


def _own_name(name: str, kind: str) -> str:
    """A name of our own making: no path, no control signs, one ending."""
    stem = _NOT_IN_NAMES.sub("-", _unaccented(PurePath(name.replace("\\", "/")).stem)).strip("-.")[:80]
    return f"{stem or 'bestand'}.{kind}"
