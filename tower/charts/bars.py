"""A figure by the members of a dimension: horizontal bars from zero, sorted, each with its value written beside it."""

from __future__ import annotations

import plotly.graph_objects as go
import polars as pl

from tower.charts.style import ACCENT, AXIS, MAX_POINTS, REFERENCE, Label, finish

ROW_HEIGHT = 30
LONGEST_NAME = 34


def bar_figure(
    frame: pl.DataFrame, *, label: Label, reference: float | None = None, reference_label: str = ""
) -> go.Figure:
    """`frame` holds `name` (text) and `value` (float), in the order to be shown from the top.

    `reference`, the figure of all members together, comes first as a bar of its own in a muted colour.
    Raises ValueError above MAX_POINTS.
    """
    if frame.height > MAX_POINTS:
        raise ValueError(f"{frame.height:,} bars are too many for one figure; show the largest.")
    shown = frame.drop_nulls("value")
    names, values = shown["name"].to_list(), shown["value"].to_list()
    colours = [ACCENT] * len(values)
    if reference is not None:
        names, values, colours = [reference_label, *names], [reference, *values], [REFERENCE, *colours]
    # Positions instead of names: two members may carry the same name.
    positions = list(range(len(values)))
    texts = [label(value) for value in values]
    figure = go.Figure()
    figure.add_bar(
        x=values, y=positions, orientation="h", text=texts, textposition="outside", cliponaxis=False,
        textangle=0, constraintext="none", marker={"color": colours}, hoverinfo="text",
        hovertext=[f"{name}<br><b>{text}</b>" for name, text in zip(names, texts, strict=True)],
    )  # fmt: skip
    low, high = min([0.0, *values]), max([0.0, *values])
    room = (high - low or 1.0) * 0.22
    figure.update_xaxes(
        visible=False,
        fixedrange=True,
        range=[low - (room if low < 0 else 0), high + (room if high > 0 or low == 0 else 0)],
    )
    figure.update_yaxes(
        tickvals=positions, ticktext=[shortened(name) for name in names], autorange="reversed", showgrid=False,
        linecolor=AXIS, ticks="", automargin=True, fixedrange=True, zeroline=False, title=None,
    )  # fmt: skip
    return finish(figure, max(3, len(values)) * ROW_HEIGHT + 16)


def shortened(name: str) -> str:
    """A name that leaves room for its bar."""
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…"
