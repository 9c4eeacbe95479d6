"""What somebody holds: everything within reach and the licences on it, over time. Every question about annexes begins here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from sqlalchemy import ColumnElement, inspect, or_
from sqlalchemy.orm import defer
from sqlalchemy.orm.interfaces import LoaderOption
from sqlmodel import col, select

from dashboard.accounts.learned import Known, period_of
from dashboard.accounts.spans import BOARD_DIGITS, BRIN_SIGNS, LOCATION_SIGNS, Reached, Span, reached
from dashboard.accounts.terms import Dated
from dashboard.act import Allowed, asks
from dashboard.annexes.model import Document, DocumentKind, DocumentVersion, Licence
from dashboard.annexes.terms import VersionState
from dashboard.annexes.timeline import Grant, Stand, holding, stands, was_entitled
from dashboard.errors import NotAllowedError
from dashboard.permissions import Actor, Permission, SchoolScope, require

VersionStand: TypeAlias = Stand[DocumentVersion]
# A version in its time, with the document that it is one of.
Placed: TypeAlias = tuple[VersionStand, Document]


@dataclass(frozen=True, slots=True)
class Holdings:
    """The reach of a login (or the part of it that was chosen), and its grants."""

    reached: Reached
    grants: tuple[Grant, ...]

    def of(self, product: str) -> list[Grant]:
        return [grant for grant in self.grants if grant.product == product]

    def products_on(self, day: date) -> set[str]:
        return {grant.product for grant in holding(self.grants, day)}


@dataclass(frozen=True, slots=True)
class Shelved:
    """A document with all its approved versions in the order of their days."""

    document: Document
    stands: tuple[VersionStand, ...]


def school_scope(actor: Actor) -> SchoolScope:
    """The actor's school. Raises NotAllowedError for anybody without one."""
    require(actor, Permission.READ_OWN_ANNEXES)
    if actor.scope is None:
        raise NotAllowedError
    return actor.scope


@asks(Permission.READ_OWN_ANNEXES)
def holdings(act: Allowed, key: str = "") -> Holdings:
    """What the actor's school holds; `key` chooses one school or location of it. Raises NotFoundError for another's."""
    return held_by(act, school_scope(act.actor), key)


def held_by(act: Allowed, scope: SchoolScope, key: str = "", known: Known | None = None) -> Holdings:
    """The same for a scope that somebody else was found to have: a subscription, a key; `known`: as it was known earlier."""
    by = known or Known()
    within = reached(act, scope, known).narrowed(key)
    return Holdings(within, tuple(_grants(act, within.spans, by)))


def shelves(act: Allowed, products: Sequence[str], *, with_content: bool = False) -> list[Shelved]:
    """Every document of these products with its approved versions; drafts are nobody's but the publisher's."""
    documents = act.session.exec(
        select(Document, DocumentKind)
        .join(DocumentKind, col(DocumentKind.key) == col(Document.kind))
        .where(col(Document.product_slug).in_(products))
        .order_by(col(DocumentKind.position), col(Document.sector), col(Document.id))
    ).all()
    return _shelved(act, documents, with_content=with_content)


def general_shelves(act: Allowed) -> list[Shelved]:
    """The documents of no product: the model agreement."""
    documents = act.session.exec(
        select(Document, DocumentKind)
        .join(DocumentKind, col(DocumentKind.key) == col(Document.kind))
        .where(col(Document.product_slug).is_(None))
    ).all()
    return _shelved(act, documents, with_content=False)


def shelved_of(act: Allowed, document: Document, kind: DocumentKind, *, with_content: bool = False) -> Shelved:
    """One document with its approved versions."""
    return _shelved(act, [(document, kind)], with_content=with_content)[0]


def entitled(held: Holdings, shelved: Sequence[Shelved], today: date) -> dict[str, tuple[VersionStand, Document]]:
    """Every version that may be had today: what applied on some day until now, and what is announced."""
    return {
        stand.version.id: (stand, each.document)
        for each in shelved
        for stand in each.stands
        if was_entitled(stand, each.document.sector, held.of(each.document.product_slug or ""), today)
    }


def _shelved(act: Allowed, documents: Sequence[tuple[Document, DocumentKind]], *, with_content: bool) -> list[Shelved]:
    wanted = [document.id for document, _ in documents]
    query = select(DocumentVersion).where(
        col(DocumentVersion.document_id).in_(wanted), DocumentVersion.state == VersionState.APPROVED
    )
    if not with_content:
        query = query.options(without_content())
    by_document: dict[str, list[DocumentVersion]] = {}
    for version in act.session.exec(query):
        by_document.setdefault(version.document_id, []).append(version)
    return [
        Shelved(document, tuple(stands(by_document.get(document.id, []), side_by_side=kind.locked)))
        for document, kind in documents
    ]


def without_content() -> LoaderOption:
    """A thousand annexes as data are megabytes that no list shows."""
    return defer(inspect(DocumentVersion).attrs.content.class_attribute, raiseload=True)


def _grants(act: Allowed, spans: Sequence[Span], known: Known) -> list[Grant]:
    by_holder: dict[str, list[Span]] = {}
    for span in spans:
        by_holder.setdefault(span.holder, []).append(span)
    found = []
    for licence in act.session.exec(select(Licence).where(_of(list(by_holder)))):
        holder = licence.board_number or licence.brin or licence.location or ""
        period = period_of(known.days(Dated.LICENCE, licence.id, licence.valid_from, licence.valid_to))
        if period is None:
            continue
        for span in by_holder[holder]:
            common = span.period.overlap(period)
            if common is not None:
                found.append(Grant(licence.product_slug, common, holder, span.school, span.sector))
    return found


def _of(holders: list[str]) -> ColumnElement[bool]:
    sized = {length: [key for key in holders if len(key) == length] for length in (BOARD_DIGITS, BRIN_SIGNS, LOCATION_SIGNS)}
    return or_(
        col(Licence.board_number).in_(sized[BOARD_DIGITS]),
        col(Licence.brin).in_(sized[BRIN_SIGNS]),
        col(Licence.location).in_(sized[LOCATION_SIGNS]),
    )
