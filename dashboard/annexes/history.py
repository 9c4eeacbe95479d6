"""All versions of a document that a school may have, the newest first, each with what it changed."""

from dataclasses import dataclass
from datetime import date

from dashboard.act import Allowed, asks
from dashboard.annexes.content import stored
from dashboard.annexes.differences import Difference, differences
from dashboard.annexes.holdings import VersionStand, entitled, holdings, shelves
from dashboard.annexes.model import Document, DocumentKind
from dashboard.annexes.queries import taken, version_row
from dashboard.annexes.rows import VersionRow
from dashboard.errors import NotFoundError
from dashboard.i18n import Language
from dashboard.permissions import Permission


@dataclass(frozen=True, slots=True)
class HistoryRow:
    version: VersionRow
    # Against the version before it, where both are written as data; None where they can't be compared.
    differences: tuple[Difference, ...] | None


@asks(Permission.READ_OWN_ANNEXES)
def history(act: Allowed, document_id: str, *, today: date, language: Language, key: str = "") -> list[HistoryRow]:
    """Raises NotFoundError for a document of which the actor's school may have no version."""
    held = holdings(act, key)
    document = act.session.get(Document, document_id)
    if document is None or document.product_slug is None:
        raise NotFoundError(document_id)
    shelf = [each for each in shelves(act, [document.product_slug], with_content=True) if each.document.id == document_id]
    theirs = entitled(held, shelf, today)
    shown = [stand for each in shelf for stand in each.stands if stand.version.id in theirs]
    if not shown:
        raise NotFoundError(document_id)
    kind = act.session.get(DocumentKind, document.kind)
    downloads = taken(act, held.reached.key, [document_id])
    rows = [
        HistoryRow(version_row(stand, downloads, today, language), _changes(before, stand, kind))
        for before, stand in zip([None, *shown], shown, strict=False)
    ]
    return rows[::-1]


def _changes(before: VersionStand | None, stand: VersionStand, kind: DocumentKind | None) -> tuple[Difference, ...] | None:
    if before is None or kind is None:
        return None
    old, new = stored(kind.structure, before.version.content), stored(kind.structure, stand.version.content)
    return tuple(differences(old, new)) if old and new else None
