"""Sub-processors that a version changes, and the notice that says so; whom it is told to is in `notices/`."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlmodel import col, select, update

from dashboard import audit
from dashboard.act import Allowed, asks
from dashboard.annexes.content import PrivacyAnnex, stored
from dashboard.annexes.differences import Change, Difference, subprocessor_changes
from dashboard.annexes.holdings import shelved_of, shelves
from dashboard.annexes.model import Document, DocumentKind, DocumentVersion, Product, SubprocessorNotice
from dashboard.annexes.terms import Structure
from dashboard.annexes.timeline import Phase
from dashboard.audit import Action
from dashboard.permissions import Permission
from dashboard.rows import row_of


@dataclass(frozen=True, slots=True)
class PublishedNotice:
    """A notice of changed sub-processors: of which version, what changes, from when."""

    id: str
    product_slug: str
    product: str
    version: str
    changes: tuple[Difference, ...]
    published_at: datetime
    effective_on: date
    withdrawn: bool


@dataclass(frozen=True, slots=True)
class SubprocessorRow:
    """A line of the register: who gets which data for which product, now or from a day."""

    name: str
    service: str
    data: str
    country: str
    product: str
    version: str
    since: date
    until: date | None


def changes_of(act: Allowed, version: DocumentVersion, document: Document, kind: DocumentKind) -> list[Difference]:
    """What a version changes of the sub-processors that apply now; nothing for what isn't written as data."""
    after = stored(kind.structure, version.content)
    if not isinstance(after, PrivacyAnnex):
        return []
    stands = shelved_of(act, document, kind, with_content=True).stands
    now = next((each for each in stands if each.phase(act.today) is Phase.IN_FORCE), None)
    before = stored(kind.structure, now.version.content) if now else None
    return subprocessor_changes(before if isinstance(before, PrivacyAnnex) else None, after)


def publish_notice(act: Allowed, version: DocumentVersion, product_slug: str, changes: Iterable[Difference]) -> None:
    """A version that changes sub-processors was approved: from now on boards are told. Nothing to tell makes no notice."""
    told = as_stored(changes)
    if not told:
        return
    made = SubprocessorNotice(
        version_id=version.id,
        product_slug=product_slug,
        published_at=act.now,
        effective_on=version.valid_from,
        changes=told,
    )
    act.session.add(made)
    act.session.flush()
    audit.record(act, Action.NOTICE_PUBLISHED, made.id)


def withdraw_notice(act: Allowed, version_id: str) -> None:
    """The version was called off: its notice stands as withdrawn, and nobody is told any more."""
    act.session.exec(
        update(SubprocessorNotice)
        .where(col(SubprocessorNotice.version_id) == version_id, col(SubprocessorNotice.withdrawn_at).is_(None))
        .values(withdrawn_at=act.now)
    )


def published(act: Allowed, ids: Collection[str] | None = None, *, limit: int | None = None) -> list[PublishedNotice]:
    """Notices, the newest first: these, or all."""
    query = _NOTICES if ids is None else _NOTICES.where(col(SubprocessorNotice.id).in_(ids))
    return _published(act, query.order_by(col(SubprocessorNotice.published_at).desc()).limit(limit))


def coming(act: Allowed) -> list[PublishedNotice]:
    """The notices of changes that lie ahead."""
    still = col(SubprocessorNotice.withdrawn_at).is_(None), col(SubprocessorNotice.effective_on) > act.today
    return _published(act, _NOTICES.where(*still))


def hold(act: Allowed, notice_id: str) -> None:
    """Wait until nobody else works on this notice."""
    act.session.get(SubprocessorNotice, notice_id, with_for_update=True, populate_existing=True)


@asks(Permission.READ_NOTICES)
def subprocessor_register(act: Allowed) -> list[SubprocessorRow]:
    """Every sub-processor that an annex in force or announced names, by name and product."""
    products = dict(act.session.exec(select(Product.slug, Product.name)).all())
    kinds = {kind.key: kind.structure for kind in act.session.exec(select(DocumentKind))}
    found = []
    for shelf in shelves(act, sorted(products), with_content=True):
        if kinds[shelf.document.kind] is not Structure.PRIVACY:
            continue
        for stand in shelf.stands:
            content = stored(Structure.PRIVACY, stand.version.content)
            if stand.phase(act.today) in {Phase.IN_FORCE, Phase.ANNOUNCED} and isinstance(content, PrivacyAnnex):
                product = products[shelf.document.product_slug or ""]
                since, until = stand.version.valid_from, stand.period.end
                found += [
                    SubprocessorRow(s.name, s.service, s.data, s.country, product, stand.version.version, since, until)
                    for s in content.subprocessors
                ]
    return sorted(found, key=lambda row: (row.name.casefold(), row.product.casefold(), row.since))


_NOTICES = (
    select(SubprocessorNotice, Product.name, DocumentVersion.version)
    .join(Product, col(Product.slug) == col(SubprocessorNotice.product_slug))
    .join(DocumentVersion, col(DocumentVersion.id) == col(SubprocessorNotice.version_id))
)


def _published(act: Allowed, query: Any) -> list[PublishedNotice]:
    return [
        row_of(
            PublishedNotice,
            notice,
            product=product,
            version=version,
            changes=differences_of(notice),
            withdrawn=notice.withdrawn_at is not None,
        )
        for notice, product, version in act.session.exec(query).all()
    ]


def differences_of(notice: SubprocessorNotice) -> tuple[Difference, ...]:
    return tuple(
        Difference("subprocessors", Change(each["change"]), each["name"], each["before"], each["after"])
        for each in notice.changes
    )


def as_stored(changes: Iterable[Difference]) -> list[dict[str, Any]]:
    return [{"change": c.change.value, "name": c.name, "before": c.before, "after": c.after} for c in changes]
