"""What schools need of the annexes for their own papers: rows of the register of processing, and the input for a DPIA.

Both come from annexes that are written as data; what a school must decide itself stays empty.
"""

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from babel import Locale
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from sqlmodel import col, select

from dashboard.act import Allowed, asks
from dashboard.annexes.agreements import agreements
from dashboard.annexes.content import Content, PrivacyAnnex, SecurityAnnex, stored
from dashboard.annexes.differences import facts
from dashboard.annexes.holdings import holdings, shelves
from dashboard.annexes.model import DocumentKind, Product
from dashboard.annexes.queries import in_force, is_over
from dashboard.annexes.timeline import fits, holding
from dashboard.content import organisation
from dashboard.i18n import Language, Texts
from dashboard.permissions import Permission
from dashboard.spreadsheets import as_csv
from dashboard.typed import body_of

COLUMNS = (
    "processing",
    "processor",
    "purpose",
    "legal_ground",
    "subjects",
    "categories",
    "recipients",
    "transfers",
    "retention",
    "measures",
    "agreement",
    "agreement_day",
    "storage",
    "annexes",
)
WIDEST, WRAPPED = 60, 24


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table to export: its name, headings and rows of text."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class _Product:
    name: str
    privacy: PrivacyAnnex | None
    security: SecurityAnnex | None
    versions: tuple[str, ...]


@asks(Permission.READ_OWN_ANNEXES)
def processing_register(act: Allowed, *, day: date, t: Texts, key: str = "") -> Sheet:
    """A row for each product that the actor's school (or the part `key` of it) holds on `day`. The legal ground stays empty: the
    school decides that.
    """
    products = _products(act, day, t.language, key)
    signed = [row for row in agreements(act, day=day, language=t.language) if row.is_signed]
    agreed = t("export.yes") if signed else t("export.no")
    days = ", ".join(row.signed_on.isoformat() for row in signed if row.signed_on)
    rows = tuple(_register_row(each, agreed, days, t) for each in products)
    return Sheet(t("export.register"), tuple(t(f"export.column.{column}") for column in COLUMNS), rows)


@asks(Permission.READ_OWN_ANNEXES)
def dpia(act: Allowed, *, day: date, t: Texts, key: str = "") -> Sheet:
    """What annex 1 and 2 already say, question by question, with room for what only the school can answer."""
    products = _products(act, day, t.language, key)
    columns = tuple(t(f"export.dpia.{column}") for column in ("product", "question", "answer", "own"))
    rows: list[tuple[str, ...]] = []
    for each in products:
        for content in (each.privacy, each.security):
            if content is not None:
                rows += [(each.name, t(f"section.{name}"), _joined(_shown(name, lines, t)), "") for name, lines in facts(content)]
        if each.privacy is None and each.security is None:
            rows.append((each.name, t("export.dpia.no_data"), "; ".join(each.versions), ""))
        rows += [(each.name, t(f"export.dpia.{name}"), "", "") for name in ("necessity", "risks", "advice")]
    return Sheet(t("export.dpia"), columns, tuple(rows))


def to_csv(sheet: Sheet) -> bytes:
    return as_csv((sheet.columns, *sheet.rows))


def to_xlsx(sheet: Sheet) -> bytes:
    """One sheet with its headings fixed. Every cell is text: nothing in it is a formula."""
    book = Workbook()
    page = book.create_sheet(sheet.title[:31], 0)
    book.remove(book.worksheets[1])
    for number, row in enumerate((sheet.columns, *sheet.rows), start=1):
        for place, text in enumerate(row, start=1):
            cell = page.cell(number, place, body_of(text))
            cell.data_type = "s"
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            if number == 1:
                cell.font = Font(bold=True)
    for place, heading in enumerate(sheet.columns, start=1):
        longest = max([len(heading), *(len(row[place - 1]) for row in sheet.rows)])
        page.column_dimensions[get_column_letter(place)].width = min(WIDEST, max(WRAPPED, longest))
    page.freeze_panes = "A2"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _products(act: Allowed, day: date, language: Language, key: str) -> list[_Product]:
    held = holdings(act, key)
    slugs = sorted(held.products_on(day))
    names = act.session.exec(
        select(Product.slug, Product.name).where(col(Product.slug).in_(slugs)).order_by(col(Product.name))
    ).all()
    kinds = {kind.key: kind for kind in act.session.exec(select(DocumentKind))}
    contents: dict[str, list[Content]] = {}
    versions: dict[str, list[str]] = {}
    over: set[str] = set()
    for shelf in shelves(act, slugs, with_content=True):
        slug, kind = shelf.document.product_slug or "", kinds[shelf.document.kind]
        stand = in_force(shelf, day)
        if stand is None and is_over([shelf], day):
            over.add(slug)
        if stand is None or not fits(shelf.document.sector, holding(held.of(slug), day)):
            continue
        name = kind.name_nl if language is Language.NL else kind.name_en
        versions.setdefault(slug, []).append(f"{name} {stand.version.version} ({stand.version.valid_from.isoformat()})")
        content = stored(kind.structure, stand.version.content)
        if content is not None:
            contents.setdefault(slug, []).append(content)
    return [
        _Product(
            name,
            next((each for each in contents.get(slug, ()) if isinstance(each, PrivacyAnnex)), None),
            next((each for each in contents.get(slug, ()) if isinstance(each, SecurityAnnex)), None),
            tuple(versions.get(slug, ())),
        )
        for slug, name in names
        # As on the page: a product whose documents were all withdrawn is history.
        if slug in versions or slug not in over
    ]


def _register_row(each: _Product, agreed: str, days: str, t: Texts) -> tuple[str, ...]:
    """Article 30(1) GDPR, as far as the annexes know it. Without an annex as data its cells stay empty: that isn't "none"."""
    o = organisation()
    row = {
        "processing": f"{each.name}: {each.privacy.about}" if each.privacy else each.name,
        "processor": f"{o.name}, {o.town}",
        "measures": _joined(each.security.measures) if each.security else "",
        "agreement": agreed,
        "agreement_day": days,
        "annexes": "; ".join(each.versions),
        **(_of_privacy(each.privacy, t) if each.privacy else {}),
    }
    return tuple(row.get(column, "") for column in COLUMNS)


def _of_privacy(annex: PrivacyAnnex, t: Texts) -> dict[str, str]:
    none = t("export.none")
    return {
        "purpose": _joined(annex.purposes),
        "subjects": _joined(dict.fromkeys(use.who for use in annex.data)),
        "categories": _joined(f"{use.who}: {use.what}" for use in annex.data),
        "recipients": _joined(f"{s.name} ({_country(s.country, t)}): {s.service}; {s.data}" for s in annex.subprocessors) or none,
        "transfers": _joined(f"{_country(one.country, t)}, {one.to}: {one.safeguard}" for one in annex.transfers) or none,
        "retention": _joined(f"{row.what}: {row.period}" for row in annex.retention),
        "storage": _joined(_country(code, t) for code in annex.storage),
    }


def _shown(section: str, lines: Sequence[str], t: Texts) -> list[str]:
    return [_country(line, t) for line in lines] if section == "storage" else list(lines)


def _country(code: str, t: Texts) -> str:
    return str(Locale(t.language.value).territories.get(code, code))


def _joined(lines: Iterable[str]) -> str:
    return "\n".join(lines)
