"""A change of sub-processors in one plain sentence, for mails."""

from babel import Locale

from dashboard.annexes.differences import Change, Difference, with_countries
from dashboard.i18n import Texts


def sentence(row: Difference, t: Texts) -> str:
    names = Locale(t.language.value).territories
    before, after = (
        with_countries(row.section, text, lambda code: str(names.get(code, code))) for text in (row.before, row.after)
    )
    if row.change is Change.CHANGED:
        return f"{row.name}: {before} → {after}"
    return f"{row.name} {t(f'differences.{row.change.value}')}: {before or after}"
