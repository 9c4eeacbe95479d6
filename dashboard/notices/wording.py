"""A change of sub-processors in one plain sentence, for mails."""

from dashboard.annexes.differences import Change, Difference
from dashboard.i18n import Texts


def sentence(row: Difference, t: Texts) -> str:
    if row.change is Change.CHANGED:
        return f"{row.name}: {row.before} → {row.after}"
    return f"{row.name} {t(f'differences.{row.change.value}')}: {row.before or row.after}"
