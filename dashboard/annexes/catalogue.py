"""The catalogue as the publisher sees it: every document with its versions, and one version in full."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlmodel import col, select

from dashboard.accounts.terms import Sector
from dashboard.act import Allowed, Seen, asks
from dashboard.annexes.content import stored
from dashboard.annexes.differences import Difference, differences
from dashboard.annexes.holdings import general_shelves, shelved_of, shelves
from dashboard.annexes.model import Document, DocumentKind, DocumentVersion, Product
from dashboard.annexes.terms import Structure, VersionState
from dashboard.annexes.timeline import Phase
from dashboard.errors import NotFoundError
from dashboard.i18n import Language
from dashboard.permissions import Permission
from dashboard.rows import row_of


@dataclass(frozen=True, slots=True)
class ShortVersion:
    id: str
    version: str
    model_version: str
    # None while it is a draft.
    phase: Phase | None
    valid_from: date
    offered: bool


@dataclass(frozen=True, slots=True)
class CatalogueRow:
    """A document with its versions, the newest first."""

    product_slug: str
    product: str
    kind: str
    kind_name: str
    sector: Sector | None
    locked: bool
    versions: tuple[ShortVersion, ...]


@asks(Permission.READ_PUBLIC, Permission.RUN_JOBS)
def product_names(act: Allowed) -> dict[str, str]:
    """By slug, in the order of their names. What a publisher makes is no secret; their documents may be."""
    return dict(act.session.exec(select(Product.slug, Product.name).order_by(col(Product.name))).all())


@dataclass(frozen=True, slots=True)
class VersionView:
    """One version, with everything that who approves it must read."""

    id: str
    product_slug: str | None
    product: str
    kind: str
    kind_name: str
    structure: Structure | None
    locked: bool
    sector: Sector | None
    version: str
    model_version: str
    phase: Phase | None
    valid_from: date
    review_on: date | None
    withdrawn_on: date | None
    withdrawn_reason: str
    changes_nl: str
    changes_en: str
    deviates: bool
    deviation_reason: str
    content: dict[str, Any] | None
    sha256: str
    size: int
    edition: int
    drafted_by: str | None
    drafted_name: str
    drafted_at: datetime | None
    offered_at: datetime | None
    approved_name: str
    approved_at: datetime | None
    # Against the version that applies now; None where one of them is only a PDF.
    differences: tuple[Difference, ...] | None

    @property
    def seen(self) -> Seen:
        return Seen(self.id, self.edition)


@asks(Permission.READ_CATALOGUE)
def catalogue(act: Allowed, *, language: Language) -> list[CatalogueRow]:
    """All documents, by product; the model agreement first."""
    products = {product.slug: product.name for product in act.session.exec(select(Product).order_by(col(Product.name)))}
    kinds = {kind.key: kind for kind in act.session.exec(select(DocumentKind))}
    drafts: dict[str, list[DocumentVersion]] = {}
    for version in act.session.exec(select(DocumentVersion).where(DocumentVersion.state == VersionState.DRAFT)):
        drafts.setdefault(version.document_id, []).append(version)
    found = []
    for shelf in (*general_shelves(act), *shelves(act, list(products))):
        document, kind = shelf.document, kinds[shelf.document.kind]
        approved = [_short(stand.version, stand.phase(act.today)) for stand in shelf.stands]
        written = [_short(version, None) for version in drafts.get(document.id, [])]
        versions = tuple(sorted([*approved, *written], key=lambda each: each.valid_from, reverse=True))
        slug = document.product_slug or ""
        name = products.get(slug, "")
        found.append(CatalogueRow(slug, name, kind.key, kind_name(kind, language), document.sector, kind.locked, versions))
    return sorted(found, key=lambda row: (row.product != "", row.product.casefold(), kinds[row.kind].position, row.sector or ""))


@asks(Permission.READ_CATALOGUE)
def products(act: Allowed) -> list[tuple[str, str]]:
    return [(product.slug, product.name) for product in act.session.exec(select(Product).order_by(col(Product.name)))]


@asks(Permission.READ_CATALOGUE)
def kinds(act: Allowed, language: Language) -> list[tuple[str, str, bool, Structure | None]]:
    """(key, name, locked, structure) of each kind of document."""
    rows = act.session.exec(select(DocumentKind).order_by(col(DocumentKind.position))).all()
    return [(row.key, kind_name(row, language), row.locked, row.structure) for row in rows]


@asks(Permission.READ_CATALOGUE)
def version_view(act: Allowed, version_id: str, *, language: Language) -> VersionView:
    """Raises NotFoundError."""
    version = act.find(DocumentVersion, version_id)
    document = act.session.get_one(Document, version.document_id)
    kind = act.session.get_one(DocumentKind, document.kind)
    product = act.session.get(Product, document.product_slug) if document.product_slug else None
    shelf = shelved_of(act, document, kind, with_content=True)
    own = next((stand for stand in shelf.stands if stand.version.id == version_id), None)
    earlier = [stand for stand in shelf.stands if stand.version.valid_from < version.valid_from and not stand.period.is_empty]
    before = stored(kind.structure, earlier[-1].version.content) if earlier else None
    after = stored(kind.structure, version.content)
    return row_of(
        VersionView,
        version,
        product_slug=document.product_slug,
        product=product.name if product else "",
        kind=kind.key,
        kind_name=kind_name(kind, language),
        structure=kind.structure,
        locked=kind.locked,
        sector=document.sector,
        phase=own.phase(act.today) if own else None,
        deviates=version.deviates_from_model,
        differences=tuple(differences(before, after)) if before and after else None,
    )


@asks(Permission.READ_CATALOGUE)
def latest_content(act: Allowed, product_slug: str, kind: str, sector: Sector | None) -> dict[str, Any] | None:
    """What the newest version says, to begin the next one with."""
    found: dict[str, Any] | None = act.session.exec(
        select(DocumentVersion.content)
        .join(Document, col(Document.id) == col(DocumentVersion.document_id))
        .where(
            Document.product_slug == product_slug,
            Document.kind == kind,
            col(Document.sector).is_(None) if sector is None else Document.sector == sector,
            DocumentVersion.state == VersionState.APPROVED,
        )
        .order_by(col(DocumentVersion.valid_from).desc())
        .limit(1)
    ).first()
    return found


@asks(Permission.READ_CATALOGUE)
def file_of(act: Allowed, version_id: str) -> tuple[str, bytes]:
    """(name, bytes) of any version, drafts too, for the publisher's own people."""
    version = act.find(DocumentVersion, version_id)
    if not version.sha256:
        raise NotFoundError(version_id)
    return f"{version.version}.pdf", act.files.get(version.sha256)


def _short(version: DocumentVersion, phase: Phase | None) -> ShortVersion:
    return row_of(ShortVersion, version, phase=phase, offered=version.offered_at is not None)


def titles(act: Allowed, documents: Collection[Document], language: Language) -> dict[str, tuple[str, str]]:
    """By document: the name of its product, empty for what goes with all of them, and of its kind."""
    slugs = {document.product_slug for document in documents}
    names = dict(act.session.exec(select(Product.slug, Product.name).where(col(Product.slug).in_(slugs))).all())
    kinds = {kind.key: kind_name(kind, language) for kind in act.session.exec(select(DocumentKind))}
    return {each.id: (names.get(each.product_slug or "", ""), kinds[each.kind]) for each in documents}


def kind_name(kind: DocumentKind, language: Language) -> str:
    return kind.name_nl if language is Language.NL else kind.name_en
