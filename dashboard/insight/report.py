"""The report of a year, for the privacy officer and the board: the panels of insight on paper, with the numbers of the page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from dashboard.act import Allowed, asks
from dashboard.data_requests.desk.watched import Chosen
from dashboard.i18n import Texts
from dashboard.insight import overview
from dashboard.insight.figures import COLOURS, takeaway
from dashboard.insight.panels import PANELS, Panel
from dashboard.insight.period import FIRST_DAY
from dashboard.insight.rows import Shape, Table
from dashboard.papers import TEMPLATE, printed
from dashboard.permissions import Permission

REPORT = TEMPLATE.with_name("report.typ")


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of the page's first row, in words: of the year, and of the one before it."""

    name: str
    value: str
    before: str


def years(today: date) -> list[int]:
    """The years of which there is a report, the newest first."""
    return list(range(today.year, FIRST_DAY.year - 1, -1))


def chosen_of(year: int, today: date) -> Chosen:
    """A whole year, or as much of it as there was."""
    return Chosen(date(year, 1, 1), min(date(year, 12, 31), today))


@asks(Permission.READ_INSIGHT)
def yearly(act: Allowed, year: int, t: Texts) -> bytes:
    """The report as PDF/UA."""
    chosen = chosen_of(year, act.today)
    titles = (t("report.figure"), str(year), t("report.same_days", year=year - 1))
    rows = [(each.name, each.value, each.before) for each in figures(act, year, t)]
    given = {
        "language": t.language.value,
        "title": t("report.title", year=year),
        "intro": [
            t("report.intro", first=t.day(chosen.first), last=t.day(chosen.last)),
            t("report.no_names"),
        ],
        "figures": [titles, *rows],
        "panels": [_panel(act, name, panel, chosen, t) for name, panel in PANELS.items() if not panel.of_now],
        "colours": list(COLOURS),
        "words": {"figures": t("report.figures"), "empty": t("insight.empty"), "missing": t("paper.missing")},
    }
    return printed(REPORT, given, made_at=act.now)


@asks(Permission.READ_INSIGHT)
def figures(act: Allowed, year: int, t: Texts) -> list[Figure]:
    mine = overview.went(act, chosen_of(year, act.today))
    before = overview.went(act, chosen_of(year, act.today).year_before)

    def said(number: int | None, unit: str = "") -> str:
        return t("insight.none") if number is None else f"{t.number(number)}{unit}"

    return [
        Figure(t("insight.requests"), said(mine.received), said(before.received)),
        Figure(t("report.answered"), said(mine.answered), said(before.answered)),
        Figure(t("insight.on_time_share"), said(mine.on_time_percent, "%"), said(before.on_time_percent, "%")),
        Figure(t("insight.median"), said(mine.median_days), said(before.median_days)),
    ]


def _panel(act: Allowed, name: str, panel: Panel, chosen: Chosen, t: Texts) -> dict[str, Any]:
    key, table = name.replace("-", "_"), panel.ask(act, chosen, t)
    series, bars = _bars(panel.shape, table, t)
    shown = _across(table, series, bars) if panel.shape is Shape.STACKED else table
    numbers = [any(isinstance(row[place], int) for row in shown.rows) for place in range(len(shown.columns))]
    return {
        "title": t(f"insight.{key}.title"),
        "definition": t(f"insight.{key}.definition"),
        "takeaway": takeaway(panel.shape, table, t),
        "empty": table.empty,
        "columns": list(shown.columns),
        "aligned": ["right" if each else "left" for each in numbers],
        "rows": [[_cell(cell, t) for cell in row] for row in shown.rows],
        "series": series,
        "bars": bars,
        "most": max((max(each["parts"]) if each["beside"] else sum(each["parts"]) for each in bars), default=0),
    }


def _across(table: Table, series: Sequence[str], bars: Sequence[dict[str, Any]]) -> Table:
    """A column for each part: a year of seven rights is twelve rows then, and not eighty-four."""
    return Table((table.columns[0], *series), tuple((each["label"], *each["parts"]) for each in bars))


def _cell(cell: object, t: Texts) -> str:
    return t.number(cell) if isinstance(cell, int) else str(cell)


def _bars(shape: Shape, table: Table, t: Texts) -> tuple[list[str], list[dict[str, Any]]]:
    """The names of the parts, and a bar for each place: its label, its parts, and what is written behind it."""
    if shape is Shape.STACKED:
        series = list(dict.fromkeys(str(row[1]) for row in table.rows))
        places: dict[str, dict[str, int]] = {}
        for row in table.rows:
            parts = places.setdefault(str(row[0]), {})
            parts[str(row[1])] = parts.get(str(row[1]), 0) + _number(row[-1])
        return series, [_bar(place, [parts.get(each, 0) for each in series], t) for place, parts in places.items()]
    if shape is Shape.FLOW:
        pairs = [(str(row[0]), [_number(row[1]), _number(row[2])]) for row in table.rows]
        said = [" / ".join(t.number(each) for each in pair) for _, pair in pairs]
        return list(table.columns[1:3]), [
            {"label": label, "parts": pair, "said": words, "beside": True}
            for (label, pair), words in zip(pairs, said, strict=True)
        ]
    return [table.columns[-1]], [_bar(str(row[0]), [_number(row[-1])], t) for row in table.rows]


def _bar(label: str, parts: Sequence[int], t: Texts) -> dict[str, Any]:
    return {"label": label, "parts": list(parts), "said": t.number(sum(parts)), "beside": False}


def _number(cell: object) -> int:
    return cell if isinstance(cell, int) else 0
