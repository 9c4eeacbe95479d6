"""Rows -> plotly figures. Pure: words come in as `Texts`, nothing is looked up."""

from collections.abc import Sequence

import plotly.graph_objects as go

from dashboard.data_requests.law.narrative import right_in_words
from dashboard.data_requests.law.rights import Right
from dashboard.i18n import Texts
from dashboard.insight.queries import Health, HealthCount, StatusCount, WeekCount

# Each pair of neighbours differs in lightness too, so that the stack reads without colour.
RIGHT_COLOURS = {
    Right.ACCESS: "#0b5c63",
    Right.RECTIFICATION: "#6fb7bd",
    Right.ERASURE: "#8a3b12",
    Right.RESTRICTION: "#e0a458",
    Right.PORTABILITY: "#3f3d7a",
    Right.OBJECTION: "#a9a6e0",
    Right.MARKETING_OBJECTION: "#c4d6a0",
    Right.AUTOMATED_DECISION: "#4d6b1f",
    Right.CONSENT_WITHDRAWAL: "#5f6b6d",
}
HEALTH_COLOURS = {
    Health.OVERDUE: "#b3261e",
    Health.WITHIN_5: "#b25e00",
    Health.WITHIN_10: "#e0a458",
    Health.ON_TRACK: "#1b7f4d",
}
BAR_COLOUR = "#0b5c63"
HEIGHT = 340


def weekly_figure(rows: Sequence[WeekCount], t: Texts) -> go.Figure:
    """Stacked bars: requests a week, by right."""
    figure = go.Figure()
    for right in Right:
        mine = [row for row in rows if row.right is right]
        if mine:
            figure.add_bar(
                x=[row.monday for row in mine],
                y=[row.requests for row in mine],
                name=right_in_words(t, right),
                marker_color=RIGHT_COLOURS[right],
            )
    figure.update_layout(barmode="stack", xaxis_title=t("insight.week_of"), yaxis_title=t("insight.requests"))
    return _laid_out(figure)


def status_figure(rows: Sequence[StatusCount], t: Texts) -> go.Figure:
    """Lying bars: open cases by status."""
    return _lying_bars(
        [t(f"status.{row.status.value}") for row in rows], [row.cases for row in rows], [BAR_COLOUR] * len(rows), t
    )


def health_figure(rows: Sequence[HealthCount], t: Texts) -> go.Figure:
    """Lying bars: open cases by how near the statutory date is."""
    colours = [HEALTH_COLOURS[row.health] for row in rows]
    return _lying_bars([t(f"health.{row.health.value}") for row in rows], [row.cases for row in rows], colours, t)


def _lying_bars(labels: list[str], counts: list[int], colours: list[str], t: Texts) -> go.Figure:
    figure = go.Figure(go.Bar(x=counts, y=labels, orientation="h", marker_color=colours, text=counts, textposition="outside"))
    figure.update_layout(xaxis_title=t("insight.cases"), yaxis={"autorange": "reversed"}, showlegend=False)
    figure.update_xaxes(rangemode="tozero", tickformat="d")
    return _laid_out(figure)


def _laid_out(figure: go.Figure) -> go.Figure:
    legend = {"orientation": "h", "yanchor": "bottom", "y": 1.02, "x": 0}
    return figure.update_layout(height=HEIGHT, margin={"l": 8, "r": 24, "t": 24, "b": 8}, legend=legend)
