"""Stock by days of cover: one bar for each class of days, and the band in which cover is wanted."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from tower.charts.style import ACCENT, AXIS, GRID, MAX_POINTS, REFERENCE, Label, finish, round_ticks

BAND = "rgba(42, 157, 143, 0.18)"


def cover_figure(
    names: Sequence[str],
    values: Sequence[float],
    *,
    starts: Sequence[float | None],
    band: tuple[float, float] | None,
    band_label: str,
    label: Label,
    tick: Label,
    height: int = 300,
) -> go.Figure:
    """`starts` are the days at which the bars begin, rising; None for what has no demand, drawn in a muted colour.

    `band` is in days and reaches from within one bar to within another. Raises ValueError above MAX_POINTS.
    """
    if len(names) > MAX_POINTS:
        raise ValueError(f"{len(names):,} bars are too many for one figure; use wider classes.")
    at = list(range(len(names)))
    figure = go.Figure()
    figure.add_bar(
        x=at, y=list(values), marker={"color": [REFERENCE if one is None else ACCENT for one in starts]},
        hoverinfo="text", hovertext=[f"{name}<br><b>{label(v)}</b>" for name, v in zip(names, values, strict=True)],
        text=[label(value) for value in values], textposition="outside", cliponaxis=False, textangle=0,
    )  # fmt: skip
    if band is not None:
        figure.add_vrect(
            x0=_position(band[0], starts), x1=_position(band[1], starts), fillcolor=BAND, line_width=0, layer="below",
            annotation_text=band_label, annotation_position="top left",
            annotation_font={"color": REFERENCE, "size": 12},
        )  # fmt: skip
    ticks = round_ticks(0.0, max([*values, 0.0]))
    figure.update_xaxes(
        tickvals=at, ticktext=list(names), showgrid=False, ticks="", fixedrange=True, title=None, zeroline=False,
        range=[-0.6, len(at) - 0.4], linecolor=AXIS, tickangle=0,
    )  # fmt: skip
    figure.update_yaxes(
        tickvals=ticks, ticktext=[tick(one) for one in ticks], gridcolor=GRID, zeroline=True, zerolinecolor=AXIS,
        ticks="", fixedrange=True, automargin=True, title=None, range=[0, max(ticks[-1], 1e-9) * 1.18],
    )  # fmt: skip
    return finish(figure, height)


def _position(days: float, starts: Sequence[float | None]) -> float:
    """Where a number of days lies on the axis of bars, in proportion within its bar."""
    known = [one for one in starts if one is not None]
    for number, start in enumerate(known):
        end = known[number + 1] if number + 1 < len(known) else start * 2 or 1.0
        if days < end or number + 1 == len(known):
            return number - 0.5 + min(max((days - start) / (end - start), 0.0), 1.0)
    return -0.5
