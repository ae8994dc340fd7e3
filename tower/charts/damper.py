"""What a damper hides: messages hidden as a line over the days, and the customers' money that is accepted with them."""

from __future__ import annotations

import plotly.graph_objects as go
import polars as pl

from tower.charts.style import ACCENT, AXIS, GRID, REFERENCE, Label, finish, round_ticks

RISK = "#d1495b"


def damper_figure(
    frame: pl.DataFrame,
    *,
    chosen: int,
    messages_name: str,
    risk_name: str,
    days_name: str,
    count_label: Label,
    money_label: Label,
    money_tick: Label,
    height: int = 250,
) -> go.Figure:
    """`frame` holds `days`, `messages` (hidden below so many days) and `risk_value`; `chosen` days are marked.

    Two panels above one another share the days: two scales on one axis would suggest a relation that is not there.
    """
    days = frame["days"].to_list()
    figure = go.Figure()
    panels = (
        ("messages", messages_name, ACCENT, "y", count_label, count_label, [0.6, 1.0]),
        ("risk_value", risk_name, RISK, "y2", money_label, money_tick, [0.0, 0.38]),
    )
    for column, name, colour, axis, label, tick, domain in panels:
        values = frame[column].to_list()
        hover = [f"{day} {days_name}<br>{name} <b>{label(one)}</b>" for day, one in zip(days, values, strict=True)]
        figure.add_scatter(
            x=days, y=values, yaxis=axis, mode="lines", line={"color": colour, "width": 2, "shape": "hv"},
            hoverinfo="text", hovertext=hover,
        )  # fmt: skip
        at = values[days.index(chosen)]
        figure.add_scatter(
            x=[chosen], y=[at], yaxis=axis, mode="markers", marker={"color": colour, "size": 9}, hoverinfo="skip"
        )
        ticks = round_ticks(0.0, float(max(values) or 1), 2)
        figure.update_layout(
            {
                f"yaxis{axis[1:]}": {
                    "domain": domain, "tickvals": ticks, "ticktext": [tick(one) for one in ticks], "gridcolor": GRID,
                    "zeroline": True, "zerolinecolor": AXIS, "fixedrange": True, "automargin": True, "title": None,
                    "showline": False, "ticks": "", "range": [0, ticks[-1] * 1.08],
                }
            }
        )  # fmt: skip
        figure.add_annotation(
            x=0, xref="paper", xanchor="left", y=domain[1], yref="paper", yanchor="bottom", yshift=2, text=name,
            showarrow=False, font={"size": 12, "color": REFERENCE},
        )  # fmt: skip
    figure.update_xaxes(
        showgrid=False, ticks="", fixedrange=True, title=None, zeroline=False, dtick=5, range=[-0.5, max(days) + 0.5],
        anchor="y2", ticksuffix=f" {days_name}", showticksuffix="last",
    )  # fmt: skip
    finish(figure, height)
    figure.update_layout(margin_t=24)
    return figure
