"""Tables -> plotly figures, in one house style. Pure: what is drawn are the rows that stand beside it."""

from collections.abc import Callable, Sequence
from html import escape
from textwrap import wrap
from typing import Any

import plotly.graph_objects as go

from dashboard.i18n import Language, Texts
from dashboard.insight.rows import Shape, Table

# Each has at least 3:1 against every ground of ours, light and dark; patterns tell series apart without colour.
COLOURS = ("#1d8790", "#b85f1c", "#6f77c9", "#4f8a33", "#c4504a", "#8a7243", "#b2559a", "#72808a", "#3b82c4")
PATTERNS = ("", "/", ".", "x", "-", "\\", "|", "+", "")
HEIGHT, ROW_HEIGHT, HEAD = 340, 40, 50
MOST_TICKS = 8
LONGEST_LINE = 22
# Names of a legend that stand beside each other on a phone.
LEGEND_BESIDE = 2
FONT = "Source Sans, Source Sans 3, sans-serif"


class Drawn(go.Figure):  # type: ignore[misc]  # plotly has no types
    """A figure that is finished: written out once, however often it is shown."""

    def to_dict(self) -> dict[str, Any]:
        told: dict[str, Any] | None = self.__dict__.get("_told")
        if told is None:
            told = self.__dict__["_told"] = super().to_dict()
        return told


def figure_of(shape: Shape, table: Table, t: Texts) -> go.Figure:
    return Drawn(_laid_out(_DRAWN[shape](table), t))


def takeaway(shape: Shape, table: Table, t: Texts) -> str:
    """What a chart says, in a sentence, for who doesn't see it: which is the most, and how many in all."""
    if table.empty:
        return t("insight.empty")
    if shape is Shape.FLOW:
        came, ended = (sum(int(str(row[column])) for row in table.rows) for column in (1, 2))
        return t("insight.alt_flow", came=t.number(came), ended=t.number(ended), left=t.number(int(str(table.rows[-1][3]))))
    if shape is Shape.BAND:
        known, expected = (sum(int(str(row[column])) for row in table.rows) for column in (4, 1))
        return t("insight.alt_band", known=t.number(known), expected=t.number(expected))
    numbers: dict[str, int] = {}
    place = 1 if shape is Shape.STACKED else 0
    for row in table.rows:
        numbers[str(row[place])] = numbers.get(str(row[place]), 0) + int(str(row[-1]))
    most = max(numbers, key=lambda label: numbers[label])
    return t("insight.alt_most", label=most, number=t.number(numbers[most]))


def _lying(table: Table) -> go.Figure:
    labels, numbers = [str(row[0]) for row in table.rows], [row[-1] for row in table.rows]
    figure = go.Figure(
        go.Bar(x=numbers, y=labels, orientation="h", marker_color=COLOURS[0], text=numbers, textposition="outside")
    )
    figure.update_layout(showlegend=False, height=HEAD + ROW_HEIGHT * len(labels))
    told = [_wrapped(label) for label in labels]
    figure.update_yaxes(autorange="reversed", automargin=True, ticksuffix="  ", tickmode="array", tickvals=labels, ticktext=told)
    figure.update_xaxes(rangemode="tozero", showticklabels=False, showgrid=False, range=_room(numbers))
    return figure


def _standing(table: Table) -> go.Figure:
    labels, numbers = [str(row[0]) for row in table.rows], [row[-1] for row in table.rows]
    shown = [number or "" for number in numbers]
    figure = go.Figure(go.Bar(x=labels, y=numbers, marker_color=COLOURS[0], text=shown, textposition="outside"))
    return _axis(figure, labels).update_layout(showlegend=False, yaxis_range=_room(numbers))


def _stacked(table: Table) -> go.Figure:
    figure = go.Figure()
    labels = list(dict.fromkeys(str(row[0]) for row in table.rows))
    for number, series in enumerate(dict.fromkeys(str(row[1]) for row in table.rows)):
        mine = {str(row[0]): row[-1] for row in table.rows if row[1] == series}
        marker = {
            "color": COLOURS[number % len(COLOURS)],
            "pattern": {"shape": PATTERNS[number % len(PATTERNS)], "solidity": 0.25, "fillmode": "overlay", "fgcolor": "#ffffff"},
        }
        figure.add_bar(x=labels, y=[mine.get(label, 0) for label in labels], name=_roomy(series), marker=marker)
    # On a phone each name takes a line of the legend.
    more = ROW_HEIGHT // 2 * max(0, len(figure.data) - LEGEND_BESIDE)
    return _axis(figure, labels).update_layout(barmode="stack", height=HEIGHT + more)


def _flow(table: Table) -> go.Figure:
    labels = [str(row[0]) for row in table.rows]
    figure = go.Figure()
    for column, pattern in ((1, ""), (2, "/")):
        marker = {
            "color": COLOURS[column - 1],
            "pattern": {"shape": pattern, "solidity": 0.25, "fillmode": "overlay", "fgcolor": "#ffffff"},
        }
        figure.add_bar(x=labels, y=[row[column] for row in table.rows], name=_roomy(table.columns[column]), marker=marker)
    line = {"color": COLOURS[7], "width": 3}
    left = [row[3] for row in table.rows]
    figure.add_scatter(x=labels, y=left, name=_roomy(table.columns[3]), mode="lines+markers", line=line)
    return _axis(figure, labels).update_layout(barmode="group")


def _band(table: Table) -> go.Figure:
    """What is known at the foot, what is expected on it, and from where to where that may end."""
    labels, known = [str(row[0]) for row in table.rows], [int(str(row[4])) for row in table.rows]
    expected, low, high = ([int(str(row[place])) for row in table.rows] for place in (1, 2, 3))
    figure = go.Figure(go.Bar(x=labels, y=known, name=_roomy(table.columns[4]), marker_color=COLOURS[0]))
    marker = {
        "color": COLOURS[1],
        "pattern": {"shape": "/", "solidity": 0.25, "fillmode": "overlay", "fgcolor": "#ffffff"},
    }
    upto = {
        "type": "data",
        "symmetric": False,
        "array": [most - middle for most, middle in zip(high, expected, strict=True)],
        "arrayminus": [middle - least for least, middle in zip(low, expected, strict=True)],
        "color": COLOURS[7],
        "thickness": 2,
    }
    figure.add_bar(x=labels, y=expected, name=_roomy(table.columns[1]), marker=marker, error_y=upto)
    return _axis(figure, labels).update_layout(barmode="stack")


_DRAWN: dict[Shape, Callable[[Table], go.Figure]] = {
    Shape.LYING: _lying,
    Shape.STANDING: _standing,
    Shape.STACKED: _stacked,
    Shape.FLOW: _flow,
    Shape.BAND: _band,
}


def _axis(figure: go.Figure, labels: Sequence[str]) -> go.Figure:
    """Only so many labels as can be read, the first and every so many after it."""
    every = -(-len(labels) // MOST_TICKS) or 1
    figure.update_xaxes(type="category", tickmode="array", tickvals=list(labels[::every]))
    return figure.update_yaxes(rangemode="tozero", tickformat=",d", nticks=5)


def _wrapped(label: str) -> str:
    """In lines that fit beside a bar. A chart reads markup; names of people have none."""
    return "<br>".join(escape(line) for line in wrap(label, LONGEST_LINE)) or " "


def _roomy(name: str) -> str:
    """A name of the legend, with the room that it needs in the page's own font: the chart is measured in another one."""
    return name + "\u00a0" * (2 + len(name) // 6)


def _room(numbers: Sequence[object]) -> list[float]:
    """From zero, with room for the number behind the longest bar."""
    most = max((int(str(number)) for number in numbers), default=0)
    return [0, max(1, most) * 1.18]


def _laid_out(figure: go.Figure, t: Texts) -> go.Figure:
    legend = {"orientation": "h", "yanchor": "bottom", "y": 1.02, "x": 0, "traceorder": "normal"}
    figure.update_layout(
        font={"family": FONT, "size": 14},
        # Decimal and thousands sign of the reader's language.
        separators=",." if t.language is Language.NL else ".,",
        margin={"l": 8, "r": 16, "t": 24, "b": 8},
        legend=legend,
        bargap=0.25,
        hovermode="closest",
    )
    return figure if figure.layout.height else figure.update_layout(height=HEIGHT)
