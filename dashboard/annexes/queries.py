"""Which documents apply to a school on a day. Entitlement is worked out at every call, from the licences and memberships."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import case
from sqlmodel import col, func, select

from dashboard.accounts.queries import boards
from dashboard.accounts.spans import reached
from dashboard.act import Allowed, asks
from dashboard.annexes.holdings import Holdings, Shelved, VersionStand, holdings, school_scope, shelves
from dashboard.annexes.model import Document, DocumentDownload, DocumentKind, DocumentVersion, Product
from dashboard.annexes.rows import AnnexRow, HolderRow, PlaceRow, ProductRow, SchoolAnnexes, VersionRow
from dashboard.annexes.terms import Via
from dashboard.annexes.timeline import Grant, Phase, fits, holding
from dashboard.clock import local_day
from dashboard.i18n import Language
from dashboard.permissions import Permission


@asks(Permission.READ_OWN_ANNEXES)
def annexes(act: Allowed, *, day: date, language: Language, key: str = "") -> SchoolAnnexes:
    """The products that the actor's school (or the school or location `key` of it) had a licence for on `day`, each with its
    documents as they stood then. Raises NotFoundError for a `key` that isn't theirs.
    """
    held = holdings(act, key)
    slugs = sorted(held.products_on(day))
    products = act.session.exec(select(Product).where(col(Product.slug).in_(slugs)).order_by(col(Product.name))).all()
    kinds = act.session.exec(select(DocumentKind).order_by(col(DocumentKind.position))).all()
    shelved = shelves(act, slugs)
    downloads = taken(act, held.reached.key, [each.document.id for each in shelved])
    holders = {grant.holder for slug in slugs for grant in held.of(slug)}
    page = Page(day, language, kinds, downloads, _named(act, held, holders))
    rows = (_product_row(page, product, held, shelved) for product in products)
    # A product whose documents were all withdrawn is history.
    return SchoolAnnexes(held.reached.key, held.reached.name, day, tuple(row for row in rows if row.annexes))


@asks(Permission.READ_OWN_ANNEXES)
def places(act: Allowed, *, day: date) -> list[PlaceRow]:
    """The schools and locations of the actor's school on `day`: what one may look at alone."""
    within = reached(act, school_scope(act.actor))
    return [PlaceRow(place.key, place.name, place.school, place.sector) for place in within.places_on(day)]


@dataclass(frozen=True, slots=True)
class Taken:
    """What was downloaded: when each version last was, by the school and by this person."""

    by_school: dict[str, datetime]
    by_me: dict[str, datetime]
    # Per document: the version that was taken last.
    last: dict[str, tuple[datetime, str]]
    my_last: dict[str, tuple[datetime, str]]


def taken(act: Allowed, scope_key: str, document_ids: Sequence[str]) -> Taken:
    """When the school that `scope_key` names, and when the actor, took the versions of these documents; looking isn't taking."""
    mine = col(DocumentDownload.person_id) == act.actor.id
    ours = col(DocumentDownload.scope) == scope_key
    of_whom = (
        case((mine, 1), else_=0).label("mine"),
        case((ours, 1), else_=0).label("ours"),
    )
    version = (col(DocumentVersion.document_id), col(DocumentVersion.id), col(DocumentVersion.version))
    rows = act.session.exec(
        select(*version, *of_whom, func.max(DocumentDownload.at))  # type: ignore[call-overload]
        .join(DocumentDownload, col(DocumentDownload.version_id) == col(DocumentVersion.id))
        .where(
            mine | ours,
            DocumentDownload.via != Via.VIEW,
            col(DocumentVersion.document_id).in_(document_ids),
        )
        .group_by(*version, *of_whom)
    ).all()
    found = Taken({}, {}, {}, {})
    for document_id, version_id, number, is_mine, is_ours, at in sorted(rows, key=lambda row: row[5]):
        if is_mine:
            found.by_me[version_id] = at
            found.my_last[document_id] = (at, number)
        if is_ours:
            found.by_school[version_id] = at
            found.last[document_id] = (at, number)
    return found


@dataclass(frozen=True, slots=True)
class Page:
    """What every row of one page needs."""

    day: date
    language: Language
    kinds: Sequence[DocumentKind]
    taken: Taken
    # Of boards, schools and locations, by number.
    names: Mapping[str, str]

    def name_of(self, kind: DocumentKind) -> str:
        return kind.name_nl if self.language is Language.NL else kind.name_en

    def version(self, stand: VersionStand) -> VersionRow:
        return version_row(stand, self.taken, self.day, self.language)


def version_row(stand: VersionStand, downloads: Taken, day: date, language: Language) -> VersionRow:
    version = stand.version
    return VersionRow(
        id=version.id,
        version=version.version,
        model_version=version.model_version,
        phase=stand.phase(day),
        valid_from=version.valid_from,
        valid_to=stand.period.end,
        sha256=version.sha256,
        size=version.size,
        changes=version.changes_nl if language is Language.NL else version.changes_en,
        deviation=version.deviation_reason if version.deviates_from_model else "",
        downloaded_at=downloads.by_school.get(version.id),
        mine_at=downloads.by_me.get(version.id),
    )


def in_force(shelf: Shelved, day: date) -> VersionStand | None:
    """The version that applies on `day`."""
    return next((stand for stand in shelf.stands if stand.phase(day) is Phase.IN_FORCE), None)


def announced(shelf: Shelved, day: date) -> VersionStand | None:
    """The next version, if it was already known on `day`."""
    coming = (stand for stand in shelf.stands if stand.phase(day) is Phase.ANNOUNCED and known_on(stand.version, day))
    return next(coming, None)


def known_on(version: DocumentVersion, day: date) -> bool:
    """Whether a version was approved by then; those from before approvals were kept count as always known."""
    return version.approved_at is None or local_day(version.approved_at) <= day


def _product_row(page: Page, product: Product, held: Holdings, shelved: Sequence[Shelved]) -> ProductRow:
    grants = holding(held.of(product.slug), page.day)
    mine = [each for each in shelved if each.document.product_slug == product.slug and fits(each.document.sector, grants)]
    rows: list[AnnexRow] = []
    for kind in page.kinds:
        of_kind = [each for each in mine if each.document.kind == kind.key]
        shown = [_annex_row(page, each.document, each, kind) for each in of_kind]
        rows += [row for row in shown if row.in_force or row.announced]
        if kind.expected and not any(row.in_force for row in shown) and not is_over(of_kind, page.day):
            rows.append(AnnexRow(None, kind.key, page.name_of(kind), None, None, None, None, "", None, ""))
    sectors = sorted({grant.sector for grant in grants if grant.sector})
    return ProductRow(product.slug, product.name, tuple(rows), _holders(page, grants), tuple(sectors))


def is_over(shelved: Iterable[Shelved], day: date) -> bool:
    """Whether one of these was in force and was withdrawn: it isn't missing, it is over."""
    begun = [[stand for stand in each.stands if stand.period.begin <= day] for each in shelved]
    return any(stands and stands[-1].phase(day) is Phase.WITHDRAWN for stands in begun)


def _annex_row(page: Page, document: Document, shelf: Shelved, kind: DocumentKind) -> AnnexRow:
    now, coming = in_force(shelf, page.day), announced(shelf, page.day)
    at, version = page.taken.last.get(document.id, (None, ""))
    my_at, my_version = page.taken.my_last.get(document.id, (None, ""))
    return AnnexRow(
        document_id=document.id,
        kind=kind.key,
        kind_name=page.name_of(kind),
        sector=document.sector,
        in_force=page.version(now) if now else None,
        announced=page.version(coming) if coming else None,
        last_downloaded_at=at,
        last_downloaded_version=version,
        my_last_at=my_at,
        my_last_version=my_version,
        countries=tuple(now.version.countries.split()) if now else (),
        biv=now.version.biv if now else "",
    )


def _named(act: Allowed, held: Holdings, holders: Iterable[str]) -> dict[str, str]:
    """Their own, and the boards above them that hold a licence for all."""
    names = {place.key: place.name for place in held.reached.places} | {held.reached.key: held.reached.name}
    above = {key for key in holders if key.isdigit() and key not in names}
    return names | {number: board.name for number, board in boards(act, above).items()}


def _holders(page: Page, grants: Sequence[Grant]) -> tuple[HolderRow, ...]:
    """Who holds the licences, the widest first."""
    keys = sorted({grant.holder for grant in grants}, key=lambda key: (not key.isdigit(), len(key), key))
    return tuple(HolderRow(key, page.names.get(key, "")) for key in keys)
