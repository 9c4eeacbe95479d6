"""What changed for a school since a moment: worked out from days and moments that are kept anyway, so that nothing can be missed.

Feeds the API, the Atom feed and the mails of subscribers.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import TypeAlias

from sqlmodel import col, select

from dashboard.accounts.periods import DAY
from dashboard.accounts.terms import Sector
from dashboard.act import Allowed, asks
from dashboard.annexes.holdings import Holdings, VersionStand, holdings, shelves
from dashboard.annexes.model import Document, DocumentKind, DocumentVersion, Product, SubprocessorNotice
from dashboard.annexes.timeline import Grant, fits, holding
from dashboard.clock import local_day, local_midnight
from dashboard.permissions import Permission


class News(StrEnum):
    """What can happen to a school's annexes."""

    ANNOUNCED = "announced"
    IN_FORCE = "in_force"
    WITHDRAWN = "withdrawn"
    SUBPROCESSORS = "subprocessors"
    PRODUCT_ADDED = "product_added"
    PRODUCT_REMOVED = "product_removed"


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """One thing that happened, at which moment; `day` is when it counts from."""

    at: datetime
    news: News
    product: str
    day: date
    product_name: str = ""
    kind: str = ""
    kind_nl: str = ""
    kind_en: str = ""
    sector: Sector | None = None
    version_id: str = ""
    version: str = ""
    changes_nl: str = ""
    changes_en: str = ""

    @property
    def id(self) -> str:
        """The same for the same happening, whoever asks and whenever."""
        return f"{self.news.value}/{self.version_id or self.product}/{self.day.isoformat()}"


# When it happened, what, and from which day it counts.
Moment: TypeAlias = tuple[datetime, News, date]


@asks(Permission.READ_OWN_ANNEXES)
def changes(act: Allowed, *, since: datetime, until: datetime) -> list[ChangeRow]:
    """After `since` up to and including `until`, the oldest first; of what the actor's school held at the time."""
    return changes_for(act, holdings(act), since=since, until=until)


def changes_for(act: Allowed, held: Holdings, *, since: datetime, until: datetime) -> list[ChangeRow]:
    """The same for holdings that somebody else was found to have."""
    grants: dict[str, list[Grant]] = {}
    for grant in held.grants:
        grants.setdefault(grant.product, []).append(grant)
    slugs = sorted(grants)
    names = dict(act.session.exec(select(Product.slug, Product.name).where(col(Product.slug).in_(slugs))).all())
    kinds = {kind.key: kind for kind in act.session.exec(select(DocumentKind))}
    notices = act.session.exec(
        select(SubprocessorNotice).where(
            col(SubprocessorNotice.product_slug).in_(slugs),
            SubprocessorNotice.published_at > since,
            SubprocessorNotice.published_at <= until,
        )
    ).all()
    by_version = {notice.version_id: notice for notice in notices}
    found: list[ChangeRow] = []
    for shelf in shelves(act, slugs):
        slug = shelf.document.product_slug or ""
        for stand in shelf.stands:
            moments = [each for each in _moments(stand, by_version.get(stand.version.id)) if since < each[0] <= until]
            if moments:
                found += _of_version(shelf.document, stand.version, moments, _Holders(names[slug], kinds, grants[slug]))
    for slug in slugs:
        found += _of_licences(slug, names[slug], grants[slug])
    return sorted((row for row in found if since < row.at <= until), key=lambda row: (row.at, row.id))


@dataclass(frozen=True, slots=True)
class _Holders:
    """Of a product: what it is called, the kinds of documents, and who holds it."""

    name: str
    kinds: Mapping[str, DocumentKind]
    grants: Sequence[Grant]


def _of_version(document: Document, version: DocumentVersion, moments: Iterable[Moment], of: _Holders) -> Iterator[ChangeRow]:
    kind = of.kinds[document.kind]
    for at, news, day in moments:
        # Who holds it then, or will on the day from which it counts.
        if not (fits(document.sector, holding(of.grants, local_day(at))) or fits(document.sector, holding(of.grants, day))):
            continue
        yield ChangeRow(
            at=at,
            news=news,
            product=document.product_slug or "",
            product_name=of.name,
            day=day,
            kind=kind.key,
            kind_nl=kind.name_nl,
            kind_en=kind.name_en,
            sector=document.sector,
            version_id=version.id,
            version=version.version,
            changes_nl=version.changes_nl,
            changes_en=version.changes_en,
        )


def _moments(stand: VersionStand, notice: SubprocessorNotice | None) -> Iterator[Moment]:
    version = stand.version
    begins = local_midnight(version.valid_from)
    if version.approved_at and version.approved_at < begins:
        yield version.approved_at, News.ANNOUNCED, version.valid_from
    if not stand.period.is_empty:
        # A version approved on the day itself is news from that moment, not from a midnight that had passed.
        yield max(begins, version.approved_at or begins), News.IN_FORCE, version.valid_from
    if version.withdrawn_on:
        yield local_midnight(version.withdrawn_on), News.WITHDRAWN, version.withdrawn_on
    if notice:
        yield notice.published_at, News.SUBPROCESSORS, notice.effective_on


def _of_licences(slug: str, name: str, grants: Sequence[Grant]) -> Iterator[ChangeRow]:
    """The days on which a product came within reach, or left it."""
    for day in sorted(_edges(grants)):
        before, now = bool(holding(grants, day - DAY)), bool(holding(grants, day))
        if now != before:
            news = News.PRODUCT_ADDED if now else News.PRODUCT_REMOVED
            yield ChangeRow(at=local_midnight(day), news=news, product=slug, day=day, product_name=name)


def _edges(grants: Iterable[Grant]) -> set[date]:
    begins = {grant.period.begin for grant in grants if grant.period.begin > date.min + DAY}
    return begins | {grant.period.end + DAY for grant in grants if grant.period.end}
