"""Handing out documents: only those that the actor's school is entitled to today, each download recorded."""

import json
import zipfile
from dataclasses import dataclass
from datetime import datetime
from tempfile import SpooledTemporaryFile
from typing import IO
from uuid import uuid4

from sqlmodel import Session, select

from dashboard import audit
from dashboard.accounts.queries import scope_name
from dashboard.annexes.model import Document, DocumentDownload, DocumentVersion, Product, Via
from dashboard.annexes.queries import entitled_versions, school_scope
from dashboard.clock import local_day
from dashboard.errors import NotFoundError
from dashboard.files import FileStore
from dashboard.permissions import Actor, Permission, require

IN_MEMORY_BYTES = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class PdfDownload:
    name: str
    content: bytes


def open_document(
    session: Session, actor: Actor, version_id: str, *, via: Via = Via.PDF, files: FileStore, now: datetime
) -> PdfDownload:
    """One PDF. A version that isn't the school's today reads as not found; the download (or the look) is recorded."""
    require(actor, Permission.DOWNLOAD_OWN_ANNEXES)
    found = entitled_versions(session, actor, today=local_day(now)).get(version_id)
    if found is None:
        raise NotFoundError(version_id)
    version, document = found
    content = files.get(version.sha256)
    _record(session, actor, version, via, now)
    return PdfDownload(_file_name(document, version), content)


def bundle(session: Session, actor: Actor, *, files: FileStore, now: datetime) -> IO[bytes]:
    """All documents in force for the school as a ZIP with a manifest; every one of them counts as downloaded.

    Announced versions are left out: the ZIP says what applies on its day.
    """
    require(actor, Permission.DOWNLOAD_OWN_ANNEXES)
    scope = school_scope(actor)
    today = local_day(now)
    entitled = entitled_versions(session, actor, today=today).values()
    chosen = [(version, document) for version, document in entitled if version.valid_from <= today]
    if not chosen:
        raise NotFoundError
    archive = SpooledTemporaryFile(max_size=IN_MEMORY_BYTES)  # noqa: SIM115  the response closes it
    names = {product.slug: product.name for product in session.exec(select(Product))}
    listed = []
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as zipped:
        for version, document in sorted(chosen, key=lambda pair: _file_name(pair[1], pair[0])):
            name = _file_name(document, version)
            zipped.writestr(name, files.get(version.sha256))
            listed.append(_manifest_row(name, names.get(document.product_slug or ""), document, version))
            _record(session, actor, version, Via.ZIP, now)
        manifest = {
            "school": scope_name(session, scope),
            "identifier": scope.key,
            "applies_on": today.isoformat(),
            "made_at": now.isoformat(),
            "made_by": actor.name,
            "documents": listed,
        }
        zipped.writestr("manifest.json", json.dumps(manifest, ensure_ascii=False, indent=2))
    archive.seek(0)
    return archive


def _record(session: Session, actor: Actor, version: DocumentVersion, via: Via, now: datetime) -> None:
    scope = school_scope(actor).key
    session.add(DocumentDownload(id=str(uuid4()), at=now, person_id=actor.id, scope=scope, version_id=version.id, via=via))
    audit.record(
        session, actor, "annex.download", ("document_version", version.id), now=now, detail={"via": via.value, "scope": scope}
    )


def _file_name(document: Document, version: DocumentVersion) -> str:
    parts = [document.product_slug or "algemeen", document.kind.replace("_", "-"), document.sector or "", version.version]
    return "_".join(part for part in parts if part) + ".pdf"


def _manifest_row(name: str, product: str | None, document: Document, version: DocumentVersion) -> dict[str, object]:
    return {
        "file": name,
        "product": product,
        "kind": document.kind,
        "sector": document.sector.value if document.sector else None,
        "version": version.version,
        "model": version.model_version,
        "valid_from": version.valid_from.isoformat(),
        "sha256": version.sha256,
        "size": version.size,
    }
