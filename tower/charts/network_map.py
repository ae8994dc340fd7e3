"""The supply network on a map: outlines of land from own files, drawn on plain axes, so that no map server is asked."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
import polars as pl
from numpy.typing import NDArray

from tower.charts.base_map import outlines
from tower.charts.lanes import LaneShapes, add_lanes
from tower.charts.network_nodes import NodeMarks, add_nodes
from tower.charts.style import AXIS, MAX_POINTS, REFERENCE, finish

Values = NDArray[np.float64]
CURVE_POINTS = 9
# West, east, south and north of a view; "all" is what holds every node.
AREAS = {
    "china": (98.0, 126.0, 19.0, 42.0),
    "asia": (92.0, 148.0, -2.0, 47.0),
    "europe": (-12.0, 32.0, 36.0, 60.0),
    "americas": (-128.0, -34.0, -35.0, 58.0),
}
MARGIN_DEGREES = 6.0


def window_of(nodes: pl.DataFrame, area: str) -> tuple[float, float, float, float]:
    """West, east, south and north of an area; of 'all', what holds the nodes with a margin."""
    if area in AREAS:
        return AREAS[area]
    longitudes, latitudes = nodes["longitude"], nodes["latitude"]
    return (
        float(longitudes.min()) - MARGIN_DEGREES, float(longitudes.max()) + MARGIN_DEGREES,  # type: ignore[arg-type]
        max(float(latitudes.min()) - MARGIN_DEGREES, -58.0),  # type: ignore[arg-type]
        min(float(latitudes.max()) + MARGIN_DEGREES, 82.0),  # type: ignore[arg-type]
    )  # fmt: skip


def areas_with(nodes: pl.DataFrame) -> list[str]:
    """'all', and the areas that hold at least one node but not all of them."""
    found = ["all"]
    for name, (west, east, south, north) in AREAS.items():
        inside = nodes.filter(pl.col("longitude").is_between(west, east) & pl.col("latitude").is_between(south, north))
        if 0 < inside.height < nodes.height:
            found.append(name)
    return found


def network_map_figure(
    nodes: pl.DataFrame,
    lanes: pl.DataFrame,
    *,
    area: str,
    size: str,
    labels: Sequence[str],
    node_hovers: Sequence[str],
    lane_hovers: Sequence[str],
    tier_names: Sequence[str],
    late_names: Sequence[str],
    chosen_node: str | None = None,
    chosen_lane: str | None = None,
    height: int = 560,
) -> go.Figure:
    """`nodes` holds node, tier, longitude, latitude and the column `size`; `lanes` from_node, to_node, lane,
    cost_value, late_rate.

    Longitude and latitude are drawn as they are (equirectangular), a degree of longitude shortened by the cosine of the
    middle latitude. Raises ValueError where nodes and lanes alone would be more than MAX_POINTS.
    """
    if nodes.height + 3 * lanes.height > MAX_POINTS:
        raise ValueError(f"{nodes.height:,} nodes and {lanes.height:,} lanes are too many for one figure; show fewer.")
    west, east, south, north = window_of(nodes, area)
    points = max(2, min(CURVE_POINTS, (MAX_POINTS // 3) // max(1, lanes.height) - 1))
    most = MAX_POINTS - nodes.height - lanes.height * (points + 2)
    figure = go.Figure()
    # The axes keep one scale and may show more than the window on one of the sides.
    wider, higher = (east - west) * 1.5, (north - south) * 0.75
    coast_x, coast_y = outlines(west - wider, east + wider, south - higher, north + higher, most)
    figure.add_scatter(
        x=coast_x, y=coast_y, mode="lines", fill="toself", fillcolor="rgba(128, 138, 157, 0.13)", hoverinfo="skip",
        line={"color": AXIS, "width": 0.7}, showlegend=False,
    )  # fmt: skip
    place = {row[0]: (row[1], row[2]) for row in nodes.select("node", "longitude", "latitude").rows()}
    begins = np.array([place[one] for one in lanes["from_node"].to_list()], dtype=np.float64).reshape(-1, 2)
    ends = np.array([place[one] for one in lanes["to_node"].to_list()], dtype=np.float64).reshape(-1, 2)
    shapes = LaneShapes(
        begins[:, 0], begins[:, 1], ends[:, 0], ends[:, 1], lanes["cost_value"].fill_null(0).to_numpy(),
        lanes["late_rate"].cast(pl.Float64).fill_null(float("nan")).to_numpy(), lanes["lane"].to_list(), lane_hovers,
    )  # fmt: skip
    add_lanes(figure, shapes, _arcs(shapes, points), late_names, chosen_lane)
    marks = NodeMarks(
        nodes["longitude"].to_numpy(), nodes["latitude"].to_numpy(), nodes["tier"].to_numpy().astype(np.int64),
        nodes[size].cast(pl.Float64).fill_null(float("nan")).to_numpy(), nodes["node"].to_list(), node_hovers, labels,
        ["top center"] * nodes.height,
    )  # fmt: skip
    add_nodes(figure, marks, tier_names, chosen_node)
    figure.update_xaxes(visible=False, range=[west, east], fixedrange=True)
    figure.update_yaxes(
        visible=False, range=[south, north], fixedrange=True, scaleanchor="x",
        scaleratio=1 / math.cos(math.radians((south + north) / 2)),
    )  # fmt: skip
    finish(figure, height)
    figure.update_layout(
        showlegend=True, margin_t=70, hovermode="closest", clickmode="event+select",
        legend={"orientation": "h", "x": 0, "y": 1.0, "yanchor": "bottom", "title": None, "font": {"color": REFERENCE},
                "itemsizing": "constant"},
    )  # fmt: skip
    return figure


def _arcs(lanes: LaneShapes, points: int) -> tuple[Values, Values]:
    """Lanes bent a little to the left of their way, so that the two directions of a pair lie apart."""
    share = np.linspace(0.0, 1.0, points)[None, :]
    across, up = (lanes.end_x - lanes.begin_x)[:, None], (lanes.end_y - lanes.begin_y)[:, None]
    bend = 0.12 * 4 * share * (1 - share)
    return lanes.begin_x[:, None] + across * share - up * bend, lanes.begin_y[:, None] + up * share + across * bend
