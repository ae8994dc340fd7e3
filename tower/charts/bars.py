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
    """`frame` holds `name` (text) and `value` (float), in the order to be shown from the top. `reference` is a line across
    (the figure of all members together). Raises ValueError above MAX_POINTS."""
    if frame.height > MAX_POINTS:
        raise ValueError(f"{frame.height:,} bars are too many for one figure; show the largest.")
    shown = frame.drop_nulls("value")
    values = shown["value"].to_list()
    # Positions instead of names: two members may carry the same name.
    positions = list(range(shown.height))
    names = [name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…" for name in shown["name"].to_list()]
    texts = [label(value) for value in values]
    figure = go.Figure()
    figure.add_bar(
        x=values, y=positions, orientation="h", text=texts, textposition="outside", cliponaxis=False,
        textangle=0, constraintext="none", marker={"color": ACCENT}, hoverinfo="text",
        hovertext=[f"{name}<br><b>{text}</b>" for name, text in zip(shown["name"].to_list(), texts, strict=True)],
    )  # fmt: skip
    low, high = min([0.0, *values]), max([0.0, *values])
    room = (high - low or 1.0) * 0.22
    figure.update_xaxes(
        visible=False, range=[low - (room if low < 0 else 0), high + (room if high > 0 or low == 0 else 0)], fixedrange=True,
    )  # fmt: skip
    figure.update_yaxes(
        tickvals=positions, ticktext=names, autorange="reversed", showgrid=False, linecolor=AXIS, ticks="", automargin=True,
        fixedrange=True, zeroline=False, title=None,
    )  # fmt: skip
    top = 8
    if reference is not None:
        top = 26
        figure.add_vline(x=reference, line={"color": REFERENCE, "width": 1.5, "dash": "dash"})
        figure.add_annotation(
            x=reference, y=1, yref="paper", yanchor="bottom", text=reference_label, showarrow=False,
            font={"size": 12, "color": REFERENCE},
        )  # fmt: skip
    finish(figure, max(3, shown.height) * ROW_HEIGHT + top + 8)
    return figure.update_layout(margin={"t": top})
