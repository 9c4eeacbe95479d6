"""What events count for, by hand: a case told in a few lines and the numbers that somebody would write down for it."""

from collections import Counter
from datetime import UTC, date, datetime
from typing import Any

import pytest

from dashboard.data_requests.case.events import EventKind
from dashboard.data_requests.case.facts import Count, Fact, Told, changes, facts_of

K = EventKind


def at(day: str, hour: int = 11) -> datetime:
    return datetime.combine(date.fromisoformat(day), datetime.min.time(), UTC).replace(hour=hour)


def begun(day: str, rights: tuple[str, ...] = ("access",), received: str = "") -> Told:
    fields = {
        "rights": list(rights), "role": "customer", "subject": "own_records", "channel": "form",
        "received_on": received or day, "due_on": "2026-12-31",
    }  # fmt: skip
    return Told(K.SUBMITTED, at(day), None, "unverified", fields)


def told(kind: EventKind, day: str, before: str, after: str = "", **fields: Any) -> Told:
    return Told(kind, at(day), before, after or before, fields)


def closed(day: str, *, on_time: bool = True, **outcomes: str) -> Told:
    return told(
        K.CLOSED, day, "in_progress", "closed", message_id="m", on_time=on_time, outcomes=outcomes or {"access": "granted"}
    )


def whole(events: list[Told]) -> list[tuple[str, str, str, int, int]]:
    """Of the case as a whole: fact, day, detail, value, how often."""
    found = facts_of(events)
    return sorted((c.fact.value, c.day.isoformat(), c.detail, c.value, n) for c, n in found.items() if not c.right)


VERIFIED = told(K.VERIFIED, "2026-01-06", "unverified", "received")
TAKEN = told(K.TAKEN, "2026-01-08", "received", "in_progress", previous_handler=None)


def test_a_request_that_is_answered_in_time() -> None:
    assert whole([begun("2026-01-05"), VERIFIED, TAKEN, closed("2026-01-26")]) == [
        ("answered", "2026-01-26", "on_time", 21, 1),
        ("answered_net", "2026-01-26", "", 21, 1),
        ("ended", "2026-01-26", "closed", 0, 1),
        ("first_reply", "2026-01-26", "", 21, 1),
        ("outcome", "2026-01-26", "granted", 0, 1),
        ("received", "2026-01-05", "", 0, 1),
        ("stage", "2026-01-06", "unverified", 1, 1),
        ("stage", "2026-01-08", "received", 2, 1),
        ("stage", "2026-01-26", "in_progress", 18, 1),
        ("verified", "2026-01-06", "", 0, 1),
        ("within", "2026-01-26", "month", 0, 1),
    ]


@pytest.mark.parametrize(
    ("received", "answered", "within"),
    [
        ("2026-01-31", "2026-02-28", "month"),
        ("2026-01-31", "2026-03-01", "three_months"),
        ("2026-01-31", "2026-04-30", "three_months"),
        ("2026-01-31", "2026-05-01", "later"),
        ("2024-02-29", "2024-03-29", "month"),
        ("2024-02-29", "2024-03-30", "three_months"),
    ],
)
def test_within_a_month_and_within_three_go_by_the_calendar(received: str, answered: str, within: str) -> None:
    found = facts_of([begun(received), told(K.VERIFIED, received, "unverified", "received"), closed(answered)])
    assert [c.detail for c in found if c.fact is Fact.WITHIN and not c.right] == [within]


def test_a_letter_entered_late_counts_on_the_day_on_which_it_came() -> None:
    assert ("received", "2025-12-15", "", 0, 1) in whole([begun("2026-01-05", received="2025-12-15"), closed("2026-01-06")])
    assert ("answered", "2026-01-06", "on_time", 22, 1) in whole(
        [begun("2026-01-05", received="2025-12-15"), closed("2026-01-06")]
    )


def test_an_evening_in_amsterdam_is_that_day_and_no_other() -> None:
    late = Told(K.VERIFIED, datetime(2026, 7, 6, 22, 30, tzinfo=UTC), "unverified", "received", {})
    assert ("verified", "2026-07-07", "", 0, 1) in whole([begun("2026-07-05"), late])


def test_a_pause_is_taken_off_and_a_refusal_has_its_ground() -> None:
    events = [
        begun("2026-01-05"), VERIFIED, TAKEN,
        told(K.PAUSED, "2026-01-09", "in_progress", "waiting_for_requester", message_id="m", reason="specify"),
        told(K.REPLIED, "2026-01-16", "waiting_for_requester", "in_progress", message_id="m"),
        told(K.PAUSE_ENDED, "2026-01-16", "in_progress", days=7),
        told(K.DECIDED, "2026-01-20", "in_progress", right="access", outcome="refused", ground="rights_of_others"),
        told(K.EXTENDED, "2026-01-21", "in_progress", message_id="m", reason="complexity", from_due="a", to_due="b"),
        closed("2026-02-20", on_time=False, access="refused"),
    ]  # fmt: skip
    found = whole(events)
    for expected in (
        ("answered", "2026-02-20", "late", 46, 1),
        ("answered_net", "2026-02-20", "", 39, 1),
        ("extended", "2026-01-21", "complexity", 0, 1),
        ("first_reply", "2026-01-09", "", 4, 1),
        ("ground", "2026-02-20", "rights_of_others", 0, 1),
        ("outcome", "2026-02-20", "refused", 0, 1),
        ("paused", "2026-01-09", "specify", 0, 1),
        ("stood_still", "2026-01-16", "", 7, 1),
    ):
        assert expected in found


def test_a_case_opened_again_ends_twice_and_what_was_answered_stays_answered() -> None:
    again = told(K.REOPENED, "2026-02-02", "closed", "in_progress", message_id="m")
    found = whole([begun("2026-01-05"), VERIFIED, TAKEN, closed("2026-01-26"), again, closed("2026-02-10", on_time=False)])
    assert [each for each in found if each[0] in {"ended", "reopened"}] == [
        ("ended", "2026-01-26", "closed", 0, 1), ("ended", "2026-02-10", "closed", 0, 1), ("reopened", "2026-02-02", "", 0, 1),
    ]  # fmt: skip
    assert [each[1:4] for each in found if each[0] == "answered"] == [
        ("2026-01-26", "on_time", 21), ("2026-02-10", "late", 36),
    ]  # fmt: skip


def test_a_request_for_two_rights_counts_once_and_once_for_each() -> None:
    events = [begun("2026-01-05", ("erasure", "access")), VERIFIED, closed("2026-01-20", access="granted", erasure="refused")]
    found = facts_of(events)
    received = {c.right: n for c, n in found.items() if c.fact is Fact.RECEIVED}
    assert received == {"": 1, "access": 1, "erasure": 1}
    outcomes = {(c.right, c.detail): n for c, n in found.items() if c.fact is Fact.OUTCOME}
    assert outcomes == {("", "granted"): 1, ("", "refused"): 1, ("access", "granted"): 1, ("erasure", "refused"): 1}


def test_each_event_adds_what_all_of_them_make() -> None:
    events = [begun("2026-01-05", ("access", "erasure")), VERIFIED, TAKEN, closed("2026-01-26")]
    kept: Counter[Count] = Counter()
    for number in range(1, len(events) + 1):
        for count, more in changes(facts_of(events[: number - 1]), facts_of(events[:number])):
            kept[count] += more
    assert kept == facts_of(events)
    assert facts_of([]) == facts_of([VERIFIED]) == Counter()
