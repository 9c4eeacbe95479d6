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
from dashboard.web.api import shapes


def boards(within: Reached, day: date) -> list[shapes.BoardShape]:
    places = within.places_on(day)
    schools = [_school(place, places) for place in _schools(places)]
    return [
        shapes.BoardShape(board_id=number, schools=_of_board(within, number, day, schools)) for number in within.boards_on(day)
    ]


def products(page: SchoolAnnexes) -> list[shapes.ProductShape]:
    return [shapes.ProductShape.of(row, held_by=[holder.key for holder in row.holders]) for row in page.products]


def annexes(page: SchoolAnnexes) -> list[shapes.AnnexShape]:
    return [
        shapes.AnnexShape.of(
            row,
            product=product.slug,
            storage_countries=row.countries,
            in_force=version(row.in_force) if row.in_force else None,
            announced=version(row.announced) if row.announced else None,
        )
        for product in page.products
        for row in product.annexes
    ]


def version(row: VersionRow) -> shapes.VersionShape:
    return shapes.VersionShape.of(row, model=row.model_version, document=f"/api/v1/documents/{row.sha256}")


def with_content(found: AnnexData, day: date, language: Language) -> shapes.AnnexDataShape:
    said = version(version_row(found.stand, Taken({}, {}, {}, {}), day, language))
    return shapes.AnnexDataShape.of(found.document, version=said, product=found.document.product_slug, content=found.content)


def agreement(row: AgreementRow) -> shapes.AgreementShape:
    return shapes.AgreementShape.of(
        row,
        board_id=row.board_number,
        supplier=organisation().name,
        status="none" if row.dvo_status is None else "signed" if row.dvo_status in SIGNED else row.dvo_status.value,
        model=row.model_version or None,
        sector_councils=row.councils or (),
        document=f"/api/v1/documents/{row.version.sha256}" if row.version else None,
    )


def changes(rows: Sequence[ChangeRow], until: datetime) -> shapes.ChangesShape:
    return shapes.ChangesShape(until=until, changes=[_change(row) for row in rows])


def _change(row: ChangeRow) -> shapes.ChangeShape:
    may_lack = {name: getattr(row, name) or None for name in ("kind", "version", "version_id")}
    return shapes.ChangeShape.of(row, what=row.news, **may_lack)


def _schools(places: Sequence[Place]) -> list[Place]:
    """One for each school: a login of one location reaches that location alone."""
    found = {place.school: place for place in reversed(places)}
    return [place for place in places if found[place.school] is place or len(place.key) == BRIN_SIGNS]


def _school(place: Place, places: Sequence[Place]) -> shapes.SchoolShape:
    locations = [each for each in places if each.school == place.school and len(each.key) > BRIN_SIGNS]
    return shapes.SchoolShape(
        brin=place.school,
        name=place.name,
        sector=place.sector.value,
        locations=[shapes.LocationShape(code=each.key, name=each.name) for each in locations],
    )


def _of_board(within: Reached, number: str, day: date, schools: Sequence[shapes.SchoolShape]) -> list[shapes.SchoolShape]:
    theirs = {span.school for span in within.spans if span.holder == number and span.period.holds(day)}
    return [school for school in schools if school.brin in theirs]
