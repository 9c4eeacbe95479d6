"""A school that closed or left: an administrator ends it with its board on a day. A file that doesn't name it ends nothing."""

from datetime import date

from dashboard import audit
from dashboard.accounts.history import Change, note
from dashboard.accounts.learned import learn
from dashboard.accounts.model import BoardSchool
from dashboard.accounts.periods import DAY
from dashboard.accounts.register import alone
from dashboard.accounts.terms import Dated
from dashboard.act import Allowed, Seen, asks
from dashboard.audit import Action
from dashboard.errors import InvalidInputError, StaleError
from dashboard.permissions import Permission


@asks(Permission.MANAGE_SCHOOLS)
def end_school(act: Allowed, seen: Seen, day: date | None) -> None:
    """From `day` on the school is no longer of this board; until then nothing changes. `seen`: the membership.

    Raises InvalidInputError, and StaleError when it was ended or moved meanwhile.
    """
    alone(act)
    row = act.find(BoardSchool, seen.id)
    if row.valid_to is not None:
        raise StaleError(seen.id)
    if day is None or day <= row.valid_from:
        raise InvalidInputError({"day": "invalid.end_day"})
    learn(act, Dated.MEMBERSHIP.value, [{"id": row.id, "valid_to": day - DAY}], new=False)
    note(act, Change(row.brin, "until", "", str(day - DAY), row.board_number))
    row.valid_to = day - DAY
    act.session.add(row)
    audit.record(act, Action.SCHOOL_ENDED, row.brin, board=row.board_number, day=day.isoformat())
