"""What staff watch of the notices: objections of boards, by what came of them."""

from datetime import date, timedelta
from typing import Any

from sqlmodel import col, func, select

from dashboard.act import Allowed, asks
from dashboard.clock import local_midnight
from dashboard.notices.model import Objection
from dashboard.notices.terms import ObjectionOutcome
from dashboard.permissions import Permission


@asks(Permission.READ_INSIGHT)
def objections(act: Allowed, first: date, last: date) -> dict[ObjectionOutcome | None, int]:
    """Objections that came on these days, both inclusive; None: not answered yet."""
    rows = act.session.exec(
        select(Objection.outcome, func.count())
        .where(col(Objection.at) >= local_midnight(first), col(Objection.at) < local_midnight(last + timedelta(days=1)))
        .group_by(col(Objection.outcome))
    ).all()
    found: dict[Any, int] = dict(rows)
    return {outcome: found.get(outcome, 0) for outcome in (None, *ObjectionOutcome)}
