"""The chain from a cause to a customer line: late supply, waiting order, next waiting order, customer line."""

from __future__ import annotations

import numpy as np
import polars as pl

from planning.detection.impact import HIDDEN, LATE_SUPPLY, LIKELY, PlanGraph, incidence, reach

CHAIN = {
    "alert_key": pl.String, "sales_order_line_id": pl.String, "step": pl.Int64, "document_type": pl.String,
    "document_id": pl.String, "item_id": pl.String, "location_id": pl.String, "quantity": pl.Float64,
    "asked_date": pl.Date, "available_date": pl.Date, "late_days": pl.Int64,
}  # fmt: skip
# A plan is never so deep; a chain that comes back to itself ends here.
_MOST_STEPS = 40


def chains(graph: PlanGraph, hits: pl.DataFrame, nodes: pl.DataFrame) -> pl.DataFrame:
    """One row per step of each line that an alert hits, the cause's supply first: CHAIN.

    From the line back along the link that is late the longest, among those that the finding reaches, to a document that
    the finding touches. `hits` has alert_key, finding_id, sales_order_line_id, tier.
    """
    parts = []
    for is_hidden in (False, True):
        some = hits.filter((pl.col("tier") >= LIKELY) == is_hidden, pl.col("tier") <= HIDDEN)
        parts.append(_traced(graph, some, nodes, is_hidden))
    return pl.concat(parts).sort("alert_key", "sales_order_line_id", "step")


def _traced(graph: PlanGraph, hits: pl.DataFrame, nodes: pl.DataFrame, is_hidden: bool) -> pl.DataFrame:
    names = hits["finding_id"].unique().sort().to_list()
    own = incidence(graph, nodes, "finding_id", names)
    through = np.ones(graph.source.size, np.bool_) if is_hidden else graph.late
    start = own
    surely = reach(graph, own & graph.is_root[:, None], through)
    reached = reach(graph, start, through)
    links = graph.links.filter(pl.Series(through)).select(
        "source", "target", "link_number", "supply_type", "supply_id", "item_id", "location_id", "quantity",
        "demand_date", "supply_date", "possible_date", "late_days",
    )  # fmt: skip
    at = pl.DataFrame({"finding_id": names}, schema={"finding_id": pl.String}).with_row_index("finding")
    current = (
        hits.join(at, on="finding_id")
        .with_columns(key="sales_order_line|" + pl.col("sales_order_line_id"))
        .join(graph.nodes.select("key", pl.col("node").alias("target")), on="key")
        .select("alert_key", "sales_order_line_id", "finding", "tier", "target")
    )
    steps = []
    for step in range(_MOST_STEPS):
        if current.is_empty():
            break
        back = current.join(links, on="target").sort("alert_key", "sales_order_line_id", "link_number")
        source, finding = back["source"].to_numpy(), back["finding"].to_numpy()
        sure = (back["tier"] == LATE_SUPPLY).to_numpy()
        allowed = np.where(sure & (not is_hidden), surely[source, finding], reached[source, finding])
        back = (
            back.filter(pl.Series(allowed, dtype=pl.Boolean))
            .sort(
                "alert_key",
                "sales_order_line_id",
                "late_days",
                "supply_date",
                "link_number",
                descending=[False, False, True, True, False],
                nulls_last=True,
            )
            .unique(["alert_key", "sales_order_line_id"], keep="first", maintain_order=True)
        )
        steps.append(back.with_columns(step=pl.lit(-step, pl.Int64)))
        source, finding = back["source"].to_numpy(), back["finding"].to_numpy()
        sure = (back["tier"] == LATE_SUPPLY).to_numpy() & (not is_hidden)
        ends = own[source, finding] & (graph.is_root[source] | ~sure)
        current = back.filter(pl.Series(~ends, dtype=pl.Boolean)).select(
            "alert_key", "sales_order_line_id", "finding", "tier", pl.col("source").alias("target")
        )
    if not steps:
        return pl.DataFrame(schema=CHAIN)
    return (
        pl.concat(steps)
        .with_columns(step=pl.col("step") - pl.col("step").min().over("alert_key", "sales_order_line_id") + 1)
        .select(
            "alert_key",
            "sales_order_line_id",
            "step",
            pl.col("supply_type").alias("document_type"),
            pl.col("supply_id").alias("document_id"),
            "item_id",
            "location_id",
            "quantity",
            pl.col("demand_date").alias("asked_date"),
            pl.coalesce("possible_date", "supply_date").alias("available_date"),
            "late_days",
        )
        .select(pl.col(name).cast(kind) for name, kind in CHAIN.items())
    )
