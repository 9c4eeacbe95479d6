"""Narrowing what a page of annexes shows. Pure: on rows that the reader may see already."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from dashboard.accounts.terms import Sector
from dashboard.annexes.rows import AnnexRow, ProductRow
from dashboard.words import words


@dataclass(frozen=True, slots=True)
class AnnexFilters:
    """Empty means all. Everything that is chosen must hold; within one choice any of them."""

    search: str = ""
    products: tuple[str, ...] = ()
    sectors: tuple[Sector, ...] = ()
    kinds: tuple[str, ...] = ()
    biv: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Choices:
    """What there is to choose from on a page."""

    products: tuple[tuple[str, str], ...]
    sectors: tuple[Sector, ...]
    kinds: tuple[tuple[str, str], ...]
    biv: tuple[str, ...]
    countries: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Summary:
    """A page in numbers."""

    products: int
    in_force: int
    # In force, and not yet taken in this version.
    new: int
    # Of which an earlier one was taken.
    newer: int
    announced: int
    missing: int


def choices(rows: Sequence[ProductRow]) -> Choices:
    annexes = [annex for row in rows for annex in row.annexes]
    kinds = dict.fromkeys((annex.kind, annex.kind_name) for annex in annexes)
    return Choices(
        tuple((row.slug, row.name) for row in rows),
        tuple(sorted({sector for row in rows for sector in row.sectors})),
        tuple(kinds),
        tuple(sorted({annex.biv for annex in annexes if annex.biv})),
        tuple(sorted({country for annex in annexes for country in annex.countries})),
    )


def filtered(rows: Sequence[ProductRow], wanted: AnnexFilters) -> list[ProductRow]:
    """Products of which something is left, each with the annexes that match."""
    found = [replace(row, annexes=_annexes(row, wanted)) for row in rows if _product_matches(row, wanted)]
    return [row for row in found if row.annexes]


def summarised(rows: Sequence[ProductRow]) -> Summary:
    annexes = [annex for row in rows for annex in row.annexes]
    return Summary(
        len(rows),
        sum(annex.in_force is not None for annex in annexes),
        sum(annex.is_new for annex in annexes),
        sum(annex.newer_in_force for annex in annexes),
        sum(annex.announced is not None for annex in annexes),
        sum(annex.in_force is None and annex.announced is None for annex in annexes),
    )


def _product_matches(row: ProductRow, wanted: AnnexFilters) -> bool:
    # BIV and countries are said in one annex each, and are about the whole product.
    return (
        (not wanted.products or row.slug in wanted.products)
        and (not wanted.sectors or bool(set(wanted.sectors) & set(row.sectors)))
        and (not wanted.biv or any(annex.biv in wanted.biv for annex in row.annexes))
        and (not wanted.countries or any(set(annex.countries) & set(wanted.countries) for annex in row.annexes))
    )


def _annexes(row: ProductRow, wanted: AnnexFilters) -> tuple[AnnexRow, ...]:
    asked = words(wanted.search)
    return tuple(
        annex
        for annex in row.annexes
        if (not wanted.kinds or annex.kind in wanted.kinds) and _found(asked, words(row.name, annex.kind_name, *_versions(annex)))
    )


def _versions(annex: AnnexRow) -> list[str]:
    return [f"{each.version} {each.changes}" for each in (annex.in_force, annex.announced) if each]


def _found(asked: set[str], said: set[str]) -> bool:
    return all(any(word.startswith(each) for word in said) for each in asked)
