"""The completeness check: what is missing, past its date, or waits too long."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from sqlalchemy import or_
from sqlmodel import col, select

from dashboard.accounts.mappings import mapped_to
from dashboard.accounts.queries import boards_gone
from dashboard.accounts.terms import Sector
from dashboard.act import Allowed, asks
from dashboard.annexes.catalogue import kind_name
from dashboard.annexes.holdings import shelves
from dashboard.annexes.licensing import licensed_sectors
from dashboard.annexes.model import Document, DocumentKind, DocumentVersion, Licence, Product
from dashboard.annexes.terms import VersionState
from dashboard.annexes.timeline import Phase
from dashboard.clock import local_day
from dashboard.i18n import Language
from dashboard.permissions import Permission
from dashboard.policy.queries import days_of
from dashboard.policy.rules import Term


class Worry(StrEnum):
    """What the completeness check finds."""

    MISSING = "missing"
    REVIEW = "review"
    DRAFT_WAITS = "draft_waits"
    ONLY_PDF = "only_pdf"
    LICENCE_OF_MERGED = "licence_of_merged"
    MAPPING_TO_MERGED = "mapping_to_merged"


@dataclass(frozen=True, slots=True)
class WorryRow:
    worry: Worry
    product: str = ""
    what: str = ""
    sector: Sector | None = None
    day: date | None = None
    version_id: str = ""


@asks(Permission.RUN_JOBS)
def files_named(act: Allowed, stored: Sequence[str]) -> set[str]:
    """Which of these bytes a version names, a draft's too."""
    return set(act.session.exec(select(DocumentVersion.sha256).where(col(DocumentVersion.sha256).in_(stored))).all())


@asks(Permission.READ_CATALOGUE)
def worries(act: Allowed, *, language: Language) -> list[WorryRow]:
    """The completeness check: what is missing, past its date, or waits too long."""
    return [
        *_missing(act, language),
        *_in_force_worries(act, language),
        *_waiting_drafts(act, language),
        *_of_merged(act),
    ]


def _missing(act: Allowed, language: Language) -> list[WorryRow]:
    """A licensed product without a valid annex of a kind that every product must have, for each sector that uses it."""
    expected = act.session.exec(select(DocumentKind).where(col(DocumentKind.expected)).order_by(col(DocumentKind.position))).all()
    licensed = licensed_sectors(act, act.today)
    names = dict(act.session.exec(select(Product.slug, Product.name)).all())
    valid: dict[tuple[str, str], set[Sector | None]] = {}
    for shelf in shelves(act, sorted(licensed)):
        if any(stand.phase(act.today) is Phase.IN_FORCE for stand in shelf.stands):
            valid.setdefault((shelf.document.product_slug or "", shelf.document.kind), set()).add(shelf.document.sector)
    found = []
    for slug, sectors in sorted(licensed.items()):
        for kind in expected:
            have = valid.get((slug, kind.key), set())
            if None in have:
                continue
            # Without any, one line says so; with some, a line for each sector that has none.
            lacking = [*sorted(sector for sector in sectors if sector not in have)] if have else [None]
            found += [WorryRow(Worry.MISSING, names[slug], kind_name(kind, language), sector) for sector in lacking]
    return found


def _in_force_worries(act: Allowed, language: Language) -> list[WorryRow]:
    names = dict(act.session.exec(select(Product.slug, Product.name)).all())
    kinds = {kind.key: kind for kind in act.session.exec(select(DocumentKind))}
    with_data = set(act.session.exec(select(DocumentVersion.id).where(col(DocumentVersion.content).is_not(None))).all())
    found = []
    for shelf in shelves(act, sorted(names)):
        kind, product = kinds[shelf.document.kind], names[shelf.document.product_slug or ""]
        for stand in shelf.stands:
            if stand.phase(act.today) is not Phase.IN_FORCE:
                continue
            about = (product, kind_name(kind, language), shelf.document.sector)
            if stand.version.review_on and stand.version.review_on < act.today:
                found.append(WorryRow(Worry.REVIEW, *about, day=stand.version.review_on, version_id=stand.version.id))
            if kind.structure and stand.version.id not in with_data:
                found.append(WorryRow(Worry.ONLY_PDF, *about, version_id=stand.version.id))
    return found


def _waiting_drafts(act: Allowed, language: Language) -> list[WorryRow]:
    limit = act.now - timedelta(days=days_of(act, Term.DRAFT_WAITS))
    rows = act.session.exec(
        select(DocumentVersion, Document, DocumentKind)
        .join(Document, col(Document.id) == col(DocumentVersion.document_id))
        .join(DocumentKind, col(DocumentKind.key) == col(Document.kind))
        .where(DocumentVersion.state == VersionState.DRAFT, col(DocumentVersion.drafted_at) < limit)
        .order_by(col(DocumentVersion.drafted_at))
    ).all()
    names = dict(act.session.exec(select(Product.slug, Product.name)).all())
    return [
        WorryRow(
            Worry.DRAFT_WAITS,
            names.get(document.product_slug or "", ""),
            kind_name(kind, language),
            document.sector,
            local_day(version.drafted_at) if version.drafted_at else None,
            version.id,
        )
        for version, document, kind in rows
    ]


def _of_merged(act: Allowed) -> list[WorryRow]:
    """What still hangs on a board that is no more."""
    gone = boards_gone(act)
    licences = act.session.exec(
        select(Licence.board_number, Product.name)
        .join(Product, col(Product.slug) == col(Licence.product_slug))
        .where(col(Licence.board_number).in_(gone), or_(col(Licence.valid_to).is_(None), col(Licence.valid_to) >= act.today))
    ).all()
    return [
        *(WorryRow(Worry.LICENCE_OF_MERGED, product, number or "") for number, product in licences),
        *(WorryRow(Worry.MAPPING_TO_MERGED, value, number) for number, value in mapped_to(act, gone)),
    ]
