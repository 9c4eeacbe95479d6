"""What changed of boards, schools, locations, licences and agreements, when and by whom: by hand, or by a file that was taken."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert
from sqlmodel import col, func, select

from dashboard.accounts.model import RegisterChange
from dashboard.act import Allowed, asks
from dashboard.permissions import Permission
from dashboard.rows import row_of

LISTED = 50
LONGEST = 200


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that changed of a board, a school, a location, or of a licence or agreement that one of these holds.

    `what` names it; `before` and `after` are as stored: a name, a number, a day in ISO's form. An address for mail is in neither.
    """

    # Of the board, school or location.
    key: str
    what: str
    before: str = ""
    after: str = ""
    # Which one of several: the product of a licence, the model of an agreement.
    label: str = ""


@dataclass(frozen=True, slots=True)
class ChangeRow(Change):
    at: datetime = datetime.min  # noqa: DTZ901  always given; only a field with a default may follow others
    by_name: str = ""


def note(act: Allowed, *changes: Change) -> None:
    """Keep what changed; nothing for what stayed as it was."""
    for each in changes:
        if each.before != each.after:
            act.session.add(_row(act, each))


def note_all(act: Allowed, changes: Iterable[Change]) -> None:
    rows = [_row(act, each).model_dump() for each in changes]
    if rows:
        act.session.execute(insert(RegisterChange), rows)


def how_many(act: Allowed) -> int:
    """Grows with every change: what was worked out before one is no longer about what is there."""
    return act.session.exec(select(func.count()).select_from(RegisterChange)).one()


@asks(Permission.READ_SCHOOLS)
def history(act: Allowed, keys: Sequence[str]) -> list[ChangeRow]:
    """What changed of these boards, schools and locations, the newest first."""
    query = select(RegisterChange).where(col(RegisterChange.key).in_(keys))
    rows = act.session.exec(query.order_by(col(RegisterChange.at).desc(), col(RegisterChange.id)).limit(LISTED))
    return [row_of(ChangeRow, row) for row in rows]


def _row(act: Allowed, change: Change) -> RegisterChange:
    return RegisterChange(
        at=act.now,
        by_id=act.actor.id,
        by_name=act.actor.name[:LONGEST],
        key=change.key,
        label=change.label[:LONGEST],
        what=change.what,
        before=change.before[:LONGEST],
        after=change.after[:LONGEST],
    )
