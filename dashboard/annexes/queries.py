"""Which documents apply to a school on a day. Entitlement is worked out at every call, from the licences of that day."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import and_, or_
from sqlmodel import Session, col, func, select

from dashboard.accounts.model import Board, Sector
from dashboard.accounts.queries import Reach, boards_of, reach
from dashboard.annexes.model import (
    BoardAgreement,
    Document,
    DocumentDownload,
    DocumentKind,
    DocumentVersion,
    Licence,
    Product,
    VersionState,
    Via,
)
from dashboard.annexes.rows import AgreementRow, AnnexRow, ProductRow, SchoolAnnexes, VersionRow
from dashboard.errors import NotAllowedError
from dashboard.i18n import Language
from dashboard.permissions import Actor, Permission, SchoolScope, require


def annexes(session: Session, actor: Actor, *, today: date, language: Language) -> SchoolAnnexes:
    """The products that the actor's school has a licence for today, each with its documents."""
    scope = school_scope(actor)
    reached = reach(session, scope, today)
    products = licensed_products(session, reached, today)
    kinds = session.exec(select(DocumentKind).order_by(col(DocumentKind.position))).all()
    documents = _documents(session, [product.slug for product in products], reached.sectors)
    shelf = _shelf(session, documents, scope, today, language)
    rows = (_product_row(product, kinds, documents, shelf, language) for product in products)
    # A product whose documents were all withdrawn is history.
    return SchoolAnnexes(reached.name, tuple(row for row in rows if row.annexes))


def agreements(session: Session, actor: Actor, *, today: date, language: Language) -> list[AgreementRow]:
    """The agreement of each board that the actor's school belongs to today."""
    scope = school_scope(actor)
    boards = boards_of(session, reach(session, scope, today).boards)
    signed = {
        row.board_number: row
        for row in session.exec(select(BoardAgreement).where(col(BoardAgreement.board_number).in_([b.number for b in boards])))
    }
    general = _agreements_of(session, (row.model_version for row in signed.values()))
    taken, _ = _downloads(session, scope, [document.id for _, document in general])
    models = {version.model_version: _version_row(version, taken, language) for version, _ in general}
    return [_agreement_row(board, signed.get(board.number), models) for board in boards]


def entitled_versions(session: Session, actor: Actor, *, today: date) -> dict[str, tuple[DocumentVersion, Document]]:
    """Every version that the actor may open today: in force or announced, of licensed products, and the signed agreement."""
    scope = school_scope(actor)
    reached = reach(session, scope, today)
    slugs = [product.slug for product in licensed_products(session, reached, today)]
    documents = _documents(session, slugs, reached.sectors)
    shown = {
        held.version.id: (held.version, held.document) for held in _shelf(session, documents, scope, today, Language.NL).held
    }
    signed = session.exec(select(BoardAgreement.model_version).where(col(BoardAgreement.board_number).in_(reached.boards))).all()
    general = _agreements_of(session, signed)
    return shown | {version.id: (version, document) for version, document in general}


def school_scope(actor: Actor) -> SchoolScope:
    """The actor's school. Raises NotAllowedError for anybody without one."""
    require(actor, Permission.READ_OWN_ANNEXES)
    if actor.scope is None:
        raise NotAllowedError
    return actor.scope


def licensed_products(session: Session, reached: Reach, day: date) -> Sequence[Product]:
    """Products with a licence on `day` for a board, school or location within reach."""
    holder = or_(
        col(Licence.board_number).in_(reached.boards),
        col(Licence.brin).in_(reached.brins),
        col(Licence.location).in_(reached.locations),
    )
    runs = and_(col(Licence.valid_from) <= day, or_(col(Licence.valid_to).is_(None), col(Licence.valid_to) >= day))
    slugs = select(Licence.product_slug).where(holder, runs)
    return session.exec(select(Product).where(col(Product.slug).in_(slugs)).order_by(col(Product.name))).all()


@dataclass(frozen=True, slots=True)
class _Held:
    version: DocumentVersion
    document: Document
    row: VersionRow
    announced: bool


@dataclass(frozen=True, slots=True)
class _Shelf:
    """Per document the version in force and the one announced, with what this school took last."""

    held: tuple[_Held, ...]
    last: dict[str, tuple[datetime, str]]
    ended: frozenset[str]

    def withdrawn(self, documents: Sequence[Document]) -> bool:
        """Whether one of these was in force and was withdrawn: it isn't missing, it is over."""
        return any(document.id in self.ended for document in documents)

    def of(self, document: Document, *, announced: bool) -> VersionRow | None:
        found = (held.row for held in self.held if held.document.id == document.id and held.announced is announced)
        return next(found, None)


def _documents(session: Session, slugs: Iterable[str], sectors: Iterable[Sector]) -> list[Document]:
    mine = or_(col(Document.sector).is_(None), col(Document.sector).in_(list(sectors)))
    query = select(Document).where(col(Document.product_slug).in_(list(slugs)), mine)
    return list(session.exec(query.order_by(col(Document.sector))).all())


def _shelf(session: Session, documents: Sequence[Document], scope: SchoolScope, today: date, language: Language) -> _Shelf:
    by_document: dict[str, list[DocumentVersion]] = {}
    for version in session.exec(
        select(DocumentVersion)
        .where(col(DocumentVersion.document_id).in_([d.id for d in documents]), DocumentVersion.state == VersionState.APPROVED)
        .order_by(col(DocumentVersion.valid_from))
    ):
        by_document.setdefault(version.document_id, []).append(version)
    taken, last = _downloads(session, scope, [d.id for d in documents])
    held = [
        _Held(version, document, _version_row(version, taken, language), announced)
        for document in documents
        for version, announced in _applying(by_document.get(document.id, []), today)
    ]
    ended = (versions[-1].document_id for versions in by_document.values() if _is_withdrawn(versions[-1], today))
    return _Shelf(tuple(held), last, frozenset(ended))


def _applying(versions: Sequence[DocumentVersion], today: date) -> Iterable[tuple[DocumentVersion, bool]]:
    """The version in force (the latest begun, unless it was withdrawn) and the next one announced."""
    begun = [version for version in versions if version.valid_from <= today]
    if begun and not _is_withdrawn(begun[-1], today):
        yield begun[-1], False
    yield from ((version, True) for version in versions[len(begun) :][:1])


def _is_withdrawn(version: DocumentVersion, today: date) -> bool:
    return version.withdrawn_on is not None and version.withdrawn_on <= today


def _downloads(
    session: Session, scope: SchoolScope, document_ids: Sequence[str]
) -> tuple[dict[str, datetime], dict[str, tuple[datetime, str]]]:
    """When this school last took each version, and per document when and which version it took last."""
    rows = session.exec(
        select(DocumentVersion.document_id, DocumentVersion.id, DocumentVersion.version, func.max(DocumentDownload.at))
        .join(DocumentDownload, col(DocumentDownload.version_id) == col(DocumentVersion.id))
        .where(
            DocumentDownload.scope == scope.key,
            DocumentDownload.via != Via.VIEW,
            col(DocumentVersion.document_id).in_(document_ids),
        )
        .group_by(col(DocumentVersion.document_id), col(DocumentVersion.id), col(DocumentVersion.version))
    ).all()
    taken = {version_id: at for _, version_id, _, at in rows}
    last: dict[str, tuple[datetime, str]] = {}
    for document_id, _, version, at in sorted(rows, key=lambda row: row[3]):
        last[document_id] = (at, version)
    return taken, last


def _version_row(version: DocumentVersion, taken: dict[str, datetime], language: Language) -> VersionRow:
    changes = version.changes_nl if language is Language.NL else version.changes_en
    return VersionRow(
        version.id,
        version.version,
        version.model_version,
        version.valid_from,
        version.sha256,
        version.size,
        changes,
        taken.get(version.id),
    )


def _agreements_of(session: Session, models: Iterable[str]) -> Sequence[tuple[DocumentVersion, Document]]:
    """The general agreement in the model versions that boards signed: an older one stays theirs until they sign anew."""
    query = (
        select(DocumentVersion, Document)
        .join(Document, col(Document.id) == col(DocumentVersion.document_id))
        .where(
            col(Document.product_slug).is_(None),
            col(DocumentVersion.model_version).in_(list(models)),
            DocumentVersion.state == VersionState.APPROVED,
        )
    )
    return session.exec(query).all()


def _product_row(
    product: Product, kinds: Sequence[DocumentKind], documents: Sequence[Document], shelf: _Shelf, language: Language
) -> ProductRow:
    rows = []
    for kind in kinds:
        mine = [d for d in documents if d.product_slug == product.slug and d.kind == kind.key]
        name = kind.name_nl if language is Language.NL else kind.name_en
        shown = [_annex_row(document, name, shelf) for document in mine]
        rows += [row for row in shown if row.in_force or row.announced]
        if kind.expected and not any(row.in_force for row in shown) and not shelf.withdrawn(mine):
            rows.append(AnnexRow(kind.key, name, None, None, None, None, ""))
    return ProductRow(product.slug, product.name, tuple(rows))


def _annex_row(document: Document, kind_name: str, shelf: _Shelf) -> AnnexRow:
    at, version = shelf.last.get(document.id, (None, ""))
    return AnnexRow(
        document.kind,
        kind_name,
        document.sector,
        shelf.of(document, announced=False),
        shelf.of(document, announced=True),
        at,
        version,
    )


def _agreement_row(board: Board, signed: BoardAgreement | None, models: dict[str, VersionRow]) -> AgreementRow:
    model = signed.model_version if signed else ""
    return AgreementRow(
        board.number,
        board.name,
        board.council_member,
        bool(signed and signed.own_covenant_signature),
        model,
        signed.signed_on if signed else None,
        models.get(model),
    )
