from dataclasses import dataclass
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from dashboard.accounts.periods import Period
from dashboard.accounts.terms import Sector
from dashboard.annexes.timeline import Grant, Phase, stands, was_entitled

DAY = date(2026, 3, 29)
days = st.dates(date(2020, 1, 1), date(2030, 12, 31))


@dataclass(frozen=True)
class Version:
    name: str
    valid_from: date
    withdrawn_on: date | None = None


def on(versions: list[Version], day: date) -> dict[str, Phase]:
    return {stand.version.name: stand.phase(day) for stand in stands(versions)}


def test_a_version_is_in_force_until_the_day_of_the_next() -> None:
    versions = [Version("b", DAY), Version("a", DAY - timedelta(days=100))]
    assert on(versions, DAY - timedelta(days=1)) == {"a": Phase.IN_FORCE, "b": Phase.ANNOUNCED}
    assert on(versions, DAY) == {"a": Phase.SUPERSEDED, "b": Phase.IN_FORCE}
    assert on(versions, DAY - timedelta(days=101)) == {"a": Phase.ANNOUNCED, "b": Phase.ANNOUNCED}


def test_a_withdrawn_version_leaves_nothing_in_force() -> None:
    versions = [Version("a", DAY - timedelta(days=9)), Version("b", DAY, DAY + timedelta(days=5))]
    assert on(versions, DAY + timedelta(days=4)) == {"a": Phase.SUPERSEDED, "b": Phase.IN_FORCE}
    assert on(versions, DAY + timedelta(days=5)) == {"a": Phase.SUPERSEDED, "b": Phase.WITHDRAWN}


def test_an_announcement_that_was_called_off_leaves_the_older_in_force() -> None:
    versions = [Version("a", DAY - timedelta(days=9)), Version("b", DAY, DAY - timedelta(days=2))]
    assert on(versions, DAY + timedelta(days=1)) == {"a": Phase.IN_FORCE, "b": Phase.WITHDRAWN}


def test_models_of_an_agreement_stand_side_by_side() -> None:
    both = stands([Version("3.0", DAY - timedelta(days=900)), Version("4.0", DAY)], side_by_side=True)
    assert [stand.phase(DAY) for stand in both] == [Phase.IN_FORCE, Phase.IN_FORCE]


@given(st.lists(st.tuples(days, st.none() | days), max_size=6, unique_by=lambda pair: pair[0]), days)
def test_at_most_one_version_is_in_force_and_it_is_the_latest_begun_that_was_not_called_off(
    given_days: list[tuple[date, date | None]], day: date
) -> None:
    versions = [Version(str(number), begin, end) for number, (begin, end) in enumerate(given_days)]
    found = [stand for stand in stands(versions) if stand.phase(day) is Phase.IN_FORCE]
    begun = [v for v in versions if v.valid_from <= day and (v.withdrawn_on is None or v.withdrawn_on > v.valid_from)]
    latest = max(begun, key=lambda v: v.valid_from, default=None)
    expected = [latest.name] if latest and (latest.withdrawn_on is None or latest.withdrawn_on > day) else []
    assert [stand.version.name for stand in found] == expected


@given(days, days, days, days)
def test_what_was_never_theirs_up_to_today_is_not_to_be_had(begin: date, end: date, version_day: date, today: date) -> None:
    (stand,) = stands([Version("a", version_day)])
    grant = Grant("p", Period(begin, end), "90101", "90AA", Sector.PO)
    allowed = was_entitled(stand, None, [grant], today)
    had = begin <= end and version_day <= end and begin <= today and version_day <= today
    announced = version_day > today and begin <= today <= end
    assert allowed == (had or announced)
    assert not was_entitled(stand, Sector.MBO, [grant], today)
