from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.clock import local_day
from dashboard.data_requests.law.deadlines import (
    DayOff,
    _holidays,
    add_months,
    court_until,
    day_off,
    explain,
    internal_target,
    may_extend,
    overdue,
    paused_due,
    roll,
    statutory_due,
    working_days_after,
)

DAYS = st.dates(date(2018, 5, 25), date(2060, 12, 31))


@pytest.mark.parametrize(
    ("received_on", "due_on"),
    [
        (date(2026, 3, 5), date(2026, 4, 7)),  # Easter Sunday, Easter Monday
        (date(2026, 8, 31), date(2026, 9, 30)),  # no 31 September
        (date(2026, 3, 27), date(2026, 4, 28)),  # King's Day
        (date(2026, 7, 18), date(2026, 8, 18)),  # a Saturday doesn't move the start
        (date(2026, 2, 5), date(2026, 3, 5)),  # not 7 March: no 30 days
        (date(2026, 6, 10), date(2026, 7, 10)),  # the last day for the notice of extension
        (date(2026, 1, 31), date(2026, 3, 2)),  # 28 February is a Saturday
        (date(2028, 1, 31), date(2028, 2, 29)),  # a leap year
        (date(2026, 11, 25), date(2026, 12, 28)),  # Christmas on Friday and Saturday, then Sunday
        (date(2025, 12, 1), date(2026, 1, 2)),  # New Year's Day
    ],
)
def test_the_dated_examples_hold(received_on: date, due_on: date) -> None:
    assert statutory_due(received_on) == due_on
    assert explain(received_on).due_on == due_on


def test_an_extension_runs_three_months_from_receipt_and_not_from_the_rolled_date() -> None:
    assert statutory_due(date(2026, 3, 5), extended=True) == date(2026, 6, 5)
    assert statutory_due(date(2026, 11, 30), extended=True) == date(2027, 3, 1)  # 28 February 2027 is a Sunday


def test_the_date_explains_itself() -> None:
    told = explain(date(2026, 3, 5))
    assert told.month_ends_on == date(2026, 4, 5)
    assert told.skipped == ((date(2026, 4, 5), DayOff.EASTER_SUNDAY), (date(2026, 4, 6), DayOff.EASTER_MONDAY))
    assert not told.clamped
    assert explain(date(2026, 8, 31)).clamped


@pytest.mark.parametrize("year", [2026, 2027, 2031, 2044])
def test_every_holiday_of_the_law_is_there_each_year(year: int) -> None:
    named = set(_holidays(year).values())
    # Ascension Day can fall on 5 May; nothing else coincides.
    assert named >= set(DayOff) - {DayOff.SATURDAY, DayOff.SUNDAY, DayOff.BRIDGE_DAY}


@pytest.mark.parametrize("year", range(2024, 2034))
def test_liberation_day_is_a_holiday_every_year(year: int) -> None:
    assert day_off(date(year, 5, 5)) is not None
    assert roll(date(year, 5, 5)) > date(year, 5, 5)


def test_kings_day_moves_to_the_saturday_when_it_falls_on_a_sunday() -> None:
    assert day_off(date(2025, 4, 26)) is DayOff.KINGS_DAY
    assert day_off(date(2025, 4, 27)) is DayOff.SUNDAY


def test_a_bridge_day_moves_the_date_and_says_so() -> None:
    bridge = date(2026, 5, 15)  # the Friday after Ascension Day
    assert statutory_due(date(2026, 4, 15)) == bridge
    assert statutory_due(date(2026, 4, 15), extra_holidays=[bridge]) == date(2026, 5, 18)
    assert explain(date(2026, 4, 15), extra_holidays=[bridge]).skipped[0] == (bridge, DayOff.BRIDGE_DAY)


def test_the_day_of_receipt_is_the_local_one() -> None:
    assert local_day(datetime(2026, 1, 31, 23, 30, tzinfo=UTC)) == date(2026, 2, 1)
    assert local_day(datetime(2026, 7, 31, 21, 59, tzinfo=UTC)) == date(2026, 7, 31)
    assert local_day(datetime(2026, 7, 31, 22, 0, tzinfo=UTC)) == date(2026, 8, 1)
    with pytest.raises(ValueError, match="naive"):
        local_day(datetime(2026, 1, 1))  # noqa: DTZ001  what it must refuse


def test_the_due_day_itself_is_in_time() -> None:
    due_on = date(2026, 4, 7)
    assert not overdue(due_on, due_on)
    assert overdue(due_on, due_on + timedelta(days=1))


@given(DAYS, st.booleans(), st.lists(DAYS, max_size=3))
def test_the_date_is_a_working_day_on_or_after_the_month_and_explained_step_by_step(
    received_on: date, extended: bool, extra: list[date]
) -> None:
    due_on = statutory_due(received_on, extended=extended, extra_holidays=extra)
    ends = add_months(received_on, 3 if extended else 1)
    assert day_off(due_on, extra) is None
    assert due_on >= ends
    told = explain(received_on, extended=extended, extra_holidays=extra)
    assert told.due_on == due_on
    assert [day for day, _ in told.skipped] == [ends + timedelta(days=n) for n in range((due_on - ends).days)]


@given(DAYS, DAYS)
def test_who_asks_earlier_is_never_answered_later(one: date, other: date) -> None:
    first, second = sorted((one, other))
    assert statutory_due(first) <= statutory_due(second)


@given(DAYS)
def test_a_month_keeps_its_day_number_or_ends_on_its_last_day(received_on: date) -> None:
    ends = add_months(received_on, 1)
    assert ends.day == received_on.day or (ends + timedelta(days=1)).day == 1
    assert (ends.year * 12 + ends.month) - (received_on.year * 12 + received_on.month) == 1


def test_from_2024_to_2040_due_is_a_working_day_28_to_38_days_later_and_never_goes_back() -> None:
    """Every receipt date there is, not a sample."""
    day, before = date(2024, 1, 1), date.min
    while day <= date(2040, 12, 31):
        due_on = statutory_due(day)
        assert day_off(due_on) is None
        assert 28 <= (due_on - day).days <= 28 + 10
        assert due_on >= before
        day, before = day + timedelta(days=1), due_on


def test_an_extension_is_never_before_the_first_due_date() -> None:
    day = date(2024, 1, 1)
    while day <= date(2040, 12, 31):
        assert statutory_due(day, extended=True) > statutory_due(day)
        day += timedelta(days=1)


@given(DAYS, st.integers(0, 400), st.booleans())
def test_a_pause_only_ever_gives_a_later_working_day(received_on: date, days: int, extended: bool) -> None:
    paused = paused_due(received_on, days, extended=extended)
    assert paused >= statutory_due(received_on, extended=extended)
    assert day_off(paused) is None
    assert paused_due(received_on, 0, extended=extended) == statutory_due(received_on, extended=extended)


def test_the_worked_pause_holds() -> None:
    # Asked 2 September, answered 7 September: five days, from the unrolled end.
    assert paused_due(date(2026, 8, 31), 5) == date(2026, 10, 5)


@pytest.mark.parametrize(
    ("answered_on", "until"),
    [
        (date(2026, 3, 5), date(2026, 4, 16)),
        (date(2026, 2, 23), date(2026, 4, 7)),  # 6 April is Easter Monday
        (date(2026, 11, 13), date(2026, 12, 28)),  # Christmas on Friday and Saturday, then Sunday
    ],
)
def test_the_way_to_court_is_open_for_six_weeks_after_the_answer(answered_on: date, until: date) -> None:
    assert court_until(answered_on) == until


@pytest.mark.parametrize(("today", "possible"), [(date(2026, 7, 10), True), (date(2026, 7, 11), False)])
def test_the_notice_of_an_extension_is_in_time_up_to_and_on_the_first_due_date(today: date, possible: bool) -> None:
    assert may_extend(date(2026, 6, 10), today) is possible


@pytest.mark.parametrize(
    ("received_on", "by"),
    [
        (date(2026, 3, 5), date(2026, 3, 9)),  # Thursday: Friday, Monday
        (date(2026, 4, 2), date(2026, 4, 8)),  # Good Friday, Easter: Tuesday, Wednesday
        (date(2026, 3, 7), date(2026, 3, 10)),  # a Saturday
    ],
)
def test_a_request_for_a_school_is_passed_on_within_two_working_days(received_on: date, by: date) -> None:
    assert working_days_after(received_on, 2) == by


def test_our_own_goal_is_earlier_than_the_laws_date() -> None:
    assert internal_target(date(2026, 3, 5), 14) == date(2026, 3, 19) < statutory_due(date(2026, 3, 5))
