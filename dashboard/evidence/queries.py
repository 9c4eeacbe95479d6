"""What anybody may ask of a document that they hold: is it ours, and when did it apply?"""

import re
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, col, select

from dashboard.accounts.model import Sector
from dashboard.annexes.holdings import shelved_of
from dashboard.annexes.model import Document, DocumentKind, DocumentVersion, Product, VersionState
from dashboard.annexes.timeline import Phase
from dashboard.i18n import Language
from dashboard.permissions import Actor, Permission, require

_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Recognised:
    """A document of ours, known by its bytes."""

    product: str
    kind: str
    sector: Sector | None
    version: str
    model: str
    phase: Phase
    valid_from: date
    valid_to: date | None


def recognise(session: Session, actor: Actor, sha256: str, *, today: date, language: Language) -> list[Recognised]:
    """The approved versions that have exactly these bytes; empty for what isn't ours. Who has the bytes has the document."""
    require(actor, Permission.READ_PUBLIC)
    if not _DIGEST.fullmatch(sha256):
        return []
    found = session.exec(
        select(DocumentVersion, Document, DocumentKind)
        .join(Document, col(Document.id) == col(DocumentVersion.document_id))
        .join(DocumentKind, col(DocumentKind.key) == col(Document.kind))
        .where(DocumentVersion.sha256 == sha256, DocumentVersion.state == VersionState.APPROVED)
    ).all()
    return [_row(session, version, document, kind, today, language) for version, document, kind in found]


def _row(
    session: Session, version: DocumentVersion, document: Document, kind: DocumentKind, today: date, language: Language
) -> Recognised:
    stand = next(each for each in shelved_of(session, document, kind).stands if each.version.id == version.id)
    product = session.get(Product, document.product_slug) if document.product_slug else None
    return Recognised(
        product.name if product else "",
        kind.name_nl if language is Language.NL else kind.name_en,
        document.sector,
        version.version,
        version.model_version,
        stand.phase(today),
        version.valid_from,
        stand.period.end,
    )
