"""From all hours down to the good ones: each loss is a step off what is left, each total a bar from zero."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go
import polars as pl

from tower.charts.style import ACCENT, AXIS, REFERENCE, Label, finish

LOSS = "#d98b4a"
GAIN = "#2a9d8f"
ROW_HEIGHT = 32


def loss_tree_figure(frame: pl.DataFrame, names: Sequence[str], *, label: Label, share: Label) -> go.Figure:
    """`frame` holds is_total, hours, left and share in order; `names` says what each step is called.

    A loss below zero (work faster than planned) is drawn as a gain.
    """
    rows = list(frame.iter_rows(named=True))
    base = [0.0 if row["is_total"] else min(row["left"], row["left"] + row["hours"]) for row in rows]
    width = [row["left"] if row["is_total"] else abs(row["hours"]) for row in rows]
    colours = [ACCENT if row["is_total"] else LOSS if row["hours"] >= 0 else GAIN for row in rows]
    words = [f"{label(row['hours'])} · {share(row['share'] or 0.0)}" for row in rows]
    figure = go.Figure()
    figure.add_bar(
        x=width, y=list(range(len(rows))), base=base, orientation="h", marker={"color": colours}, hoverinfo="text",
        hovertext=[f"{name}<br><b>{word}</b>" for name, word in zip(names, words, strict=True)],
    )  # fmt: skip
    whole = max((row["left"] for row in rows), default=0.0) or 1.0
    for position, word in enumerate(words):
        # Beside the bar, on the side with room for it.
        end, start = base[position] + width[position], base[position]
        is_right = end < 0.66 * whole
        inside = not is_right and width[position] > 0.5 * whole
        figure.add_annotation(
            x=end if is_right or inside else start, y=position, text=word, showarrow=False, yanchor="middle",
            xanchor="left" if is_right else "right", xshift=6 if is_right else -6,
            font={"size": 11, **({"color": "#ffffff"} if inside else {})},
        )  # fmt: skip
    figure.update_xaxes(visible=False, fixedrange=True, range=[0, whole * 1.02])
    figure.update_yaxes(
        tickvals=list(range(len(rows))), autorange="reversed", showgrid=False, linecolor=AXIS, ticks="",
        ticktext=[
            f"<b>{name}</b>" if row["is_total"] else f"<span style='color:{REFERENCE}'>−</span> {name}"
            for row, name in zip(rows, names, strict=True)
        ],
        automargin=True, fixedrange=True, zeroline=False, title=None,
    )  # fmt: skip
    return finish(figure, len(rows) * ROW_HEIGHT + 16)
