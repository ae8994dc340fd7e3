"""The network as it is drawn: small nodes gathered, customers placed in the middle of their country."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import polars as pl

from tower.queries.network import CUSTOMERS

# What is asked of a drawing: how large a node is.
SIZES = ("stock_value", "flow_value", "cover_days")
# A figure may have 5,000 points, of which the coasts take a part.
MOST_NODES, MOST_LANES = 600, 600
_SUMMED: Final = (
    "stock_value", "stock_quantity", "on_order_value", "in_transit_value", "late_lines", "items", "in_value",
    "out_value", "flow_value", "customers",
)  # fmt: skip
_LANE_SUMS: Final = (
    "quantity", "cost_value", "lines", "dated_lines", "late_lines", "actual_days", "planned_days", "timed_lines",
)  # fmt: skip


def gathered(nodes: pl.DataFrame, lanes: pl.DataFrame, most: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Nodes and lanes with the `most` nodes of the largest flow in each tier; the rest of a tier is one node
    others:<tier> with their sums. `members` says how many nodes one stands for."""
    ranked = nodes.sort("tier", "flow_value", "node", descending=[False, True, False]).with_columns(
        pl.int_range(pl.len()).over("tier").alias("rank"), pl.len().over("tier").alias("of_tier")
    )
    # One node too many is no reason for a heap of one.
    is_kept = (pl.col("rank") < most) | (pl.col("of_tier") <= most + 1)
    target = pl.when(is_kept).then(pl.col("node")).otherwise(pl.concat_str(pl.lit("others:"), pl.col("tier")))
    return _regrouped(ranked.with_columns(target.alias("target")), lanes)


def largest(nodes: pl.DataFrame, lanes: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """What one figure can hold: the MOST_NODES nodes of the largest flow, and of their lanes the MOST_LANES largest."""
    kept = nodes.sort("flow_value", "node", descending=[True, False]).head(MOST_NODES)
    names = kept["node"].to_list()
    between = lanes.filter(pl.col("from_node").is_in(names) & pl.col("to_node").is_in(names)).head(MOST_LANES)
    return kept.sort("tier", "flow_value", "node", descending=[False, True, False]), between


def placed(
    nodes: pl.DataFrame, lanes: pl.DataFrame, middles: Mapping[str, tuple[float, float]]
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Nodes that have a place on the map, the lanes between them, and the nodes that have none.

    Customers have no address: those of a country stand in its middle (longitude, latitude of `middles`), together.
    """
    is_customer = pl.col("tier") == CUSTOMERS
    target = pl.when(is_customer & pl.col("country_code").is_in(list(middles))).then(
        pl.concat_str(pl.lit("country:"), pl.col("country_code"))
    ).otherwise(pl.col("node"))  # fmt: skip
    drawn, between = _regrouped(nodes.with_columns(target.alias("target")), lanes)
    at = pl.DataFrame(
        {
            "target": [f"country:{code}" for code in middles],
            "middle_longitude": [one[0] for one in middles.values()],
            "middle_latitude": [one[1] for one in middles.values()],
        },
        schema={"target": pl.String, "middle_longitude": pl.Float64, "middle_latitude": pl.Float64},
    )
    drawn = (
        drawn.join(at, left_on="node", right_on="target", how="left", maintain_order="left")
        .with_columns(
            pl.coalesce("longitude", "middle_longitude").alias("longitude"),
            pl.coalesce("latitude", "middle_latitude").alias("latitude"),
        )
        .drop("middle_longitude", "middle_latitude")
    )
    here = drawn.filter(pl.col("longitude").is_not_null() & pl.col("latitude").is_not_null())
    lost = drawn.filter(pl.col("longitude").is_null() | pl.col("latitude").is_null())
    names = here["node"].to_list()
    return here, between.filter(pl.col("from_node").is_in(names) & pl.col("to_node").is_in(names)), lost


def _regrouped(nodes: pl.DataFrame, lanes: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Nodes summed into their `target`, lanes between the targets; a lane inside one target is no lane."""
    targets = nodes.select("node", "target")
    one = pl.len() == 1
    found = (
        nodes.group_by("target", maintain_order=True)
        .agg(
            pl.col("tier").first(),
            pl.when(one).then(pl.col("name").first()).alias("name"),
            pl.when(one).then(pl.col("kind").first()).alias("kind"),
            pl.col("country_code").first(),
            pl.when(one).then(pl.col("latitude").first()).alias("latitude"),
            pl.when(one).then(pl.col("longitude").first()).alias("longitude"),
            *(pl.when(pl.col(name).is_not_null().any()).then(pl.col(name).sum()).alias(name) for name in _SUMMED),
            pl.when(one).then(pl.col("cover_days").first()).alias("cover_days"),
            pl.when(one).then(pl.col("horizon_days").first()).alias("horizon_days"),
            pl.col("next_due_date").min(),
            pl.col("is_measured").any(),
            pl.len().alias("members"),
        )
        .rename({"target": "node"})
        .sort("tier", "flow_value", "node", descending=[False, True, False])
    )
    between = (
        lanes.join(targets.rename({"node": "from_node", "target": "begins"}), on="from_node", how="inner")
        .join(targets.rename({"node": "to_node", "target": "ends"}), on="to_node", how="inner")
        .filter(pl.col("begins") != pl.col("ends"))
        .group_by("begins", "ends").agg(pl.col(_LANE_SUMS).sum(), pl.len().alias("lanes"))
        .rename({"begins": "from_node", "ends": "to_node"})
        .sort("cost_value", "from_node", "to_node", descending=[True, False, False])
    )  # fmt: skip
    return found, between
