"""What anybody may have without a login: the model agreement, and the documents of products that are marked public.

It says nothing about which school has a licence: that is theirs alone, after signing in.
"""

from dataclasses import dataclass
from datetime import date

from babel import Locale
from sqlmodel import col, select

from dashboard import audit
from dashboard.accounts.terms import Sector
from dashboard.act import Allowed, Seen, asks
from dashboard.annexes.catalogue import kind_name, titles
from dashboard.annexes.content import stored
from dashboard.annexes.differences import told
from dashboard.annexes.holdings import Shelved, VersionStand, general_shelves, shelves
from dashboard.annexes.model import Document, DocumentKind, DocumentVersion, Product
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
    # Its slug, where it has a page of its own.
    slug: str
    product: str
    kind: str
    version: str
    model_version: str
    valid_from: date
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class OpenVersion:
    """A version that was, is or will be in force; `changes` in its author's words."""

    version: str
    phase: Phase
    valid_from: date
    valid_to: date | None
    changes: str


@dataclass(frozen=True, slots=True)
class OpenAnnex:
    """A document of a product: what the version says that applies today, and its history, the newest first."""

    kind: str
    sector: Sector | None
    # The version that applies, to download; empty where none does.
    id: str
    version: str
    valid_from: date | None
    size: int
    # Section by section, each line as what it is about and the rest; nothing where it is only a PDF.
    sections: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
    versions: tuple[OpenVersion, ...]


@dataclass(frozen=True, slots=True)
class OpenProduct:
    slug: str
    name: str
    annexes: tuple[OpenAnnex, ...]


@asks(Permission.READ_PUBLIC)
def open_documents(act: Allowed, language: Language) -> list[OpenDocument]:
    """By product, the agreement first."""
    found = _open(act)
    named = titles(act, [document for document, _ in found], language)
    rows = [
        OpenDocument(
            version.id,
            document.product_slug or "",
            *named[document.id],
            version.version,
            version.model_version,
            version.valid_from,
            version.sha256,
            version.size,
        )
        for document, version in found
    ]
    # By slug too: two products may be called the same. Of models that stand side by side the newest first.
    return sorted(rows, key=lambda row: (row.product.casefold(), row.slug, row.kind, -row.valid_from.toordinal()))


@asks(Permission.READ_PUBLIC)
def open_product(act: Allowed, slug: str, language: Language) -> OpenProduct:
    """All that anybody may know of an open product. Raises NotFoundError for any other, whether it exists or not."""
    product = act.session.get(Product, slug)
    if product is None or not product.is_public:
        raise NotFoundError(slug)
    kinds = {kind.key: kind for kind in act.session.exec(select(DocumentKind))}
    found = [_open_annex(act, shelf, kinds[shelf.document.kind], language) for shelf in shelves(act, [slug], with_content=True)]
    return OpenProduct(slug, product.name, tuple(annex for annex in found if annex.versions))


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


def _open_annex(act: Allowed, shelf: Shelved, kind: DocumentKind, language: Language) -> OpenAnnex:
    stands = [stand for stand in shelf.stands if not stand.period.is_empty]
    now = next((stand for stand in stands if stand.phase(act.today) is Phase.IN_FORCE), None)
    content = stored(kind.structure, now.version.content) if now else None
    countries = Locale(language.value).territories

    def named(code: str) -> str:
        return str(countries.get(code, code))

    return OpenAnnex(
        kind_name(kind, language),
        shelf.document.sector,
        now.version.id if now else "",
        now.version.version if now else "",
        now.version.valid_from if now else None,
        now.version.size if now else 0,
        tuple((section, tuple(lines)) for section, lines in told(content, named)) if content else (),
        tuple(_open_version(act, stand, language) for stand in reversed(stands)),
    )


def _open_version(act: Allowed, stand: VersionStand, language: Language) -> OpenVersion:
    said = stand.version.changes_nl if language is Language.NL else stand.version.changes_en
    return OpenVersion(stand.version.version, stand.phase(act.today), stand.version.valid_from, stand.period.end, said)
