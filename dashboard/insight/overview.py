"""The row of figures on top: where it stands now, and how the period went beside the one before it."""

from dataclasses import dataclass
from datetime import timedelta

from dashboard.act import Allowed, asks
from dashboard.data_requests.case.facts import ON_TIME, Fact
from dashboard.data_requests.desk.watched import Chosen, open_load, quantile, sums
from dashboard.permissions import Permission

WEEK_DAYS = 7
HALF = 0.5


@dataclass(frozen=True, slots=True)
class Now:
    """Open cases, whatever the period is."""

    open: int
    due_this_week: int
    overdue: int
    without_handler_soon: int


@dataclass(frozen=True, slots=True)
class Went:
    """A period: how many came and were answered, how many of a hundred answers were in time, and in how many days half came."""

    received: int
    answered: int
    on_time_percent: int | None
    median_days: int | None


@asks(Permission.READ_INSIGHT)
def now(act: Allowed) -> Now:
    week = act.today + timedelta(days=WEEK_DAYS)
    rows = open_load(act)
    return Now(
        open=sum(n for *_, n in rows),
        due_this_week=sum(n for _, due_on, _, n in rows if act.today <= due_on <= week),
        overdue=sum(n for _, due_on, _, n in rows if due_on < act.today),
        without_handler_soon=sum(n for _, due_on, handler, n in rows if due_on <= week and not handler),
    )


@asks(Permission.READ_INSIGHT)
def went(act: Allowed, chosen: Chosen) -> Went:
    answers = dict(sums(act, Fact.ANSWERED, chosen, "detail"))
    answered = sum(answers.values())
    return Went(
        received=sum(row[-1] for row in sums(act, Fact.RECEIVED, chosen)),
        answered=answered,
        # Rounded down: a hundred percent is said only of all.
        on_time_percent=answers.get(ON_TIME, 0) * 100 // answered if answered else None,
        median_days=quantile(sums(act, Fact.ANSWERED, chosen, "value"), HALF),
    )
