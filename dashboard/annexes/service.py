"""Handing out documents: only those that the actor's school is entitled to, each download recorded."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import uuid4

from sqlmodel import Session, col, select

from dashboard import audit
from dashboard.annexes.agreements import general_entitled
from dashboard.annexes.holdings import Holdings, VersionStand, entitled, holdings, shelves
from dashboard.annexes.model import Document, DocumentDownload, DocumentVersion, Via
from dashboard.clock import local_day
from dashboard.errors import NotFoundError
from dashboard.files import FileStore
from dashboard.permissions import Actor, Permission, Role, require


@dataclass(frozen=True, slots=True)
class PdfDownload:
    name: str
    content: bytes


def open_document(
    session: Session, actor: Actor, version_id: str, *, via: Via = Via.PDF, key: str = "", files: FileStore, now: datetime
) -> PdfDownload:
    """One PDF. A version that never was the school's reads as not found; the download (or the look) is recorded."""
    require(actor, Permission.DOWNLOAD_OWN_ANNEXES)
    held = holdings(session, actor, key)
    stand, document = find(session, held, version_id, today=local_day(now))
    content = files.get(stand.version.sha256)
    record(session, actor, held.reached.key, stand.version, via, now)
    return PdfDownload(file_name(document, stand.version), content)


def open_by_digest(session: Session, actor: Actor, sha256: str, *, files: FileStore, now: datetime) -> PdfDownload:
    """One PDF by its SHA-256, for a school's system."""
    require(actor, Permission.DOWNLOAD_OWN_ANNEXES)
    version_id = find_by_digest(session, actor, sha256, today=local_day(now))
    return open_document(session, actor, version_id, via=Via.API, files=files, now=now)


def find_by_digest(session: Session, actor: Actor, sha256: str, *, today: date) -> str:
    """The version with these bytes that is theirs: the same bytes may stand in several documents. Raises NotFoundError."""
    held = holdings(session, actor)
    for version_id in session.exec(select(DocumentVersion.id).where(col(DocumentVersion.sha256) == sha256)).all():
        try:
            find(session, held, version_id, today=today)
        except NotFoundError:
            continue
        return version_id
    raise NotFoundError(sha256)


def find(session: Session, held: Holdings, version_id: str, *, today: date) -> tuple[VersionStand, Document]:
    """A version that is theirs to have. Raises NotFoundError for any other, whether it exists or not."""
    version = session.get(DocumentVersion, version_id)
    document = session.get(Document, version.document_id) if version else None
    if document is None:
        raise NotFoundError(version_id)
    if document.product_slug is None:
        theirs = general_entitled(session, held, today)
    else:
        theirs = entitled(held, shelves(session, [document.product_slug]), today)
    if version_id not in theirs:
        raise NotFoundError(version_id)
    return theirs[version_id]


def content_of(session: Session, version_id: str) -> Any:
    """A version as data, for whom `find` gave it to; None where only a PDF was given."""
    return session.exec(select(DocumentVersion.content).where(DocumentVersion.id == version_id)).one()


def record(session: Session, actor: Actor, scope: str, version: DocumentVersion, via: Via, now: datetime) -> None:
    """That somebody, or a system of theirs, took (or looked at) a version for a school."""
    by_system = actor.role is Role.SCHOOL_SYSTEM
    session.add(
        DocumentDownload(
            id=str(uuid4()),
            at=now,
            person_id=None if by_system else actor.id,
            key_id=actor.id if by_system else None,
            scope=scope,
            version_id=version.id,
            via=via,
        )
    )
    audit.record(
        session, actor, "annex.download", ("document_version", version.id), now=now, detail={"via": via.value, "scope": scope}
    )


def file_name(document: Document, version: DocumentVersion) -> str:
    parts = [document.product_slug or "algemeen", document.kind.replace("_", "-"), document.sector or "", version.version]
    return "_".join(part for part in parts if part) + ".pdf"
