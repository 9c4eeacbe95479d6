"""What anybody may ask of a document that they hold: is it ours, and when did it apply?"""

import re
from dataclasses import dataclass
from datetime import date

from sqlmodel import col, select

from dashboard.accounts.terms import Sector
from dashboard.act import Allowed, asks
from dashboard.annexes.catalogue import kind_name
from dashboard.annexes.holdings import shelved_of
from dashboard.annexes.model import Document, DocumentKind, DocumentVersion, Product
from dashboard.annexes.terms import VersionState
from dashboard.annexes.timeline import Phase
from dashboard.i18n import Language
from dashboard.permissions import Permission

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


@asks(Permission.READ_PUBLIC)
def recognise(act: Allowed, sha256: str, *, language: Language) -> list[Recognised]:
    """The approved versions that have exactly these bytes; empty for what isn't ours. Who has the bytes has the document."""
    if not _DIGEST.fullmatch(sha256):
        return []
    found = act.session.exec(
        select(DocumentVersion, Document, DocumentKind)
        .join(Document, col(Document.id) == col(DocumentVersion.document_id))
        .join(DocumentKind, col(DocumentKind.key) == col(Document.kind))
        .where(DocumentVersion.sha256 == sha256, DocumentVersion.state == VersionState.APPROVED)
    ).all()
    return [_row(act, version, document, kind, language) for version, document, kind in found]


def _row(act: Allowed, version: DocumentVersion, document: Document, kind: DocumentKind, language: Language) -> Recognised:
    stand = next(each for each in shelved_of(act, document, kind).stands if each.version.id == version.id)
    product = act.session.get(Product, document.product_slug) if document.product_slug else None
    return Recognised(
        product=product.name if product else "",
        kind=kind_name(kind, language),
        sector=document.sector,
        version=version.version,
        model=version.model_version,
        phase=stand.phase(act.today),
        valid_from=version.valid_from,
        valid_to=stand.period.end,
    )
