"""The supply network in layers, from the supplier's supplier on the left to the customer on the right."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
import polars as pl
from numpy.typing import NDArray

from tower.charts.lanes import LaneShapes, add_lanes
from tower.charts.network_nodes import NodeMarks, add_nodes
from tower.charts.style import MAX_POINTS, REFERENCE, finish

Values = NDArray[np.float64]
ROW_HEIGHT = 30
CURVE_POINTS = 13
LONGEST_LABEL = 30


def layered(nodes: pl.DataFrame, lanes: pl.DataFrame) -> tuple[Values, Values]:
    """Where each node stands, as (x, y) in the order of `nodes`: x counts the tiers that are there, y lies in 0 to 1.

    `nodes` holds node, tier and flow_value; `lanes` from_node, to_node and cost_value. Own tiers stand in the order of
    their flow; a node of another tier as near as there is room to the middle of what it is joined to (one pass of the
    barycentre rule of Sugiyama, Tagawa and Toda 1981). The same network stands in the same places, whatever its order.
    """
    tiers = nodes["tier"].unique().sort().to_list()
    ids = nodes.select("node", "tier", "flow_value")
    own = ids.sort("tier", "flow_value", "node", descending=[False, True, False]).with_columns(
        ((pl.int_range(pl.len()).over("tier") + 0.5) / pl.len().over("tier")).alias("height")
    )
    inner = own.filter(pl.col("tier").is_in([2, 3]))
    both = pl.concat(
        [
            lanes.select(pl.col("from_node").alias("node"), pl.col("to_node").alias("joined"), "cost_value"),
            lanes.select(pl.col("to_node").alias("node"), pl.col("from_node").alias("joined"), "cost_value"),
        ]
    )
    # One unit more than the value: a lane without a value pulls as well.
    weight = pl.col("cost_value").fill_null(0.0) + 1.0
    pulled = (
        both.join(inner.select(pl.col("node").alias("joined"), "height"), on="joined", how="inner")
        .sort("node", "joined")
        .group_by("node").agg(((pl.col("height") * weight).sum() / weight.sum()).round(9).alias("wanted"))
    )  # fmt: skip
    ranked = (
        own.join(pulled, on="node", how="left")
        .with_columns(
            pl.when(pl.col("tier").is_in([2, 3])).then(pl.col("height")).otherwise(pl.col("wanted").fill_null(2.0))
            .alias("wanted")
        )
        .sort("tier", "wanted", "flow_value", "node", descending=[False, False, True, False])
        .with_columns(
            ((pl.int_range(pl.len()).over("tier") + 0.5) / pl.len().over("tier")).alias("y"),
            pl.col("tier").replace_strict(tiers, list(range(len(tiers))), return_dtype=pl.Float64).alias("x"),
        )
    )  # fmt: skip
    found = ids.select("node").join(ranked.select("node", "x", "y"), on="node", how="left", maintain_order="left")
    return found["x"].to_numpy(), 1.0 - found["y"].to_numpy()


def curves(lanes: LaneShapes, points: int) -> tuple[Values, Values]:
    """One smooth curve for each lane, level at both ends; lanes within a tier bulge to the right."""
    share = np.linspace(0.0, 1.0, points)[None, :]
    rise = share * share * (3 - 2 * share)
    x = lanes.begin_x[:, None] + (lanes.end_x - lanes.begin_x)[:, None] * share
    y = lanes.begin_y[:, None] + (lanes.end_y - lanes.begin_y)[:, None] * rise
    is_level = (lanes.begin_x == lanes.end_x)[:, None]
    # The two directions of a pair bulge apart.
    bulge = np.where(lanes.begin_y > lanes.end_y, 0.34, 0.22)[:, None]
    return x + np.where(is_level, bulge * 4 * share * (1 - share), 0.0), y


def network_graph_figure(
    nodes: pl.DataFrame,
    lanes: pl.DataFrame,
    *,
    size: str,
    labels: Sequence[str],
    node_hovers: Sequence[str],
    lane_hovers: Sequence[str],
    tier_names: Sequence[str],
    late_names: Sequence[str],
    chosen_node: str | None = None,
    chosen_lane: str | None = None,
) -> go.Figure:
    """`nodes` holds node, tier, flow_value and the column `size`; `lanes` from_node, to_node, lane, cost_value and
    late_rate.

    Raises ValueError where the marks alone would be more than MAX_POINTS.
    """
    if nodes.height + 3 * lanes.height > MAX_POINTS:
        raise ValueError(f"{nodes.height:,} nodes and {lanes.height:,} lanes are too many for one figure; show fewer.")
    x, y = layered(nodes, lanes)
    at = {node: number for number, node in enumerate(nodes["node"].to_list())}
    begins = np.array([at[one] for one in lanes["from_node"].to_list()], dtype=np.int64)
    ends = np.array([at[one] for one in lanes["to_node"].to_list()], dtype=np.int64)
    shapes = LaneShapes(
        x[begins], y[begins], x[ends], y[ends], lanes["cost_value"].fill_null(0).to_numpy(),
        lanes["late_rate"].cast(pl.Float64).fill_null(float("nan")).to_numpy(), lanes["lane"].to_list(), lane_hovers,
    )  # fmt: skip
    points = max(2, min(CURVE_POINTS, (MAX_POINTS - nodes.height) // max(1, lanes.height) - 2))
    figure = go.Figure()
    add_lanes(figure, shapes, curves(shapes, points), late_names, chosen_lane)
    last = float(x.max(initial=0.0))
    positions = ["middle left" if one == 0 else "middle right" if one == last else "top center" for one in x]
    marks = NodeMarks(
        x, y, nodes["tier"].to_numpy().astype(np.int64),
        nodes[size].cast(pl.Float64).fill_null(float("nan")).to_numpy(), nodes["node"].to_list(), node_hovers,
        [one if len(one) <= LONGEST_LABEL else f"{one[: LONGEST_LABEL - 1]}…" for one in labels], positions,
    )  # fmt: skip
    add_nodes(figure, marks, tier_names, chosen_node)
    # Room at the sides for the names of the first and the last tier.
    room = 0.22 + 0.2 * max(1.0, last)
    figure.update_xaxes(visible=False, fixedrange=True, range=[-room, last + room])
    figure.update_yaxes(visible=False, fixedrange=True, range=[-0.03, 1.05])
    tallest = max(nodes.group_by("tier").len()["len"].to_list(), default=1)
    finish(figure, max(380, tallest * ROW_HEIGHT + 90))
    figure.update_layout(
        showlegend=True, margin_t=70, hovermode="closest", clickmode="event+select",
        legend={"orientation": "h", "x": 0, "y": 1.0, "yanchor": "bottom", "title": None, "font": {"color": REFERENCE},
                "itemsizing": "constant"},
    )  # fmt: skip
    return figure
