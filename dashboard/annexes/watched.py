"""What staff watch of the documents: how often each version was taken, who still has an older one, which boards didn't sign."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from sqlmodel import col, func, select

from dashboard.accounts.queries import boards_of
from dashboard.act import Allowed, asks
from dashboard.annexes.catalogue import kind_name
from dashboard.annexes.holdings import general_shelves, shelves
from dashboard.annexes.model import (
    BoardAgreement,
    Document,
    DocumentDownload,
    DocumentKind,
    DocumentVersion,
    Licence,
    Product,
)
from dashboard.annexes.terms import SIGNED, DvoStatus, Via
from dashboard.annexes.timeline import Phase
from dashboard.clock import local_midnight
from dashboard.i18n import Language
from dashboard.permissions import Permission


@dataclass(frozen=True, slots=True)
class TakenRow:
    product: str
    kind: str
    version: str
    times: int


@asks(Permission.READ_INSIGHT)
def downloads(act: Allowed, first: date, last: date, *, language: Language) -> list[TakenRow]:
    """How often each version was taken on these days, both inclusive; looking at one isn't taking it. The most taken first."""
    rows = act.session.exec(
        select(DocumentVersion.version, DocumentKind, Product.name, func.count())
        .join(Document, col(Document.id) == col(DocumentVersion.document_id))
        .join(DocumentKind, col(DocumentKind.key) == col(Document.kind))
        .outerjoin(Product, col(Product.slug) == col(Document.product_slug))
        .join(DocumentDownload, col(DocumentDownload.version_id) == col(DocumentVersion.id))
        .where(
            DocumentDownload.via != Via.VIEW,
            col(DocumentDownload.at) >= local_midnight(first),
            col(DocumentDownload.at) < local_midnight(last + timedelta(days=1)),
        )
        .group_by(col(DocumentVersion.id), col(DocumentKind.key), col(Product.slug))
    ).all()
    found = [TakenRow(name or "", kind_name(kind, language), version, times) for version, kind, name, times in rows]
    return sorted(found, key=lambda row: (-row.times, row.product, row.kind, row.version))


@asks(Permission.READ_INSIGHT)
def on_older(act: Allowed, *, language: Language) -> list[tuple[str, str, int]]:
    """Per product and kind: how many schools took a version last that isn't in force any more, while another one is."""
    products = dict(act.session.exec(select(Product.slug, Product.name)).all())
    kinds = {kind.key: kind_name(kind, language) for kind in act.session.exec(select(DocumentKind))}
    valid, named = set(), {}
    for shelf in (*shelves(act, sorted(products)), *general_shelves(act)):
        now = {stand.version.id for stand in shelf.stands if stand.phase(act.today) is Phase.IN_FORCE}
        if now:
            valid |= now
            named[shelf.document.id] = (products.get(shelf.document.product_slug or "", ""), kinds[shelf.document.kind])
    found: dict[tuple[str, str], int] = {}
    for document_id, version_id, schools in _taken_last(act):
        if document_id in named and version_id not in valid:
            found[named[document_id]] = found.get(named[document_id], 0) + schools
    return sorted(((*about, schools) for about, schools in found.items()), key=lambda row: (-row[2], row[:2]))


@asks(Permission.READ_INSIGHT)
def signing(act: Allowed) -> dict[DvoStatus | None, int]:
    """The boards with a licence today, or with a school that has one, by how far their signing is; None: not offered."""
    runs = col(Licence.valid_from) <= act.today, func.coalesce(Licence.valid_to, act.today) >= act.today
    rows = act.session.exec(select(Licence.board_number, Licence.brin, Licence.location).where(*runs).distinct()).all()
    schools, locations = {brin for _, brin, _ in rows if brin}, {location for *_, location in rows if location}
    boards = {board for board, *_ in rows if board} | boards_of(act, schools, locations, act.today)
    status = _best(act.session.exec(select(BoardAgreement)).all(), act.today)
    found: dict[DvoStatus | None, int] = dict.fromkeys((*DvoStatus, None), 0)
    for board in boards:
        found[status.get(board)] += 1
    return found


def _best(rows: Iterable[BoardAgreement], today: date) -> dict[str, DvoStatus]:
    """Of each board one that is signed, else the newest."""
    found: dict[str, tuple[bool, str, DvoStatus]] = {}
    for row in rows:
        if row.ended_on is None or row.ended_on >= today:
            mine = (row.dvo_status in SIGNED, row.model_version, row.dvo_status)
            found[row.board_number] = max(found.get(row.board_number, mine), mine)
    return {board: status for board, (_, _, status) in found.items()}


def _taken_last(act: Allowed) -> list[tuple[str, str, int]]:
    """Document, version, and how many schools took that one last."""
    order = func.row_number().over(
        partition_by=(col(DocumentVersion.document_id), col(DocumentDownload.scope)),
        order_by=(col(DocumentDownload.at).desc(), col(DocumentDownload.id)),
    )
    last = (
        select(DocumentVersion.document_id, DocumentDownload.version_id, order.label("place"))
        .join(DocumentVersion, col(DocumentVersion.id) == col(DocumentDownload.version_id))
        .where(DocumentDownload.via != Via.VIEW)
        .subquery()
    )
    query = select(last.c.document_id, last.c.version_id, func.count()).where(last.c.place == 1)
    return list(act.session.exec(query.group_by(last.c.document_id, last.c.version_id)).all())
