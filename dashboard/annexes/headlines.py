"""A change in one sentence: for the feed, for mails, for pages."""

from dashboard.annexes.changes import ChangeRow
from dashboard.i18n import Language, Texts


def headline(row: ChangeRow, t: Texts) -> str:
    kind = row.kind_nl if t.language is Language.NL else row.kind_en
    return t(f"news.{row.news.value}", product=row.product_name, kind=kind, version=row.version, day=t.day(row.day))


def told_in_short(row: ChangeRow, t: Texts) -> str:
    """What the publisher wrote about it, empty when nothing."""
    return row.changes_nl if t.language is Language.NL else row.changes_en
