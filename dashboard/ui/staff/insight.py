"""The pages of insight: one bar of filters, a row of figures, and panels with chart, definition, table and CSV."""

from collections.abc import Callable, Mapping
from datetime import date
from functools import lru_cache, partial
from typing import Any, TypeVar
from urllib.parse import urlencode

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from dashboard.annexes.catalogue import product_names
from dashboard.data_requests.case.terms import Channel
from dashboard.data_requests.law.narrative import right_in_words
from dashboard.data_requests.law.rights import RequesterRole, Right
from dashboard.i18n import Language, texts
from dashboard.insight import overview
from dashboard.insight.figures import figure_of, takeaway
from dashboard.insight.kept import kept
from dashboard.insight.overview import Went
from dashboard.insight.panels import PANELS, Panel, View
from dashboard.insight.period import DEFAULT, FIRST_DAY, Asked, Beside, Preset, asked_of
from dashboard.insight.rows import Shape, Table, bars_of
from dashboard.permissions import Permission
from dashboard.ui import bound, state
from dashboard.ui.visit import visit

R = TypeVar("R")
SHORT = 10
# Of a figure on top, in pixels: three beside each other on a wide screen, two on a phone.
WIDE = 160
TABLE_HEIGHT = 360


def bar(shown: View) -> Asked:
    """Period, right, role, channel and product; in the address by their keys. Of documents only the period counts."""
    here, t = visit(), visit().t
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = {"period": _one("period", {each.value: t(f"insight.period.{each.value}") for each in Preset}, DEFAULT.value)}
        choices = {
            "right": {right.value: right_in_words(t, right) for right in Right},
            "role": {each.value: t(f"role.{each.value}") for each in RequesterRole},
            "channel": {each.value: t(f"channel.{each.value}") for each in Channel},
            "product": here.ask(product_names),
        }
        for key, names in choices.items():
            if names and shown is not View.SCHOOLS:
                chosen[key] = _one(key, {"": t("insight.all"), **names})
    if chosen["period"] == Preset.CUSTOM:
        first, last = st.columns(2)
        standard = asked_of({}, here.today).chosen
        with first:
            chosen["from"] = _day("from", standard.first)
        with last:
            chosen["to"] = _day("to", standard.last)
    asked = asked_of(chosen, here.today)
    st.caption(t("insight.about", first=t.day(asked.chosen.first), last=t.day(asked.chosen.last)))
    return asked


def view() -> View:
    t = visit().t
    names = {each.value: t(f"insight.view.{each.value}") for each in View}
    bound.one("view", names, View.OVERVIEW.value)
    # A radio, not a segmented control: that writes the chosen one in the theme's colour, too faint on the dark ground.
    chosen = st.radio(
        t("insight.views"),
        list(names),
        format_func=lambda each: names.get(each, each),
        key="view",
        horizontal=True,
        label_visibility="collapsed",
    )
    bound.keep("view", chosen if chosen != View.OVERVIEW else None)
    return View(chosen) if chosen in names else View.OVERVIEW


def figures(asked: Asked) -> None:
    """Where it stands now, and how the period went beside the one before."""
    here = visit()
    t, now = here.t, _ask(overview.now)
    st.write(_attention(now.due_this_week, now.overdue, now.without_handler_soon))
    with st.container(horizontal=True):
        st.metric(t("insight.open"), t.number(now.open), border=True, width=WIDE)
        st.metric(t("insight.due_week"), t.number(now.due_this_week), border=True, width=WIDE)
        st.metric(t("insight.overdue"), t.number(now.overdue), border=True, width=WIDE)
    names = {each.value: t(f"insight.beside.{each.value}") for each in Beside}
    with st.container(width=2 * WIDE):
        other = Beside(_one("beside", names, Beside.BEFORE.value)).of(asked.chosen)
    mine, before = _ask(overview.went, asked.chosen), _ask(overview.went, other)
    with st.container(horizontal=True):
        more = _more(mine.received, before.received)
        st.metric(t("insight.requests"), t.number(mine.received), more, border=True, width=WIDE, delta_color="off")
        st.metric(t("insight.on_time_share"), *_share(mine, before), border=True, width=WIDE)
        st.metric(t("insight.median"), *_median(mine, before), border=True, width=WIDE, delta_color="inverse")
    compared = t("insight.compared", first=t.day(other.first), last=t.day(other.last))
    st.caption(f"{t('insight.figures_definition')} {compared} {t('insight.query', name='overview.now, overview.went')}")
    this_year = here.today.year
    with st.container(horizontal=True):
        for year in (this_year, this_year - 1):
            label = t("report.download", year=year)
            st.link_button(label, f"/insight/report-{year}.pdf", icon=":material/picture_as_pdf:", type="tertiary")
        book = f"/insight/all.xlsx?{urlencode(asked.query)}"
        st.link_button(t("report.workbook"), book, icon=":material/table_view:", type="tertiary")


def _ask(question: Callable[..., R], *args: object) -> R:
    return visit().ask(kept, question, *args)


def panels(chosen: View, asked: Asked) -> None:
    t = visit().t
    shown = st.toggle(t("insight.show_tables"), key="insight_tables")
    for name, panel in PANELS.items():
        if panel.view is chosen:
            _panel(name, panel, asked, with_table=shown)


def _panel(name: str, panel: Panel, asked: Asked, *, with_table: bool) -> None:
    here = visit()
    t, key = here.t, name.replace("-", "_")
    table = _ask(panel.ask, asked.chosen, t)
    with st.container(border=True):
        st.subheader(t(f"insight.{key}.title"), anchor=False)
        of_what = t("insight.of_now" if panel.of_now else "insight.of_period")
        st.caption(f"{t(f'insight.{key}.definition')} {of_what} {t('insight.query', name=panel.query)}")
        if table.empty:
            st.info(t("insight.empty"), icon=":material/bar_chart:")
            return
        chart = partial(
            st.plotly_chart,
            _figure(panel.shape, table, t.language),
            config={"displayModeBar": False},
            alt=f"{t(f'insight.{key}.title')}. {takeaway(panel.shape, table, t)}",
        )
        if any(table.desk) and here.actor.may(Permission.READ_DESK):
            _to_desk(key, panel.shape, table, chart(key=_turned(f"chart_{key}"), on_select="rerun", selection_mode="points"))
        else:
            chart(key=f"chart_{key}")
        if with_table:
            frame = pd.DataFrame(table.rows, columns=list(table.columns))
            st.dataframe(
                frame, hide_index=True, height="content" if len(frame) <= SHORT else TABLE_HEIGHT, alt=t(f"insight.{key}.title")
            )
        st.link_button(t("insight.csv"), _address(name, asked.query), icon=":material/download:", type="tertiary")


def _turned(key: str) -> str:
    """Another key after each time that it was used: who comes back finds nothing chosen."""
    turn = state.turn(key, "")
    return f"{key}_{turn}" if turn else key


def _bar_of(shape: Shape, table: Table, point: Mapping[str, Any]) -> int | None:
    """Which bar was pressed: of stacked ones the place says which, and the part."""
    if shape is Shape.FLOW:
        return 2 * int(point["point_index"]) + int(point["curve_number"])
    if shape is not Shape.STACKED:
        return int(point["point_index"])
    place = list(dict.fromkeys(row[0] for row in table.rows))[point["point_index"]]
    part = list(dict.fromkeys(row[1] for row in table.rows))[point["curve_number"]]
    return next((number for number, row in enumerate(table.rows) if row[:2] == (place, part)), None)


def _to_desk(key: str, shape: Shape, table: Table, event: Any) -> None:
    """A bar that was pressed, or its name chosen from a list, leads to exactly its cases."""
    t, bars = visit().t, bars_of(shape, table)
    chosen = st.selectbox(
        t("insight.to_desk"),
        list(bars),
        index=None,
        format_func=lambda place: f"{bars[place].label} ({t.number(bars[place].number)})",
        key=_turned(f"desk_{key}"),
        placeholder=t("insight.to_desk"),
        label_visibility="collapsed",
    )
    pressed = [place for point in event.selection.points if (place := _pressed(shape, table, point)) in bars]
    place = pressed[0] if pressed else chosen
    if place is not None:
        state.next_turn(f"chart_{key}", "")
        state.next_turn(f"desk_{key}", "")
        st.switch_page(visit().pages["staff/desk.py"], query_params=dict(bars[place].desk))


def _pressed(shape: Shape, table: Table, point: Mapping[str, Any]) -> int | None:
    """The line of a flow is no bar."""
    is_line = shape is Shape.FLOW and int(point["curve_number"]) > 1
    return None if is_line else _bar_of(shape, table, point)


@lru_cache(maxsize=128)
def _figure(shape: Shape, table: Table, language: Language) -> go.Figure:
    """Building one takes longer than all the rest of a panel."""
    return figure_of(shape, table, texts(language))


def _address(name: str, query: Mapping[str, str]) -> str:
    return f"/insight/{name}.csv?{urlencode(query)}"


def _one(key: str, names: Mapping[str, str], default: str = "") -> str:
    bound.one(key, names, default)
    chosen = st.selectbox(visit().t(f"insight.{key}"), list(names), format_func=lambda each: names.get(each, each), key=key)
    bound.keep(key, chosen if chosen != default else None)
    return chosen or default


def _day(key: str, default: date) -> str:
    today = visit().today
    bound.a_day(key, default, FIRST_DAY, today)
    label = visit().t(f"insight.{key}")
    day = st.date_input(label, key=key, min_value=FIRST_DAY, max_value=today, format="DD-MM-YYYY")
    bound.keep(key, day.isoformat() if isinstance(day, date) else None)
    return day.isoformat() if isinstance(day, date) else ""


def _attention(week: int, late: int, nobody: int) -> str:
    """What needs somebody today, in a sentence."""
    t = visit().t
    if not week and not late:
        return t("insight.nothing_urgent")
    said = [t.count("insight.are_late", late)] if late else []
    said += [t.count("insight.are_due", week)] if week else []
    said += [t.count("insight.without_handler", nobody)] if nobody else []
    return " ".join(said)


def _share(mine: Went, before: Went) -> tuple[str, str | None]:
    t = visit().t
    if mine.on_time_percent is None:
        return t("insight.none"), None
    told = t("insight.percent", number=mine.on_time_percent)
    if before.on_time_percent is None:
        return told, None
    return told, _more(mine.on_time_percent, before.on_time_percent)


def _median(mine: Went, before: Went) -> tuple[str, str | None]:
    t = visit().t
    if mine.median_days is None:
        return t("insight.none"), None
    told = t.number(mine.median_days)
    return told, None if before.median_days is None else _more(mine.median_days, before.median_days)


def _more(now: int, before: int) -> str | None:
    """By how much it went up or down; nothing where it stayed."""
    return f"{now - before:+d}" if now != before else None
