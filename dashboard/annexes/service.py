"""Handing out documents: only those that the actor's school is entitled to, each download recorded."""

from dataclasses import dataclass
from typing import Any

from sqlmodel import col, select

from dashboard import audit
from dashboard.act import Allowed, asks
from dashboard.annexes.agreements import general_entitled
from dashboard.annexes.holdings import Holdings, Placed, VersionStand, entitled, holdings, shelves
from dashboard.annexes.model import Document, DocumentDownload, DocumentVersion
from dashboard.annexes.terms import Via
from dashboard.audit import Action
from dashboard.errors import NotFoundError
from dashboard.permissions import Permission, Role


@dataclass(frozen=True, slots=True)
class PdfDownload:
    name: str
    content: bytes


@asks(Permission.DOWNLOAD_OWN_ANNEXES)
def take_document(act: Allowed, version_id: str, *, via: Via = Via.PDF, key: str = "") -> PdfDownload:
    """One PDF. A version that never was the school's reads as not found; the download (or the look) is recorded."""
    held = holdings(act, key)
    stand, document = find(act, held, version_id)
    content = act.files.get(stand.version.sha256)
    record(act, held.reached.key, stand.version, via)
    return PdfDownload(file_name(document, stand.version), content)


@asks(Permission.DOWNLOAD_OWN_ANNEXES)
def take_by_digest(act: Allowed, sha256: str) -> PdfDownload:
    """One PDF by its SHA-256, for a school's system."""
    version_id = find_by_digest(act, sha256)
    return take_document(act, version_id, via=Via.API)


@asks(Permission.READ_OWN_ANNEXES)
def find_by_digest(act: Allowed, sha256: str) -> str:
    """The version with these bytes that is theirs: the same bytes may stand in several documents. Raises NotFoundError."""
    held = holdings(act)
    for version_id in act.session.exec(select(DocumentVersion.id).where(col(DocumentVersion.sha256) == sha256)).all():
        try:
            find(act, held, version_id)
        except NotFoundError:
            continue
        return version_id
    raise NotFoundError(sha256)


def find(act: Allowed, held: Holdings, version_id: str) -> Placed:
    """A version that is theirs to have. Raises NotFoundError for any other, whether it exists or not."""
    document = act.find(Document, act.find(DocumentVersion, version_id).document_id)
    if document.product_slug is None:
        theirs = general_entitled(act, held)
    else:
        theirs = entitled(held, shelves(act, [document.product_slug]), act.today)
    if version_id not in theirs:
        raise NotFoundError(version_id)
    return theirs[version_id]


@dataclass(frozen=True, slots=True)
class AnnexData:
    """A version with its content as data; None where only a PDF was given."""

    stand: VersionStand
    document: Document
    content: Any


@asks(Permission.READ_OWN_ANNEXES)
def annex(act: Allowed, version_id: str) -> AnnexData:
    """One version that is theirs, as data. Raises NotFoundError for any other."""
    stand, document = find(act, holdings(act), version_id)
    content = act.session.exec(select(DocumentVersion.content).where(DocumentVersion.id == version_id)).one()
    return AnnexData(stand, document, content)


def record(act: Allowed, scope: str, version: DocumentVersion, via: Via) -> None:
    """That somebody, or a system of theirs, took (or looked at) a version for a school."""
    by_system = act.actor.role is Role.SCHOOL_SYSTEM
    act.session.add(
        DocumentDownload(
            at=act.now,
            person_id=None if by_system else act.actor.id,
            key_id=act.actor.id if by_system else None,
            scope=scope,
            version_id=version.id,
            via=via,
        )
    )
    audit.record(act, Action.ANNEX_DOWNLOADED, version.id, via=via.value, scope=scope)


def file_name(document: Document, version: DocumentVersion) -> str:
    parts = [document.product_slug or "algemeen", document.kind.replace("_", "-"), document.sector or "", version.version]
    return "_".join(part for part in parts if part) + ".pdf"
