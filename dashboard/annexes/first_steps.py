"""What an empty portal needs before a school can find its annexes in it: how far each step is."""

from dataclasses import dataclass

from sqlmodel import SQLModel, col, func, select

from dashboard.accounts.queries import how_many
from dashboard.act import Allowed, asks
from dashboard.annexes.model import Document, DocumentVersion, Licence, Product
from dashboard.annexes.terms import VersionState
from dashboard.permissions import Permission


@dataclass(frozen=True, slots=True)
class FirstSteps:
    """How many there are of each."""

    schools: int
    products: int
    licences: int
    # Approved: models of the agreement, and annexes.
    models: int
    annexes: int
    mappings: int


@asks(Permission.READ_SCHOOLS)
def first_steps(act: Allowed) -> FirstSteps:
    schools, mappings = how_many(act)
    versions = select(func.count()).select_from(DocumentVersion)
    approved = versions.join(Document, col(Document.id) == col(DocumentVersion.document_id)).where(
        DocumentVersion.state == VersionState.APPROVED
    )
    return FirstSteps(
        schools=schools,
        products=_count(act, Product),
        licences=_count(act, Licence),
        models=act.session.exec(approved.where(col(Document.product_slug).is_(None))).one(),
        annexes=act.session.exec(approved.where(col(Document.product_slug).is_not(None))).one(),
        mappings=mappings,
    )


def _count(act: Allowed, table: type[SQLModel]) -> int:
    return act.session.exec(select(func.count()).select_from(table)).one()
