"""What changed for a school since a moment, in the order in which it became known: a day that was entered late is news from the
moment it was entered, and stays so. Feeds the API, the Atom feed and the mails of subscribers.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import TypeAlias

from sqlmodel import col, select

from dashboard.accounts.learned import Known, learned_since
from dashboard.accounts.periods import DAY
from dashboard.accounts.terms import Sector
from dashboard.act import Allowed, asks
from dashboard.annexes.holdings import VersionStand, held_by, school_scope, shelves
from dashboard.annexes.model import Document, DocumentKind, DocumentVersion, Product, SubprocessorNotice
from dashboard.annexes.timeline import Grant, fits, holding
from dashboard.clock import local_day, local_midnight
from dashboard.permissions import Permission, SchoolScope


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
        known = f"{self.news.value}/{self.version_id or self.product}/{self.day.isoformat()}"
        if self.version_id or self.at == local_midnight(self.day):
            return known
        # Learned later; a licence can be entered, taken back and entered again for the same day.
        return f"{known}/{self.at:%Y%m%dT%H%M%S.%f}"


# Longer than a transaction that writes such rows takes, its wait for the database included.
SETTLES = timedelta(minutes=2)

# When it happened, what, and from which day it counts.
Moment: TypeAlias = tuple[datetime, News, date]


@dataclass(frozen=True, slots=True)
class _View:
    """What was held, as it was known from a moment until the next one."""

    at: datetime
    grants: tuple[Grant, ...]

    def of(self, product: str) -> list[Grant]:
        return [grant for grant in self.grants if grant.product == product]


@asks(Permission.READ_OWN_ANNEXES)
def changes(act: Allowed, *, since: datetime, until: datetime) -> list[ChangeRow]:
    """What became known after `since` up to and including `until`, the oldest first, of what the actor's school held by then.

    Whoever asks on from the last `until` misses nothing, as long as `until` is `settled`.
    """
    return changes_for(act, school_scope(act.actor), since=since, until=until)


def settled(now: datetime) -> datetime:
    """Until when nothing can be added any more: a transaction that began before it, with that moment in its rows, has ended."""
    return now - SETTLES


def changes_for(act: Allowed, scope: SchoolScope, *, since: datetime, until: datetime) -> list[ChangeRow]:
    """The same for a scope that somebody else was found to have: a subscription."""
    views = _views(act, scope, since, until)
    slugs = sorted({grant.product for view in views for grant in view.grants})
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
        for stand in shelf.stands:
            told = _moments(stand, by_version.get(stand.version.id), shelf.stands)
            moments = [each for each in told if since < each[0] <= until]
            if moments:
                slug = shelf.document.product_slug or ""
                found += _of_version(shelf.document, stand.version, moments, _Holders(names[slug], kinds, views))
    for slug in slugs:
        found += _of_licences(slug, names[slug], views, until)
    return sorted(found, key=lambda row: (row.at, row.id))


def _views(act: Allowed, scope: SchoolScope, since: datetime, until: datetime) -> list[_View]:
    """What was held, by what was known at `since` and at every moment since then at which more was learned."""
    known = Known(with_past=False)
    now = held_by(act, scope, known=known)
    learned = learned_since(act, known.asked, since)
    if not learned:
        return [_View(since, now.grants)]
    moments = sorted({each.at for rows in learned.values() for each in rows if each.at <= until})
    return [_View(at, held_by(act, scope, known=Known(learned, at, with_past=False)).grants) for at in (since, *moments)]


@dataclass(frozen=True, slots=True)
class _Holders:
    """Of a product: what it is called, the kinds of documents, and what was held when."""

    name: str
    kinds: Mapping[str, DocumentKind]
    views: Sequence[_View]


def _of_version(document: Document, version: DocumentVersion, moments: Iterable[Moment], of: _Holders) -> Iterator[ChangeRow]:
    kind = of.kinds[document.kind]
    for at, news, day in moments:
        # Who holds it then, or will on the day from which it counts.
        grants = next(view for view in reversed(of.views) if view.at <= at).of(document.product_slug or "")
        if not (fits(document.sector, holding(grants, local_day(at))) or fits(document.sector, holding(grants, day))):
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


def _moments(stand: VersionStand, notice: SubprocessorNotice | None, all_stands: Iterable[VersionStand]) -> Iterator[Moment]:
    version = stand.version
    begins = local_midnight(version.valid_from)
    # A version approved on the day itself is news from that moment, not from a midnight that had passed.
    applied_at = max(begins, version.approved_at or begins)
    if version.approved_at and version.approved_at < begins:
        yield version.approved_at, News.ANNOUNCED, version.valid_from
    if not stand.period.is_empty or (version.withdrawn_at and version.withdrawn_at > applied_at):
        yield applied_at, News.IN_FORCE, version.valid_from
    if version.withdrawn_on:
        yield version.withdrawn_at or local_midnight(version.withdrawn_on), News.WITHDRAWN, version.withdrawn_on
    for at, day in _restored(stand, all_stands):
        yield at, News.IN_FORCE, day
    if notice:
        yield notice.published_at, News.SUBPROCESSORS, notice.effective_on


def _restored(stand: VersionStand, all_stands: Iterable[VersionStand]) -> Iterator[tuple[datetime, date]]:
    """When one withdrawn on its own first day left this one in force again."""
    for other in all_stands:
        at, day = other.version.withdrawn_at, other.version.withdrawn_on
        if (
            at
            and day
            and other.version.valid_from == day == local_day(at)
            and stand.period.begin < day
            and stand.period.holds(day)
        ):
            yield at, day


def _of_licences(slug: str, name: str, views: Sequence[_View], until: datetime) -> Iterator[ChangeRow]:
    """When a product came within reach, or left it: at the midnight of its day, or when that was learned later."""
    for number, view in enumerate(views):
        grants, today = view.of(slug), local_day(view.at)
        if number:
            held, holds = bool(holding(views[number - 1].of(slug), today)), bool(holding(grants, today))
            if held != holds:
                yield _came_or_went(slug, name, view.at, _since_when(grants, today), came=holds)
        ends = views[number + 1].at if number + 1 < len(views) else until
        for day in sorted(_edges(grants)):
            if _is_edge(grants, day) and view.at < local_midnight(day) <= ends:
                yield _came_or_went(slug, name, local_midnight(day), day, came=bool(holding(grants, day)))


def _came_or_went(slug: str, name: str, at: datetime, day: date, *, came: bool) -> ChangeRow:
    return ChangeRow(at=at, news=News.PRODUCT_ADDED if came else News.PRODUCT_REMOVED, product=slug, day=day, product_name=name)


def _since_when(grants: Sequence[Grant], today: date) -> date:
    """From which day it is as it is today."""
    return max((day for day in _edges(grants) if day <= today and _is_edge(grants, day)), default=today)


def _is_edge(grants: Sequence[Grant], day: date) -> bool:
    return bool(holding(grants, day - DAY)) != bool(holding(grants, day))


def _edges(grants: Iterable[Grant]) -> set[date]:
    begins = {grant.period.begin for grant in grants if grant.period.begin > date.min + DAY}
    return begins | {grant.period.end + DAY for grant in grants if grant.period.end}
