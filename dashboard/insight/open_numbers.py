"""What a publisher may show the world of how it answers: a year in numbers, by which nobody can be recognised."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

from dashboard.act import Allowed, asks
from dashboard.data_requests.case.facts import MONTH, ON_TIME, Fact
from dashboard.data_requests.desk.watched import Chosen, quantile, summed
from dashboard.data_requests.law.rights import Right
from dashboard.permissions import Permission
from dashboard.policy.queries import current
from dashboard.policy.rules import OPEN_NUMBERS

# Fewer than this are nobody's to count.
FEW = 5
HALF = 0.5


@dataclass(frozen=True, slots=True)
class OpenNumbers:
    """The last twelve whole months. None stands for a number that is hidden."""

    chosen: Chosen
    received: int | None
    answered: int | None
    # Of a hundred answers, rounded down.
    on_time: int | None
    within_month: int | None
    median_days: int | None
    by_right: tuple[tuple[Right, int | None], ...]


@asks(Permission.READ_PUBLIC)
def open_numbers(act: Allowed) -> OpenNumbers | None:
    """None where the publisher doesn't show them."""
    if not current(act, OPEN_NUMBERS):
        return None
    chosen = last_year(act.today)
    answers = dict(summed(act, Fact.ANSWERED, chosen, "detail"))
    months = dict(summed(act, Fact.WITHIN, chosen, "detail"))
    answered, received = sum(answers.values()), sum(row[-1] for row in summed(act, Fact.RECEIVED, chosen))
    rights = {Right(right): cases for right, cases in summed(act, Fact.RECEIVED, chosen, "right")}
    shown = answered >= FEW
    return OpenNumbers(
        chosen,
        received if received >= FEW else None,
        answered if shown else None,
        answers.get(ON_TIME, 0) * 100 // answered if shown else None,
        months.get(MONTH, 0) * 100 // answered if shown else None,
        quantile(summed(act, Fact.ANSWERED, chosen, "value"), HALF) if shown else None,
        tuple((right, number) for right, number in hidden(rights).items()),
    )


def last_year(today: date) -> Chosen:
    """The twelve months before this one: a number that doesn't change while it is looked at."""
    this_month = today.replace(day=1)
    return Chosen(this_month - relativedelta(years=1), this_month - timedelta(days=1))


def hidden(numbers: Mapping[Right, int]) -> dict[Right, int | None]:
    """Without those under five. Where that is one alone the next smallest goes with it: the sum would give it away."""
    few = {right for right, number in numbers.items() if 0 < number < FEW}
    if len(few) == 1:
        few |= {
            min((each for each in numbers if each not in few and numbers[each]), key=numbers.__getitem__, default=next(iter(few)))
        }
    return {right: None if right in few else numbers[right] for right in Right if numbers.get(right)}
