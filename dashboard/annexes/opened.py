"""What anybody may have without a login: the model agreement, and the documents of products that are marked public.

It says nothing about which school has a licence: that is theirs alone, after signing in.
"""

from dataclasses import dataclass
from datetime import date

from sqlmodel import col, select

from dashboard import audit
from dashboard.act import Allowed, Seen, asks
from dashboard.annexes.catalogue import titles
from dashboard.annexes.holdings import general_shelves, shelves
from dashboard.annexes.model import Document, DocumentVersion, Product
from dashboard.annexes.service import PdfDownload, file_name
from dashboard.annexes.timeline import Phase
from dashboard.audit import Action
from dashboard.errors import NotFoundError
from dashboard.i18n import Language
from dashboard.permissions import Permission


@dataclass(frozen=True, slots=True)
class OpenDocument:
    """A version that applies today. `product` is empty for what goes with all of them."""

    id: str
    product: str
    kind: str
    version: str
    model_version: str
    valid_from: date
    sha256: str
    size: int


@asks(Permission.READ_PUBLIC)
def open_documents(act: Allowed, language: Language) -> list[OpenDocument]:
    """By product, the agreement first."""
    found = _open(act)
    named = titles(act, [document for document, _ in found], language)
    rows = [
        OpenDocument(
            version.id,
            *named[document.id],
            version.version,
            version.model_version,
            version.valid_from,
            version.sha256,
            version.size,
        )
        for document, version in found
    ]
    return sorted(rows, key=lambda row: (row.product.casefold(), row.kind, row.valid_from))


@asks(Permission.READ_PUBLIC)
def take_open(act: Allowed, version_id: str) -> PdfDownload:
    """One of them, as a PDF. Raises NotFoundError for any other, whether it exists or not."""
    for document, version in _open(act):
        if version.id == version_id:
            return PdfDownload(file_name(document, version), act.files.get(version.sha256))
    raise NotFoundError(version_id)


@asks(Permission.READ_CATALOGUE)
def public_products(act: Allowed) -> list[str]:
    """Whose documents anybody may have."""
    return list(act.session.exec(select(Product.slug).where(col(Product.is_public)).order_by(col(Product.slug))).all())


@asks(Permission.PUBLISH_ANNEX)
def set_public(act: Allowed, seen: Seen, *, is_public: bool) -> None:
    """Put a product's documents on the open page, or take them off. Raises NotFoundError."""
    product = act.find(Product, seen.id)
    product.is_public = is_public
    audit.record(act, Action.PRODUCT_OPENED, seen.id, is_public=is_public)


def _open(act: Allowed) -> list[tuple[Document, DocumentVersion]]:
    public = act.session.exec(select(Product.slug).where(col(Product.is_public))).all()
    return [
        (shelf.document, stand.version)
        for shelf in (*general_shelves(act), *shelves(act, list(public)))
        for stand in shelf.stands
        if stand.phase(act.today) is Phase.IN_FORCE
    ]
