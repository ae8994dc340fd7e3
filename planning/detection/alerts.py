"""From findings to alerts: impact, causes, money, chains, all of them at once."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from planning.detection.causes import members, parents
from planning.detection.chains import chains
from planning.detection.findings import DetectionRows, Findings
from planning.detection.impact import LIKELY, PlanGraph, hits, incidence, line_money, reach, touched_nodes
from planning.detection.ranking import (
    SELF,
    alert_hits,
    beside,
    line_parents,
    own_values,
    ranked,
    shared,
    without_effect,
)


@dataclass(frozen=True, slots=True)
class Alerts:
    """The alerts of a build, the most money first, and what hangs on them; every frame names the `alert_key`.

    `supplies` are those late by themselves that an alert sits on. `amounts` has the money of each alert by customer and
    place, so that a reader's scope can narrow it.
    """

    alerts: pl.DataFrame
    members: pl.DataFrame
    evidence: pl.DataFrame
    touches: pl.DataFrame
    hits: pl.DataFrame
    amounts: pl.DataFrame
    causes: pl.DataFrame
    supplies: pl.DataFrame


def alerts_of(rows: DetectionRows, found: Findings) -> Alerts:
    """Everything about the alerts that the findings make up. The order of rows that come in changes nothing."""
    findings = found.findings.sort("finding_id")
    graph = PlanGraph.of(rows["pegging_links"])
    nodes = touched_nodes(graph, found.touches, rows)
    lines = line_money(rows)
    parent = parents(graph, findings, found.touches, nodes)
    reached = hits(graph, findings, nodes, lines, rows["risk_drivers"])
    claims = alert_hits(reached, members(findings, parent), findings)
    next_to = beside(claims, parent, findings, lines)
    reached = reached.join(next_to, on="finding_id", how="anti")
    parent = pl.concat([parent, next_to])
    claims = alert_hits(reached, members(findings, parent), findings)
    findings = without_effect(findings, parent, claims)
    member = members(findings, pl.concat([parent, line_parents(claims, findings)]))
    held = _with_sole(graph, shared(claims, findings, lines), member, nodes)
    own = own_values(findings, member)
    alerts = ranked(findings, member, held, own)
    evidence = member.select("finding_id", "alert_key").join(found.evidence, on="finding_id")
    touches = member.select("finding_id", "alert_key").join(found.touches, on="finding_id")
    return Alerts(
        alerts=alerts,
        members=member.join(findings, on="finding_id").sort("alert_key", "finding_id"),
        evidence=evidence.sort("alert_key", "finding_id", "sequence"),
        touches=touches.sort("alert_key", "finding_id", "document_type", "document_id"),
        hits=held,
        amounts=_amounts(held, own, touches, graph, nodes, rows),
        causes=chains(graph, held, nodes),
        supplies=_late_supplies(graph, member, nodes),
    )


def _late_supplies(graph: PlanGraph, member: pl.DataFrame, nodes: pl.DataFrame) -> pl.DataFrame:
    """Supplies that an alert sits on, late by themselves, with customer lines hanging on them; the weightiest first."""
    late = graph.links.filter((pl.col("is_cause") == 1) & (pl.col("served_value") > 0))
    owned = nodes.join(member.select("finding_id", "alert_key"), on="finding_id").select("alert_key", "node").unique()
    return (
        owned.join(late, left_on="node", right_on="source")
        .group_by("alert_key", "supply_type", "supply_id", "item_id", "location_id")
        .agg(pl.col("late_days").max(), pl.col("served_value").max())
        .rename({"supply_type": "document_type", "supply_id": "document_id"})
        .sort("alert_key", "served_value", "document_id", "item_id", "location_id",
              descending=[False, True, False, False, False])
    )  # fmt: skip


def _with_sole(graph: PlanGraph, held: pl.DataFrame, member: pl.DataFrame, nodes: pl.DataFrame) -> pl.DataFrame:
    """`is_sole`: without the alert's documents no late supply would hold the line up; what is only likely or hidden is
    never sure.
    """
    names = held["alert_key"].unique().sort().to_list()
    causes = member.filter(~pl.col("finding_id").str.starts_with("order_")).select("finding_id", "alert_key")
    supplies = graph.nodes.filter(pl.col("document_type") != "sales_order_line").select("node")
    owned = nodes.join(causes, on="finding_id").join(supplies, on="node").select("alert_key", "node").unique()
    blocked = incidence(graph, owned, "alert_key", names)
    still = reach(graph, graph.is_root[:, None] & ~blocked, graph.late, blocked)
    at = pl.DataFrame({"alert_key": names}, schema={"alert_key": pl.String}).with_row_index("alert")
    placed = held.join(at, on="alert_key", maintain_order="left").join(
        graph.nodes.select(pl.col("key").str.strip_prefix("sales_order_line|").alias("sales_order_line_id"), "node")
        .filter(graph.nodes["document_type"] == "sales_order_line"),
        on="sales_order_line_id", how="left", maintain_order="left",
    )  # fmt: skip
    node = placed["node"].fill_null(0).to_numpy()
    others = still[node, placed["alert"].to_numpy()] if names else placed["node"].is_null().to_numpy()
    sole = (pl.col("tier") < LIKELY) & pl.col("node").is_not_null() & ~pl.Series("others", others, dtype=pl.Boolean)
    alone = pl.col("tier") == SELF
    return placed.with_columns(is_sole=(sole | alone).cast(pl.Int64)).drop("alert", "node")


def _amounts(
    held: pl.DataFrame,
    own: pl.DataFrame,
    touches: pl.DataFrame,
    graph: PlanGraph,
    nodes: pl.DataFrame,
    rows: DetectionRows,
) -> pl.DataFrame:
    """alert_key, customer_id, location_id, at_risk_value, exclusive_value, own_value.

    Money of order lines lies with their customer and place. A detector's own money lies evenly with the customers that
    the alert touches, else with the places of its documents, else with nobody: then only who sees everything sees it.
    """
    by_line = held.group_by("alert_key", "customer_id", "location_id").agg(
        at_risk_value=pl.col("line_value").sort().sum(),
        exclusive_value=pl.col("exclusive_value").sort().sum(),
        own_value=pl.lit(0.0),
    )
    touched = touches.filter(pl.col("document_type") == "customer").select(
        "alert_key", pl.col("document_id").alias("customer_id")
    )
    documents = touches.join(rows["document_customers"], on=["document_type", "document_id"]).select(
        "alert_key", "customer_id"
    )
    customers = pl.concat([touched, documents]).unique().with_columns(pl.lit(None, pl.String).alias("location_id"))
    of_nodes = (
        nodes.join(touches.select("finding_id", "alert_key").unique(), on="finding_id")
        .join(graph.nodes.select("node", "item_location"), on="node")
        .select("alert_key", pl.col("item_location").alias("place"))
    )
    of_touches = touches.filter(pl.col("document_type") == "item_location").select(
        "alert_key", pl.col("document_id").alias("place")
    )
    places = (
        pl.concat([of_nodes, of_touches])
        .drop_nulls()
        .select("alert_key", pl.lit(None, pl.String).alias("customer_id"),
                pl.col("place").str.split("@").list.last().alias("location_id"))
        .unique()
        .join(customers, on="alert_key", how="anti")
    )  # fmt: skip
    known = pl.concat([customers.select("alert_key", "customer_id", "location_id"), places])
    count = known.group_by("alert_key").agg(pl.len().alias("parts"))
    by_own = (
        own.group_by("alert_key")
        .agg(pl.col("own_value").sort().sum())
        .join(known, on="alert_key", how="left")
        .join(count, on="alert_key", how="left")
        .select(
            "alert_key",
            "customer_id",
            "location_id",
            pl.lit(0.0).alias("at_risk_value"),
            pl.lit(0.0).alias("exclusive_value"),
            pl.col("own_value") / pl.col("parts").fill_null(1),
        )
    )
    # An alert without money is there all the same, for those who see what it touches.
    seen = known.select(
        "alert_key", "customer_id", "location_id",
        *[pl.lit(0.0).alias(name) for name in ("at_risk_value", "exclusive_value", "own_value")],
    )  # fmt: skip
    return (
        pl.concat([by_line, by_own, seen])
        .group_by("alert_key", "customer_id", "location_id")
        .agg(pl.col(name).sort().sum() for name in ("at_risk_value", "exclusive_value", "own_value"))
        .sort("alert_key", "customer_id", "location_id", nulls_last=True)
    )
