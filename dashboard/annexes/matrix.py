"""A board's schools against its products: who holds what, and whether what they have is what applies today."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlmodel import col, select

from dashboard.accounts.spans import BRIN_SIGNS
from dashboard.act import Allowed, asks
from dashboard.annexes.holdings import Shelved, holdings, shelves
from dashboard.annexes.model import DocumentDownload, DocumentKind, DocumentVersion, Product
from dashboard.annexes.queries import in_force, is_over
from dashboard.annexes.terms import Via
from dashboard.annexes.timeline import fits, holding
from dashboard.permissions import Permission


class Having(StrEnum):
    """What a school has of a product's documents."""

    # Of every document the version that applies.
    CURRENT = "current"
    # Of one at least, an older version alone.
    OLDER = "older"
    # One at least was never taken.
    NEVER = "never"
    # A licence, and no document that applies.
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Cell:
    having: Having
    # How many documents apply, and how many of the expected there are none of.
    documents: int
    missing: int
    # What counted as had was taken by the board, for all its schools; else by the school itself.
    by_board: bool


@dataclass(frozen=True, slots=True)
class MatrixRow:
    key: str
    name: str
    # By product, in the order of the columns; None without a licence.
    cells: tuple[Cell | None, ...]


@dataclass(frozen=True, slots=True)
class Matrix:
    products: tuple[str, ...]
    rows: tuple[MatrixRow, ...]


@asks(Permission.READ_OWN_ANNEXES)
def matrix(act: Allowed) -> Matrix:
    """Today's schools of the actor's board, each with its products. A product that none of them holds is no column. In six
    queries, however many schools there are.
    """
    held = holdings(act)
    schools = [place for place in held.reached.places_on(act.today) if len(place.key) == BRIN_SIGNS]
    grants = {place.key: holding((grant for grant in held.grants if grant.school == place.key), act.today) for place in schools}
    slugs = sorted({grant.product for of_school in grants.values() for grant in of_school})
    products = act.session.exec(select(Product).where(col(Product.slug).in_(slugs)).order_by(col(Product.name))).all()
    expected = [kind.key for kind in act.session.exec(select(DocumentKind)) if kind.expected]
    shelved = shelves(act, slugs)
    had = _had(act, [held.reached.key, *grants], [each.document.id for each in shelved])
    rows = []
    for place in schools:
        cells = []
        for product in products:
            mine = [grant for grant in grants[place.key] if grant.product == product.slug]
            theirs = [each for each in shelved if each.document.product_slug == product.slug and fits(each.document.sector, mine)]
            cell = _Reading(act, theirs, expected).cell(had.get(place.key, {}), had.get(held.reached.key, {}))
            cells.append(cell if mine else None)
        rows.append(MatrixRow(place.key, place.name, tuple(cells)))
    kept = [number for number in range(len(products)) if any(_says(row.cells[number]) for row in rows)]
    return Matrix(
        tuple(products[number].name for number in kept),
        tuple(MatrixRow(row.key, row.name, tuple(row.cells[number] for number in kept)) for row in rows),
    )


# By document, the ids of the versions that were taken.
_Had = dict[str, set[str]]


@dataclass(frozen=True, slots=True)
class _Reading:
    """The documents of one product that are for one school."""

    act: Allowed
    shelved: Sequence[Shelved]
    expected: Sequence[str]

    def cell(self, by_school: _Had, by_board: _Had) -> Cell:
        today = self.act.today
        applying = [(each.document.id, stand.version.id) for each in self.shelved if (stand := in_force(each, today))]
        missing = sum(self._is_missing(kind) for kind in self.expected)
        if not applying:
            return Cell(Having.NOTHING, 0, missing, by_board=False)
        own = [version in by_school.get(document, ()) for document, version in applying]
        either = [has or version in by_board.get(document, ()) for has, (document, version) in zip(own, applying, strict=True)]
        if all(either):
            return Cell(Having.CURRENT, len(applying), missing, by_board=not all(own))
        lacking = [document for has, (document, _) in zip(either, applying, strict=True) if not has]
        older = all(by_school.get(document) or by_board.get(document) for document in lacking)
        return Cell(Having.OLDER if older else Having.NEVER, len(applying), missing, by_board=False)

    def _is_missing(self, kind: str) -> bool:
        of_kind = [each for each in self.shelved if each.document.kind == kind]
        return not any(in_force(each, self.act.today) for each in of_kind) and not is_over(of_kind, self.act.today)


def _says(cell: Cell | None) -> bool:
    return cell is not None and bool(cell.documents or cell.missing)


def _had(act: Allowed, scopes: Sequence[str], documents: Sequence[str]) -> dict[str, _Had]:
    """By scope, by document: the versions that were taken; looking isn't taking."""
    rows = act.session.exec(
        select(DocumentDownload.scope, DocumentVersion.document_id, DocumentVersion.id)
        .join(DocumentVersion, col(DocumentVersion.id) == col(DocumentDownload.version_id))
        .where(
            col(DocumentDownload.scope).in_(scopes),
            DocumentDownload.via != Via.VIEW,
            col(DocumentVersion.document_id).in_(documents),
        )
        .distinct()
    ).all()
    found: dict[str, _Had] = {}
    for scope, document, version in rows:
        found.setdefault(scope, {}).setdefault(document, set()).add(version)
    return found
