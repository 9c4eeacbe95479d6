"""Rows of the core -> shapes of the API. Pure."""

from collections.abc import Sequence
from datetime import date, datetime

from dashboard.accounts.spans import BRIN_SIGNS, Place, Reached
from dashboard.annexes.changes import ChangeRow
from dashboard.annexes.queries import Taken, version_row
from dashboard.annexes.rows import AgreementRow, SchoolAnnexes, VersionRow
from dashboard.annexes.service import AnnexData
from dashboard.annexes.terms import SIGNED
from dashboard.content import organisation
from dashboard.i18n import Language
from dashboard.web.api.shapes import (
    AgreementShape,
    AnnexDataShape,
    AnnexShape,
    BoardShape,
    ChangeShape,
    ChangesShape,
    LocationShape,
    ProductShape,
    SchoolShape,
    VersionShape,
)


def boards(within: Reached, day: date) -> list[BoardShape]:
    places = within.places_on(day)
    schools = [_school(place, places) for place in _schools(places)]
    return [BoardShape(board_id=number, schools=_of_board(within, number, day, schools)) for number in within.boards_on(day)]


def products(page: SchoolAnnexes) -> list[ProductShape]:
    return [
        ProductShape(
            slug=row.slug,
            name=row.name,
            sectors=[sector.value for sector in row.sectors],
            held_by=[holder.key for holder in row.holders],
        )
        for row in page.products
    ]


def annexes(page: SchoolAnnexes) -> list[AnnexShape]:
    return [
        AnnexShape(
            product=product.slug,
            kind=row.kind,
            kind_name=row.kind_name,
            sector=row.sector.value if row.sector else None,
            storage_countries=list(row.countries),
            biv=row.biv,
            in_force=version(row.in_force) if row.in_force else None,
            announced=version(row.announced) if row.announced else None,
        )
        for product in page.products
        for row in product.annexes
    ]


def version(row: VersionRow) -> VersionShape:
    return VersionShape(
        id=row.id,
        version=row.version,
        model=row.model_version,
        phase=row.phase.value,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        changes=row.changes,
        deviation=row.deviation,
        sha256=row.sha256,
        size=row.size,
        document=f"/api/v1/documents/{row.sha256}",
    )


def with_content(found: AnnexData, day: date, language: Language) -> AnnexDataShape:
    return AnnexDataShape(
        version=version(version_row(found.stand, Taken({}, {}, {}, {}), day, language)),
        product=found.document.product_slug,
        kind=found.document.kind,
        sector=found.document.sector.value if found.document.sector else None,
        content=found.content,
    )


def agreement(row: AgreementRow) -> AgreementShape:
    status = "none" if row.dvo_status is None else "signed" if row.dvo_status in SIGNED else row.dvo_status.value
    return AgreementShape(
        board_id=row.board_number,
        board_name=row.board_name,
        supplier=organisation().name,
        status=status,
        model=row.model_version or None,
        signed_on=row.signed_on,
        dvo_status=row.dvo_status.value if row.dvo_status else None,
        dvo_on=row.dvo_on,
        covenant=row.covenant,
        sector_councils=[council.value for council in row.councils],
        document=f"/api/v1/documents/{row.version.sha256}" if row.version else None,
    )


def changes(rows: Sequence[ChangeRow], until: datetime) -> ChangesShape:
    return ChangesShape(
        until=until,
        changes=[
            ChangeShape(
                id=row.id,
                at=row.at,
                what=row.news.value,
                product=row.product,
                day=row.day,
                kind=row.kind or None,
                version=row.version or None,
                version_id=row.version_id or None,
            )
            for row in rows
        ],
    )


def _schools(places: Sequence[Place]) -> list[Place]:
    """One for each school: a login of one location reaches that location alone."""
    found = {place.school: place for place in reversed(places)}
    return [place for place in places if found[place.school] is place or len(place.key) == BRIN_SIGNS]


def _school(place: Place, places: Sequence[Place]) -> SchoolShape:
    locations = [each for each in places if each.school == place.school and len(each.key) > BRIN_SIGNS]
    return SchoolShape(
        brin=place.school,
        name=place.name,
        sector=place.sector.value,
        locations=[LocationShape(code=each.key, name=each.name) for each in locations],
    )


def _of_board(within: Reached, number: str, day: date, schools: Sequence[SchoolShape]) -> list[SchoolShape]:
    theirs = {span.school for span in within.spans if span.holder == number and span.period.holds(day)}
    return [school for school in schools if school.brin in theirs]
