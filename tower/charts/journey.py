"""The journey of one order over time, planned against done, and the process of many drawn as a way through steps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import plotly.graph_objects as go

from tower.charts.style import ACCENT, AXIS, FONT, GRID, MAX_POINTS, REFERENCE, Label, finish

ROW_HEIGHT = 30
PLANNED, WAITING, MOVING, LATE = "#b9c2d0", "#9cc3f0", "#2a9d8f", "#d1495b"
_DAY = 86_400_000
NATURES = ("work", "move", "wait")
# Waiting is drawn over its colour, so that the bar is seen also between the strokes.
_HATCH = {"size": 5, "fillmode": "overlay", "fgcolor": "rgba(255,255,255,0.7)"}
_COLOURS = {"work": ACCENT, "move": MOVING, "wait": WAITING}


@dataclass(frozen=True, slots=True)
class Bar:
    """One step as it is drawn: its time (None beside the path), the day it was done, and the day it was planned for."""

    label: str
    nature: str
    begin: date | None
    end: date | None
    actual: date | None
    planned: date | None
    hover: str


@dataclass(frozen=True, slots=True)
class JourneyNames:
    """What the legend says, in the reader's language."""

    natures: Mapping[str, str]
    planned: str
    done: str
    due: str
    today: str


def journey_figure(
    bars: Sequence[Bar], *, names: JourneyNames, due: date | None, today: date, first: date
) -> go.Figure:
    """One row per step from top to bottom: its time as a bar, solid for work and the road, hatched for waiting; the
    day planned as a mark on the line that leads to the day it was done. What lies before `first` is cut off.

    Raises ValueError above MAX_POINTS.
    """
    if len(bars) > MAX_POINTS:
        raise ValueError(f"{len(bars):,} steps are too many for one figure; show fewer.")
    figure = go.Figure()
    for nature in NATURES:
        chosen = [(row, bar) for row, bar in enumerate(bars) if bar.nature == nature and bar.begin and bar.end]
        if not chosen:
            continue
        lengths = [max((bar.end - bar.begin).days * _DAY, _DAY / 4) for _, bar in chosen if bar.end and bar.begin]
        figure.add_bar(
            orientation="h", y=[row for row, _ in chosen], x=lengths, width=0.5, name=names.natures[nature],
            base=[bar.begin.isoformat() for _, bar in chosen if bar.begin],
            marker={"color": _COLOURS[nature], "pattern": {"shape": "/" if nature == "wait" else "", **_HATCH}},
            hoverinfo="text", hovertext=[bar.hover for _, bar in chosen],
        )  # fmt: skip
    planned = [(row, bar) for row, bar in enumerate(bars) if bar.planned and bar.planned >= first]
    moved_x: list[str | None] = []
    moved_y: list[float | None] = []
    for row, bar in planned:
        if bar.actual and bar.planned and bar.actual > bar.planned:
            moved_x += [bar.planned.isoformat(), bar.actual.isoformat(), None]
            moved_y += [row + 0.36, row + 0.36, None]
    if moved_x:
        figure.add_scatter(x=moved_x, y=moved_y, mode="lines", line={"color": LATE, "width": 2}, hoverinfo="skip",
                           showlegend=False)  # fmt: skip
    _marks(figure, [(row, bar.planned, bar.hover) for row, bar in planned], names.planned, "diamond-open",
           REFERENCE, 0.36)  # fmt: skip
    done = [(row, bar.actual, bar.hover) for row, bar in enumerate(bars) if bar.actual and bar.actual >= first]
    _marks(figure, done, names.done, "circle", AXIS, 0.0)
    for day, colour, dash, name in ((due, LATE, "dash", names.due), (today, AXIS, "dot", names.today)):
        if day is not None and day >= first:
            # A line with its name in the legend: a label at it would lie on bars.
            figure.add_scatter(x=[day.isoformat()] * 2, y=[-0.6, len(bars) - 0.4], mode="lines", name=name,
                               line={"color": colour, "width": 1.5, "dash": dash}, hoverinfo="skip")  # fmt: skip
    days = [one for bar in bars for one in (bar.begin, bar.end, bar.actual, bar.planned) if one and one >= first]
    last = max([*days, first, *([due] if due else [])])
    room = max((last - first).days // 30, 1)
    finish(figure, 84 + ROW_HEIGHT * max(len(bars), 3))
    figure.update_xaxes(
        type="date", gridcolor=GRID, side="top", ticks="", fixedrange=True, title=None, showline=False, nticks=7,
        tickformat="%Y-%m-%d" if (last - first).days > 300 else "%m-%d", zeroline=False,
        range=[(first.toordinal() - date(1970, 1, 1).toordinal() - room) * _DAY,
               (last.toordinal() - date(1970, 1, 1).toordinal() + room) * _DAY],
    )  # fmt: skip
    figure.update_yaxes(
        tickvals=list(range(len(bars))), ticktext=[bar.label for bar in bars], range=[len(bars) - 0.4, -0.6],
        showgrid=False, ticks="", title=None, fixedrange=True, automargin=True, zeroline=False, showline=False,
        tickfont={"size": 11},
    )  # fmt: skip
    figure.update_layout(
        barmode="overlay", showlegend=True, margin_t=34, hovermode="closest",
        legend={"orientation": "h", "x": 0, "y": -0.01, "yanchor": "top", "title": None,
                "font": {"color": REFERENCE, "size": 11}},
    )  # fmt: skip
    return figure


def _marks(
    figure: go.Figure, found: Sequence[tuple[int, date | None, str]], name: str, symbol: str, colour: str, off: float
) -> None:
    if not found:
        return
    figure.add_scatter(
        x=[day.isoformat() for _, day, _ in found if day], y=[row + off for row, _, _ in found], mode="markers",
        name=name, marker={"symbol": symbol, "size": 7, "color": colour}, hoverinfo="text",
        hovertext=[hover for _, _, hover in found],
    )  # fmt: skip


def days_figure(
    labels: Sequence[str], touch: Sequence[float], wait: Sequence[float], *, names: tuple[str, str], label: Label
) -> go.Figure:
    """Days of each step, worked or on the road beside waiting, in the order of the steps."""
    figure = go.Figure()
    rows = list(range(len(labels)))
    for name, values, colour, shape in ((names[0], touch, ACCENT, ""), (names[1], wait, WAITING, "/")):
        figure.add_bar(
            orientation="h", y=rows, x=list(values), name=name, width=0.55,
            marker={"color": colour, "pattern": {"shape": shape, **_HATCH}},
            hoverinfo="text",
            hovertext=[
                f"{one}<br>{name} <b>{label(value)}</b>" for one, value in zip(labels, values, strict=True)
            ],
        )  # fmt: skip
    sums = [one + other for one, other in zip(touch, wait, strict=True)]
    figure.add_scatter(
        x=sums, y=rows, mode="text", text=[f" {label(value)}" for value in sums], textposition="middle right",
        hoverinfo="skip", showlegend=False, cliponaxis=False,
    )  # fmt: skip
    finish(figure, 60 + 26 * max(len(labels), 3))
    figure.update_xaxes(visible=False, fixedrange=True, range=[0, max([1.0, *sums]) * 1.25])
    figure.update_yaxes(
        tickvals=rows, ticktext=list(labels), range=[len(labels) - 0.4, -0.6], showgrid=False, ticks="", title=None,
        automargin=True, fixedrange=True, zeroline=False, linecolor=AXIS, tickfont={"size": 11},
    )  # fmt: skip
    figure.update_layout(
        barmode="stack", showlegend=True,
        legend={"orientation": "h", "x": 0, "y": 0, "yanchor": "top", "title": None, "font": {"color": REFERENCE}},
    )  # fmt: skip
    return figure


# Where each step stands on the map: papers on the left, goods on the right, time downwards.
_PLACES = {
    "lead": (0, 0.0), "opportunity": (0, 1.0), "quotation": (0, 2.0), "order": (0, 3.0), "purchase": (1, 3.0),
    "inbound": (1, 4.0), "kit": (1, 5.0), "start": (1, 6.0), "production": (1, 7.0), "inspection": (1, 8.0),
    "dispatch": (1, 9.0), "transfer": (1, 10.0), "stock": (1, 10.8), "ship": (0, 10.8), "transport": (0, 11.8),
    "invoice": (0, 12.8), "payment": (0, 13.8),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Way:
    """From one step to the next: how many lines go it, as a share of all, and what is written at it."""

    start: str
    end: str
    share: float
    said: str
    hover: str


def process_figure(names: Mapping[str, str], ways: Sequence[Way]) -> go.Figure:
    """The steps as boxes in their places and the ways between them, thicker where more lines go.

    `names` holds the steps to draw. Raises ValueError for a step that has no place.
    """
    unknown = sorted({*names} - {*_PLACES})
    if unknown:
        raise ValueError(f"The map has no place for {', '.join(unknown)}.")
    figure = go.Figure()
    for way in ways:
        (x0, y0), (x1, y1) = _PLACES[way.start], _PLACES[way.end]
        # Ways that skip steps go round them; those back lie on the other side.
        is_back = y1 < y0 or (y1 == y0 and x1 < x0)
        bend = 0.0
        if x0 == x1 and abs(y1 - y0) > 1.2:
            bend = -0.42 if x0 == 0 else 0.42
        if is_back and x0 == x1:
            bend = 0.3
        middle = ((x0 + x1) / 2 + bend, (y0 + y1) / 2)
        xs, ys = [], []
        for step in range(21):
            t = step / 20
            xs.append((1 - t) ** 2 * x0 + 2 * t * (1 - t) * (middle[0] + bend) + t**2 * x1)
            ys.append((1 - t) ** 2 * y0 + 2 * t * (1 - t) * middle[1] + t**2 * y1)
        figure.add_scatter(
            x=xs, y=ys, mode="lines", line={"color": LATE if is_back else ACCENT, "width": 1 + 9 * way.share},
            opacity=0.35 + 0.3 * way.share, hoverinfo="text", hovertext=way.hover, showlegend=False,
        )  # fmt: skip
        # Ways that part or meet at the papers are told apart at their other end.
        at = 10 if x0 == x1 else (12 if x0 == 0 else 8)
        figure.add_annotation(
            x=xs[at], y=ys[at], text=way.said, showarrow=False, font={"size": 10, "family": FONT},
            bgcolor="rgba(128,138,157,0.12)", borderpad=1,
        )  # fmt: skip
    for hop, name in names.items():
        x, y = _PLACES[hop]
        figure.add_annotation(
            x=x, y=y, text=f"<b>{name}</b>", showarrow=False, font={"size": 11, "family": FONT, "color": "#ffffff"},
            bgcolor="#4a5a75", borderpad=4,
        )  # fmt: skip
    depths = [_PLACES[hop][1] for hop in names] or [0.0]
    finish(figure, int(90 + 52 * (max(depths) - min(depths))))
    figure.update_xaxes(visible=False, fixedrange=True, range=[-0.75, 1.75])
    figure.update_yaxes(visible=False, fixedrange=True, range=[max(depths) + 0.6, min(depths) - 0.6])
    return figure
