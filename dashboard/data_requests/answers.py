"""The files of an answer: what may be attached, by its content and not its name, and handing them out."""

import csv
import io
import json
import re
import zipfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePath
from uuid import uuid4

import pikepdf
from sqlmodel import Session

from dashboard import audit
from dashboard.data_requests.events import EventKind
from dashboard.data_requests.lifecycle import Status, Verb
from dashboard.data_requests.model import CaseFile
from dashboard.data_requests.moves import add_event, load_case, move
from dashboard.errors import InvalidInputError, NotFoundError
from dashboard.files import FileStore
from dashboard.permissions import Actor, Permission, require

MEGABYTE = 1024 * 1024
LARGEST_BYTES = 10 * MEGABYTE
MEDIA_TYPES = {
    "pdf": "application/pdf",
    "json": "application/json",
    "csv": "text/csv",
    "txt": "text/plain",
    "zip": "application/zip",
}
_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9._-]+")


@dataclass(frozen=True, slots=True)
class Download:
    """Bytes on their way out, with the name and type that we gave them."""

    name: str
    media_type: str
    content: bytes


def attach(  # noqa: PLR0913  a file has a name and content, and lands on a case seen at a version
    session: Session,
    actor: Actor,
    case_id: str,
    *,
    name: str,
    content: bytes,
    files: FileStore,
    version: int,
    now: datetime,
) -> None:
    """Add a file to the answer. Raises InvalidInputError for a wrong type or size."""
    require(actor, Permission.HANDLE_CASE)
    case = load_case(session, actor, case_id)
    kind = checked_kind(name, content)
    # The bytes first: a row never names a file that isn't there.
    sha256 = files.put(content)
    row = CaseFile(
        id=str(uuid4()),
        case_id=case.id,
        name=_own_name(name, kind),
        media_type=MEDIA_TYPES[kind],
        sha256=sha256,
        size=len(content),
        at=now,
        by_id=actor.id,
    )
    move(session, actor, case, Verb.ATTACH, now=now, version=version, fields={"file_id": row.id, "sha256": sha256})
    session.add(row)


def download(session: Session, actor: Actor, file_id: str, *, files: FileStore, now: datetime) -> Download:
    """A file of the answer, for staff at any time and for the requester once the case is closed; each is recorded."""
    found = session.get(CaseFile, file_id)
    if found is None:
        raise NotFoundError(file_id)
    case = load_case(session, actor, found.case_id)
    if not actor.is_staff:
        if case.status is not Status.CLOSED:
            raise NotFoundError(file_id)
        add_event(session, actor, case, EventKind.ANSWER_DOWNLOADED, now=now, fields={"file_id": file_id})
    audit.record(session, actor, "case.download_answer", ("case", case.id), now=now, detail={"file_id": file_id})
    return Download(found.name, found.media_type, files.get(found.sha256))


def checked_kind(name: str, content: bytes) -> str:
    """The file's kind. Raises InvalidInputError unless its ending is one we take and its content really is that."""
    kind = PurePath(name).suffix.lower().lstrip(".")
    if kind not in MEDIA_TYPES:
        raise InvalidInputError({"file": "invalid.file_type"})
    if not content:
        raise InvalidInputError({"file": "invalid.file_empty"})
    if len(content) > LARGEST_BYTES:
        raise InvalidInputError({"file": "invalid.file_large"})
    if not _is_really(kind, content):
        raise InvalidInputError({"file": "invalid.file_content"})
    return kind


def _is_really(kind: str, content: bytes) -> bool:
    try:
        match kind:
            case "pdf":
                with pikepdf.open(io.BytesIO(content)) as pdf:
                    return len(pdf.pages) > 0
            case "zip":
                with zipfile.ZipFile(io.BytesIO(content)) as archive:
                    return bool(archive.namelist())
            case "json":
                json.loads(content)
                return True
            case "csv":
                return any(csv.reader(io.StringIO(_as_text(content))))
            case _:
                return bool(_as_text(content))
    except (pikepdf.PdfError, zipfile.BadZipFile, ValueError, csv.Error):
        return False


def _as_text(content: bytes) -> str:
    text = content.decode("utf-8-sig")
    if "\0" in text:
        raise ValueError("binary")
    return text


def _own_name(name: str, kind: str) -> str:
    """A name of our own making: no path, no control signs, one ending."""
    stem = _NOT_IN_NAMES.sub("-", PurePath(name.replace("\\", "/")).stem).strip("-.")[:80]
    return f"{stem or 'antwoord'}.{kind}"
