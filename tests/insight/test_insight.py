"""The numbers of insight beside a count of the events by hand: whatever is drawn, tabled or taken as CSV are the same rows."""

import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from statistics import median_low
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from dashboard.annexes.model import Product
from dashboard.clock import local_day, monday_of
from dashboard.data_requests.case.facts import Fact
from dashboard.data_requests.case.lifecycle import OPEN, Status
from dashboard.data_requests.case.model import Case, CaseEvent
from dashboard.data_requests.desk import bulk, queue, registering
from dashboard.data_requests.desk.behind import Behind
from dashboard.data_requests.desk.registering import Registration
from dashboard.data_requests.desk.rows import Filters
from dashboard.data_requests.desk.watched import Chosen, sums
from dashboard.db import reading, transaction
from dashboard.demo import seed
from dashboard.errors import NotAllowedError
from dashboard.i18n import Language, Texts, texts
from dashboard.insight import handling, overview
from dashboard.insight.figures import COLOURS, figure_of, takeaway
from dashboard.insight.health import Health, health_of
from dashboard.insight.panels import PANELS, Panel, View
from dashboard.insight.period import Asked, Grain, Preset, asked_of, grain_of, steps
from dashboard.insight.rows import Shape, Table, bars_of
from dashboard.permissions import SYSTEM, VISITOR, Actor
from dashboard.settings import Settings
from dashboard.tokens import new_key
from tests import cases
from tests.acts import NOW, by, seen
from tests.engines import opened
from tests.people import AGENT, AUDITOR, LYCEUM, request

NL = texts(Language.NL)


def year_of(now: datetime) -> Chosen:
    return Chosen(local_day(now) - timedelta(days=730), local_day(now) + timedelta(days=1))


def table(engine: Engine, name: str, chosen: Chosen, now: datetime, t: Texts = NL) -> Table:
    with reading(engine) as session:
        return PANELS[name].ask(by(session, AUDITOR, now), chosen, t)


def sums_of(found: Table, column: int = 0) -> Counter[str]:
    counted: Counter[str] = Counter()
    for row in found.rows:
        counted[str(row[column])] += int(str(row[-1]))
    return +counted


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def seeded(
    request: pytest.FixtureRequest, migrated_sqlite: Path, settings_of_all: Settings, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Engine]:
    """Four hundred requests, to be read: made once for all tests here that change none."""
    if request.param == "sqlite":
        path = tmp_path_factory.mktemp("seeded") / "bijsluiter.db"
        shutil.copy(migrated_sqlite, path)
        engine = opened(f"sqlite:///{path}")
    else:
        engine = request.getfixturevalue("another_postgres")
    with transaction(engine) as session:
        seed.requests(by(session, SYSTEM, NOW, settings_of_all), 400, seed=5)
    yield engine
    engine.dispose()


def events_of(engine: Engine) -> list[CaseEvent]:
    with reading(engine) as session:
        return list(session.exec(select(CaseEvent)).all())


def test_requests_count_on_the_day_of_receipt_once_for_each_right(engine: Engine, settings: Settings, now: datetime) -> None:
    cases.submit(engine, settings, now, request(rights=("access", "erasure")))
    cases.submit(engine, settings, now, request(rights=("access",)))
    cases.submit(engine, settings, now - timedelta(days=7))
    found = table(engine, "requests-per-week", Chosen(local_day(now) - timedelta(days=60), local_day(now)), now)
    rows = [row for row in found.rows if row[-1]]
    assert rows == [("23 feb", "Inzage", 1), ("2 mrt", "Inzage", 2), ("2 mrt", "Wissen", 1)]
    # Narrowed to one right: the request for two is one of them.
    found = table(engine, "requests-per-week", Chosen(local_day(now), local_day(now), right="erasure"), now)
    assert [row[1:] for row in found.rows] == [("Wissen", 1)]


def test_volumes_are_what_the_events_say(seeded: Engine, now: datetime) -> None:
    begun = [event for event in events_of(seeded) if event.number == 1]
    wanted = Counter(right for event in begun for right in event.fields["rights"])
    by_right = sums_of(table(seeded, "requests-per-week", year_of(now), now), 1)
    assert sorted(by_right.values()) == sorted(wanted.values())
    roles = Counter(event.fields["role"] for event in begun)
    assert sorted(sums_of(table(seeded, "by-role", year_of(now), now)).values()) == sorted(roles.values())
    ended = Counter(event.to_status for event in events_of(seeded) if event.kind in {"closed", "expired"})
    funnel = dict(table(seeded, "funnel", year_of(now), now).rows)
    assert (funnel["Ontvangen"], funnel["Beantwoord"], funnel["Vervallen"]) == (400, ended["closed"], ended["expired"])


def test_what_came_less_what_ended_is_what_is_open(seeded: Engine, now: datetime) -> None:
    with reading(seeded) as session:
        still_open = len(session.exec(select(Case.id).where(Case.status.in_(OPEN))).all())  # type: ignore[attr-defined]
    for chosen in (year_of(now), Chosen(local_day(now) - timedelta(days=20), local_day(now))):
        assert table(seeded, "flow", chosen, now).rows[-1][-1] == still_open


def test_terms_are_what_the_events_say(seeded: Engine, now: datetime) -> None:
    received = {
        event.case_id: date.fromisoformat(event.fields["received_on"]) for event in events_of(seeded) if event.number == 1
    }
    closed = [event for event in events_of(seeded) if event.kind == "closed"]
    days = [(local_day(event.at) - received[event.case_id]).days for event in closed]
    on_time = sums_of(table(seeded, "on-time", year_of(now), now), 1)
    assert on_time["Op tijd"] == sum(event.fields["on_time"] for event in closed)
    assert sum(on_time.values()) == len(closed)
    spans = table(seeded, "days-to-answer", year_of(now), now).rows
    assert [row[-1] for row in spans] == [
        sum(low <= each and (high is None or each <= high) for each in days) for low, high in handling.SPANS
    ]
    with reading(seeded) as session:
        went = overview.went(by(session, AUDITOR, now), year_of(now))
    assert went.median_days == median_low(days)
    assert went.on_time_percent == on_time["Op tijd"] * 100 // len(closed)
    assert (went.received, went.answered) == (400, len(closed))


def test_open_cases_count_by_status_handler_and_days_left(engine: Engine, settings: Settings, now: datetime) -> None:
    late = cases.in_progress(engine, settings, now - timedelta(days=60))
    cases.submit(engine, settings, now)
    chosen = year_of(now)
    assert table(engine, "open-by-status", chosen, now).rows == (("Nog te bevestigen", 1), ("In behandeling", 1))
    assert [row[-1] for row in table(engine, "deadline-health", chosen, now).rows] == [1, 0, 0, 1]
    assert late.due_on < local_day(now)
    with reading(engine) as session:
        found = overview.now(by(session, AUDITOR, now))
    assert (found.open, found.overdue, found.due_this_week, found.without_handler_soon) == (2, 1, 0, 0)
    assert sum(int(str(row[-1])) for row in table(engine, "due-calendar", chosen, now).rows) == 1


@pytest.mark.parametrize(
    ("days", "health"),
    [
        (-1, Health.OVERDUE),
        (0, Health.WITHIN_5),
        (5, Health.WITHIN_5),
        (6, Health.WITHIN_10),
        (10, Health.WITHIN_10),
        (11, Health.ON_TRACK),
    ],
)
def test_the_day_itself_is_still_in_time(days: int, health: Health) -> None:
    today = date(2026, 3, 5)
    assert health_of(today + timedelta(days=days), today) is health


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("name", sorted(PANELS))
def test_a_chart_draws_the_rows_that_stand_beside_it(seeded: Engine, now: datetime, name: str, language: Language) -> None:
    panel, t = PANELS[name], texts(language)
    found = table(seeded, name, year_of(now), now, t)
    if found.empty:
        assert takeaway(panel.shape, found, t) == t("insight.empty")
        return
    figure = figure_of(panel.shape, found, t)
    drawn = [trace.x if panel.shape is Shape.LYING else trace.y for trace in figure.data]
    numbers = [[int(each) for each in trace] for trace in drawn]
    if panel.shape is Shape.FLOW:
        assert numbers == [[row[column] for row in found.rows] for column in (1, 2, 3)]
    elif panel.shape is Shape.BAND:
        assert numbers == [[row[column] for row in found.rows] for column in (4, 1)]
    else:
        assert sum(map(sum, numbers)) == sum(int(str(row[-1])) for row in found.rows)
    assert takeaway(panel.shape, found, t)
    assert figure.layout.separators == (",." if language is Language.NL else ".,")


def on_the_desk(engine: Engine, asked: dict[str, str], now: datetime) -> int:
    """How many cases the desk lists for an address, page by page."""
    first, _, last = asked.get("desk_due", "").partition("..")
    filters = Filters(
        statuses=(Status(asked["desk_status"]),) if "desk_status" in asked else (),
        handler=asked.get("desk_handler", ""),
        due=(date.fromisoformat(first), date.fromisoformat(last)) if first else None,
        behind=Behind.read(asked["desk_behind"]) if "desk_behind" in asked else None,
    )
    assert filters != Filters()
    found, start = 0, None
    with reading(engine) as session:
        while True:
            page = queue.desk(by(session, AUDITOR, now), filters, start=start)
            found, start = found + len(page.rows), page.next
            if start is None:
                return found


# A median, and what is open at the end of each step, are no lists of cases.
# About documents and schools, and about what goes tonight.
NO_LIST = {name for name, panel in PANELS.items() if panel.view is View.SCHOOLS} | {"removals-due"}


@pytest.mark.parametrize(
    "narrowed",
    [
        {},
        {"right": "erasure"},
        {"role": "teacher"},
        {"channel": "mail"},
        {"product": "digit"},
        {"right": "access", "role": "customer", "channel": "form"},
    ],
)
def test_a_bar_leads_to_exactly_its_cases_on_the_desk(
    engine: Engine, settings: Settings, now: datetime, narrowed: dict[str, str]
) -> None:
    with transaction(engine) as session:
        session.add(Product(slug="digit", name="DIGIT"))
        session.flush()
        seed.requests(by(session, SYSTEM, now, settings), 250, seed=8, handlers=["person-1", "person-2"])
    chosen = replace(Chosen(local_day(now) - timedelta(days=400), local_day(now)), **narrowed)
    drawn = 0
    for name, panel in PANELS.items():
        if panel.of_now and narrowed:
            # About all that is open, whatever is chosen.
            continue
        found = table(engine, name, chosen, now)
        bars = bars_of(panel.shape, found)
        # What names no product is no list.
        assert (bool(bars) == (name not in NO_LIST and not found.empty)) or name == "by-product", name
        for bar in bars.values():
            assert on_the_desk(engine, dict(bar.desk), now) == bar.number, (name, bar)
            drawn += 1
    assert drawn > 15


def test_a_number_behind_which_there_are_few_among_many_is_listed_whole(
    engine: Engine, settings: Settings, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue, "AT_ONCE", 10)
    monkeypatch.setattr(queue, "MOST_LOOKED", 30)
    with transaction(engine) as session:
        seed.requests(by(session, SYSTEM, now, settings), 250, seed=8)
    found, partly = table(engine, "grounds", year_of(now), now), 0
    for asked in found.desk:
        with reading(engine) as session:
            page = queue.desk(by(session, AUDITOR, now), Filters(behind=Behind.read(dict(asked)["desk_behind"])))
        # It says that there may be more.
        assert page.partly == (page.next is not None)
        partly += page.partly
    assert partly
    for row, asked in zip(found.rows, found.desk, strict=True):
        assert on_the_desk(engine, dict(asked), now) == row[-1]


def test_a_case_that_took_over_an_earlier_day_is_listed_on_its_own(engine: Engine, settings: Settings, now: datetime) -> None:
    into, early = cases.in_progress(engine, settings, now), local_day(now) - timedelta(days=3)
    with transaction(engine) as session:
        registration = Registration(request(), "mail", early.strftime("%d-%m-%Y"))
        reference, *_ = registering.register(by(session, AGENT, now, settings), registration, key=new_key())
    with reading(engine) as session:
        same = session.exec(select(Case).where(Case.reference == reference)).one()
    with transaction(engine) as session:
        bulk.merge(by(session, AGENT, now, settings), seen(same), into.reference)
    for day in (local_day(now), early):
        with reading(engine) as session:
            act = by(session, AUDITOR, now, settings)
            number = sum(row[-1] for row in sums(act, Fact.RECEIVED, Chosen(day, day)))
            assert len(queue.desk(act, Filters(behind=Behind(Fact.RECEIVED, day, day))).rows) == number == 1


def test_a_search_looks_at_every_case_also_beside_a_number(engine: Engine, settings: Settings, now: datetime) -> None:
    cases.in_progress(engine, settings, now)
    behind = Behind(Fact.RECEIVED, local_day(now), local_day(now))
    with reading(engine) as session:
        act = by(session, AUDITOR, now, settings)
        assert len(queue.desk(act, Filters(behind=behind)).rows) == 1
        assert queue.desk(act, Filters(search="niemanddiezoheet", behind=behind)).rows == ()


@pytest.mark.parametrize(
    "key",
    [
        "answered~0001-01-01~2026-01-31~~~~~",
        "answered~2026-01-01~9999-12-31~~~~~",
        "",
        "x",
        "answered~2026-01-01",
        "answered~gisteren~2026-01-31~~~~~",
        "x~2026-01-01~2026-01-31~~~~~",
    ],
)
def test_what_is_no_key_of_a_number_reads_as_none(key: str) -> None:
    assert Behind.read(key) is None


def test_a_key_of_a_number_says_all_of_it() -> None:
    for one in (
        Behind(Fact.ANSWERED, date(2026, 1, 1), date(2026, 1, 31), "access", "customer", "form", "late", (8, 14)),
        Behind(Fact.RECEIVED, date(2026, 1, 1), date(2026, 1, 31)),
    ):
        assert Behind.read(one.key) == one


def test_an_empty_and_a_week_old_portal_are_drawn_too(engine: Engine, settings: Settings, now: datetime) -> None:
    def all_of_them() -> list[tuple[Panel, Table]]:
        return [(panel, table(engine, name, asked_of({}, local_day(now)).chosen, now)) for name, panel in PANELS.items()]

    assert all(found.empty for _, found in all_of_them())
    cases.received(engine, settings, now - timedelta(days=5))
    for panel, found in all_of_them():
        if not found.empty:
            assert figure_of(panel.shape, found, NL).data


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("ground", ["#ffffff", "#eff4f4", "#11191b", "#1b2628"])
def test_every_colour_stands_out_on_every_ground_of_ours(ground: str) -> None:
    """WCAG 1.4.11: three to one."""
    for colour in COLOURS:
        light, dark = sorted((luminance(colour), luminance(ground)), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 3, (colour, ground)


TODAY = date(2026, 3, 5)


@pytest.mark.parametrize(
    ("query", "first", "last", "right"),
    [
        ({}, "2025-12-06", "2026-03-05", ""),
        ({"period": "days_30"}, "2026-02-04", "2026-03-05", ""),
        ({"period": "this_year", "right": "erasure"}, "2026-01-01", "2026-03-05", "erasure"),
        ({"period": "last_year"}, "2025-01-01", "2025-12-31", ""),
        ({"period": "months_12"}, "2025-03-01", "2026-03-05", ""),
        ({"period": "custom", "from": "2026-02-01", "to": "2026-02-10"}, "2026-02-01", "2026-02-10", ""),
        # The other way round, in the future, before there was a law, and no day at all.
        ({"period": "custom", "from": "2026-02-10", "to": "2026-02-01"}, "2026-02-01", "2026-02-10", ""),
        ({"period": "custom", "from": "2031-01-01", "to": "1999-01-01"}, "2018-05-25", "2026-03-05", ""),
        ({"period": "custom", "from": "gisteren", "to": ""}, "2025-12-06", "2026-03-05", ""),
        ({"period": "zzz", "right": "'; DROP", "role": "x", "channel": "\x00"}, "2025-12-06", "2026-03-05", ""),
    ],
)
def test_what_the_address_asks_and_what_it_doesnt(query: dict[str, str], first: str, last: str, right: str) -> None:
    found = asked_of(query, TODAY)
    assert (found.chosen.first.isoformat(), found.chosen.last.isoformat(), found.chosen.right) == (first, last, right)
    assert (found.chosen.role, found.chosen.channel) == ("", "")
    # The address that it makes asks the same.
    assert asked_of(found.query, TODAY) == Asked(found.preset, found.chosen)


@pytest.mark.parametrize("preset", [each for each in Preset if each is not Preset.CUSTOM])
@pytest.mark.parametrize("today", [date(2024, 2, 29), date(2026, 1, 1), date(2026, 12, 31)])
def test_a_period_is_cut_into_steps_that_cover_every_day_once(preset: Preset, today: date) -> None:
    chosen = asked_of({"period": preset.value}, today).chosen
    grain = grain_of(chosen)
    assert chosen.before.last == chosen.first - timedelta(days=1)
    assert chosen.before.days == chosen.days
    found = {grain.of(chosen.first + timedelta(days=number)) for number in range(chosen.days)}
    assert steps(chosen) == sorted(found)
    assert grain is not Grain.WEEK or all(first == monday_of(first) for first in found)


@pytest.mark.parametrize("outsider", [VISITOR, LYCEUM])
def test_nobody_else_sees_a_number(engine: Engine, now: datetime, outsider: Actor) -> None:
    asked: list[Any] = [panel.ask for panel in PANELS.values()]
    with reading(engine) as session:
        act = by(session, outsider, now)
        for ask in asked:
            with pytest.raises(NotAllowedError):
                ask(act, year_of(now), NL)
        for question in (overview.now, lambda act: overview.went(act, year_of(now))):
            with pytest.raises(NotAllowedError):
                question(act)
