"""What the events of a case count for: the numbers that staff watch, by the day on which each became true. Pure: the same events
give the same facts, so that what is counted at each event can be counted anew from all of them.

Days are legal days (Amsterdam). A case counts once as a whole and once for each right that it asked for.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, NamedTuple

from dateutil.relativedelta import relativedelta

from dashboard.clock import local_day
from dashboard.data_requests.case.events import EventKind
from dashboard.data_requests.case.lifecycle import OPEN, Status

ON_TIME, LATE = "on_time", "late"
# The EDPB's measure: answered within a month, within three, or later.
MONTH, THREE_MONTHS, LATER = "month", "three_months", "later"


class Fact(StrEnum):
    """What is counted; `detail` and `value` say what with it."""

    # On the day of receipt.
    RECEIVED = "received"
    VERIFIED = "verified"
    # detail: the status in which it ended.
    ENDED = "ended"
    REOPENED = "reopened"
    # An answer of ours. detail: on time or late by the statutory date; value: days since receipt.
    ANSWERED = "answered"
    # The same without the days on which the clock stood still.
    ANSWERED_NET = "answered_net"
    # detail: within a month, within three, or later.
    WITHIN = "within"
    # Of one right. detail: the outcome; the ground.
    OUTCOME = "outcome"
    GROUND = "ground"
    # detail: the reason.
    EXTENDED = "extended"
    PAUSED = "paused"
    # value: days.
    STOOD_STILL = "stood_still"
    FIRST_REPLY = "first_reply"
    # detail: the school's or board's number, empty where it isn't known to us; value: days.
    HANDED = "handed"
    # Left a status. detail: which; value: days in it.
    STAGE = "stage"
    # value: one to five.
    EASY = "easy"
    CLEAR = "clear"
    LATE_TOLD = "late_told"
    # detail: to whom.
    COMPLAINED = "complained"
    # A recipient of the data (art. 19). detail: told, or not.
    RECIPIENT = "recipient"
    # An answer with files in it; and one that was taken.
    GIVEN = "given"
    FETCHED = "fetched"
    # Personal data removed. detail: by which rule.
    PURGED = "purged"


TOLD, NOT_TOLD = "told", "not_told"


class Count(NamedTuple):
    fact: Fact
    day: date
    # Empty for the case as a whole.
    right: str
    role: str
    channel: str
    product: str = ""
    detail: str = ""
    value: int = 0


class Told(NamedTuple):
    """An event, as far as it counts."""

    kind: EventKind
    at: datetime
    from_status: str | None
    to_status: str
    fields: dict[str, Any]


_BEGINS = frozenset({EventKind.SUBMITTED, EventKind.REGISTERED})
# What reaches the requester and says something about their request.
_REPLIES = frozenset(
    {
        EventKind.ASKED,
        EventKind.PAUSED,
        EventKind.IDENTITY_DOUBTED,
        EventKind.INFORMED,
        EventKind.EXTENDED,
        EventKind.CLOSED,
        EventKind.HANDED_OVER,
        EventKind.FEE_ANNOUNCED,
    }
)


@dataclass(slots=True)
class _Case:
    """A case as its events so far tell it."""

    rights: tuple[str, ...]
    role: str
    channel: str
    product: str
    received_on: date
    since: date
    replied: bool = False
    has_files: bool = False
    fetched: bool = False
    stood_still: int = 0
    grounds: dict[str, str] = field(default_factory=dict)
    counts: Counter[Count] = field(default_factory=Counter)

    def add(self, fact: Fact, day: date, detail: str = "", value: int = 0) -> None:
        for right in ("", *self.rights):
            self.counts[Count(fact, day, right, self.role, self.channel, self.product, detail, value)] += 1

    def add_right(self, fact: Fact, day: date, right: str, detail: str) -> None:
        for name in ("", right):
            self.counts[Count(fact, day, name, self.role, self.channel, self.product, detail)] += 1

    def days_until(self, day: date) -> int:
        return max(0, (day - self.received_on).days)


def facts_of(events: Sequence[Told]) -> Counter[Count]:
    """Everything that these events of one case, in their order, count for. Nothing for what never began here."""
    if not events or events[0].kind not in _BEGINS:
        return Counter()
    told, begun = events[0].fields, local_day(events[0].at)
    received = date.fromisoformat(told["received_on"])
    # Requests of before could name no product.
    product = told.get("product", "")
    case = _Case(tuple(sorted(set(told["rights"]))), told["role"], told["channel"], product, received, begun)
    case.add(Fact.RECEIVED, received)
    for event in events[1:]:
        _one(case, event)
    return case.counts


def _one(case: _Case, event: Told) -> None:
    day = local_day(event.at)
    if event.kind in _REPLIES and not case.replied:
        case.replied = True
        case.add(Fact.FIRST_REPLY, day, value=case.days_until(day))
    if counts := _OF_KIND.get(event.kind):
        counts(case, event.fields, day)
    if event.from_status and event.from_status != event.to_status:
        _moved(case, event.from_status, event.to_status, day)


def _decided(case: _Case, fields: dict[str, Any], _day: date) -> None:
    case.grounds[fields["right"]] = fields["ground"] or ""


def _began_again(case: _Case, fields: dict[str, Any], day: date) -> None:
    case.stood_still += int(fields["days"])
    case.add(Fact.STOOD_STILL, day, value=int(fields["days"]))


def _handed(case: _Case, fields: dict[str, Any], day: date) -> None:
    # Of before, the number wasn't noted.
    case.add(Fact.HANDED, day, fields.get("key", ""), case.days_until(day))


def _rated(case: _Case, fields: dict[str, Any], day: date) -> None:
    case.add(Fact.EASY, day, value=int(fields["easy"]))
    case.add(Fact.CLEAR, day, value=int(fields["clear"]))


def _given(case: _Case, _fields: dict[str, Any], day: date) -> None:
    """An answer, each time: what was attached stays with the case."""
    if case.has_files:
        case.fetched = False
        case.add(Fact.GIVEN, day)


def _fetched(case: _Case, _fields: dict[str, Any], day: date) -> None:
    if not case.fetched:
        case.fetched = True
        case.add(Fact.FETCHED, day)


def _answered(case: _Case, fields: dict[str, Any], day: date) -> None:
    days = case.days_until(day)
    case.add(Fact.ANSWERED, day, ON_TIME if fields["on_time"] else LATE, days)
    case.add(Fact.ANSWERED_NET, day, value=max(0, days - case.stood_still))
    case.add(Fact.WITHIN, day, _within(case.received_on, day))
    _given(case, fields, day)
    for right, outcome in sorted(fields["outcomes"].items()):
        if outcome:
            case.add_right(Fact.OUTCOME, day, right, outcome)
        if ground := case.grounds.get(right):
            case.add_right(Fact.GROUND, day, right, ground)


_OF_KIND: dict[EventKind, Callable[[_Case, dict[str, Any], date], None]] = {
    EventKind.VERIFIED: lambda case, _, day: case.add(Fact.VERIFIED, day),
    EventKind.DECIDED: _decided,
    EventKind.CLOSED: _answered,
    EventKind.EXTENDED: lambda case, fields, day: case.add(Fact.EXTENDED, day, str(fields["reason"])),
    EventKind.PAUSED: lambda case, fields, day: case.add(Fact.PAUSED, day, str(fields["reason"])),
    EventKind.PAUSE_ENDED: _began_again,
    EventKind.HANDED_OVER: _handed,
    EventKind.LATE_TOLD: lambda case, _, day: case.add(Fact.LATE_TOLD, day),
    EventKind.RATED: _rated,
    EventKind.COMPLAINED: lambda case, fields, day: case.add(Fact.COMPLAINED, day, str(fields["about"])),
    EventKind.RECIPIENT_TOLD: lambda case, fields, day: case.add(Fact.RECIPIENT, day, TOLD if fields["told"] else NOT_TOLD),
    EventKind.ATTACHED: lambda case, *_: setattr(case, "has_files", True),
    EventKind.EXECUTED: _given,
    EventKind.ANSWER_DOWNLOADED: _fetched,
    EventKind.PURGED: lambda case, fields, day: case.add(Fact.PURGED, day, str(fields["rule"])),
}


def _within(received: date, day: date) -> str:
    if day <= received + relativedelta(months=1):
        return MONTH
    return THREE_MONTHS if day <= received + relativedelta(months=3) else LATER


def _moved(case: _Case, before: str, after: str, day: date) -> None:
    case.add(Fact.STAGE, day, before, max(0, (day - case.since).days))
    case.since = day
    was_open, is_open = Status(before) in OPEN, Status(after) in OPEN
    if was_open and not is_open:
        case.add(Fact.ENDED, day, after)
    elif is_open and not was_open:
        case.add(Fact.REOPENED, day)


def changes(before: Counter[Count], after: Counter[Count]) -> Iterator[tuple[Count, int]]:
    """What must be added to come from one to the other."""
    for count in before.keys() | after.keys():
        if more := after[count] - before[count]:
            yield count, more
