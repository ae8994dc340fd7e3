"""Whom trouble hits: from the documents that it sits on along the plan's pegging up to customer order lines.

Nodes are supplies and demands of the plan, links are its pegging. A finding reaches what takes from its documents, and
what takes from that in turn. All findings are walked at once: a matrix of nodes × findings, level by level.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from planning.detection.findings import DetectionRows
from planning.detection.kinds import KINDS, SYMPTOMS

Booleans = npt.NDArray[np.bool_]
Integers = npt.NDArray[np.int64]

# How a finding reaches a line, the surest first: its own late supply holds the line up; a supply of it passes lateness
# on, or the finding names the line; a supply of it is what makes the line likely late, by how such supplies really
# came; or the plan does not know of the trouble yet and the line takes from it.
LATE_SUPPLY, PASSED_ON, LIKELY, HIDDEN = 1, 2, 3, 4
HITS = {"finding_id": pl.String, "sales_order_line_id": pl.String, "tier": pl.Int64, "days": pl.Float64}

# Supplies and demands that are one row for each item at a place, not a document of their own.
_OF_A_PLACE = ("stock", "by_product", "forecast", "expiry")
_PLAN_WORD = {"transfer_order_line": "transfer_order"}


@dataclass(frozen=True, slots=True)
class PlanGraph:
    """`nodes`: node, key, document_type, item_location (null for demands of which nothing is made). Links run from
    `source` to `target`, sorted by target; `days` by which each is late. `is_root`: late by itself.
    """

    nodes: pl.DataFrame
    links: pl.DataFrame
    source: Integers
    target: Integers
    days: npt.NDArray[np.float64]
    is_root: Booleans

    @classmethod
    def of(cls, links: pl.DataFrame) -> PlanGraph:
        """The graph of the rows `pegging_links`."""
        keyed = links.with_columns(
            source_key=_key("supply_type", "supply_id"), target_key=_key("demand_type", "demand_id")
        )
        place = (pl.col("item_id") + "@" + pl.col("location_id")).alias("item_location")
        supplies = keyed.select(pl.col("source_key").alias("key"), pl.col("supply_type").alias("document_type"), place)
        demands = keyed.select(
            pl.col("target_key").alias("key"),
            pl.col("demand_type").alias("document_type"),
            pl.lit(None, pl.String).alias("item_location"),
        )
        nodes = (
            pl.concat([supplies, demands])
            .group_by("key")
            .agg(pl.col("document_type").min(), pl.col("item_location").drop_nulls().min())
            .sort("key")
            .with_row_index("node")
            .with_columns(pl.col("node").cast(pl.Int64))
        )
        number = nodes.select("key", "node")
        keyed = (
            keyed.join(number.rename({"key": "source_key", "node": "source"}), on="source_key")
            .join(number.rename({"key": "target_key", "node": "target"}), on="target_key")
            .sort("target", "source", "link_number")
        )
        is_root = np.zeros(nodes.height, np.bool_)
        is_root[keyed.filter(pl.col("is_cause") == 1)["source"].to_numpy()] = True
        return cls(
            nodes, keyed, keyed["source"].to_numpy(), keyed["target"].to_numpy(),
            keyed["late_days"].cast(pl.Float64).to_numpy(), is_root,
        )  # fmt: skip

    @property
    def size(self) -> int:
        return self.nodes.height

    @property
    def late(self) -> Booleans:
        """Which links are late."""
        return self.days > 0


def reach(graph: PlanGraph, start: Booleans, through: Booleans, blocked: Booleans | None = None) -> Booleans:
    """Nodes × findings: what can be reached from `start` along the links chosen by `through`; blocked nodes never."""
    found = start if blocked is None else start & ~blocked
    source, target = graph.source[through], graph.target[through]
    if not source.size or not start.shape[1]:
        return found
    found = found.copy()
    targets, first = np.unique(target, return_index=True)
    while True:
        more = np.logical_or.reduceat(found[source], first, axis=0)
        if blocked is not None:
            more &= ~blocked[targets]
        if not (more & ~found[targets]).any():
            return found
        found[targets] |= more


def touched_nodes(graph: PlanGraph, touches: pl.DataFrame, rows: DetectionRows) -> pl.DataFrame:
    """Which nodes findings sit on: finding_id, node. Documents that are not in the plan have none."""
    nodes = graph.nodes
    documents = touches.with_columns(
        key=pl.col("document_type").replace(_PLAN_WORD) + "|" + pl.col("document_id")
    ).join(nodes.select("key", "node"), on="key")
    places = touches.filter(pl.col("document_type") == "item_location").join(
        nodes.select("item_location", "node"), left_on="document_id", right_on="item_location"
    )
    orders = rows["work_centre_orders"].select(
        pl.col("work_centre_id"), ("production_order|" + pl.col("production_order_id")).alias("key")
    )
    centres = (
        touches.filter(pl.col("document_type") == "work_centre")
        .join(orders, left_on="document_id", right_on="work_centre_id")
        .join(nodes.select("key", "node"), on="key")
    )
    return pl.concat([one.select("finding_id", "node") for one in (documents, places, centres)]).unique().sort(
        "finding_id", "node"
    )  # fmt: skip


def incidence(graph: PlanGraph, pairs: pl.DataFrame, column: str, names: list[str]) -> Booleans:
    """Nodes × names: true where `pairs` has the node with the name in `column`."""
    found = np.zeros((graph.size, len(names)), np.bool_)
    index = pl.DataFrame({column: names}, schema={column: pl.String}).with_row_index("at")
    chosen = pairs.join(index, on=column)
    found[chosen["node"].to_numpy(), chosen["at"].to_numpy()] = True
    return found


def line_money(rows: DetectionRows) -> pl.DataFrame:
    """The money at risk of each open line that is late or likelier late than in time; the one method for all alerts.

    Late: the net value of the part that is late. At risk: net value × chance of being late.
    """
    lines = rows["open_order_lines"]
    late = pl.col("late_value") > 0
    risky = ~late & (pl.col("in_time_rate") < 0.5)
    return (
        lines.filter(late | risky)
        .with_columns(
            is_late=late.cast(pl.Int64),
            line_value=pl.when(late).then("late_value").otherwise(pl.col("expected_late_value").fill_null(0.0)),
        )
        .sort("sales_order_line_id")
    )


def hits(
    graph: PlanGraph, findings: pl.DataFrame, nodes: pl.DataFrame, lines: pl.DataFrame, drivers: pl.DataFrame
) -> pl.DataFrame:
    """Which late or risky lines each finding reaches, how surely and with how many days of delay: HITS.

    Of LIKELY the days are the share of the line's lateness that its drivers among the finding's supplies make up.
    Findings of `order_late` and `order_at_risk` are lines themselves and are left out.
    """
    walked = findings.filter(~pl.col("kind").is_in(["order_late", "order_at_risk"]))
    names = walked["finding_id"].to_list()
    line_nodes = lines.with_columns(key="sales_order_line|" + pl.col("sales_order_line_id")).join(
        graph.nodes.select("key", "node"), on="key"
    )
    own = incidence(graph, nodes, "finding_id", names)
    surely = reach(graph, own & graph.is_root[:, None], graph.late)
    passing = reach(graph, own, graph.late)
    hidden_kinds = [name for name, kind in KINDS.items() if kind.hides_from_plan]
    hides = walked["kind"].is_in(hidden_kinds).to_numpy()
    hidden = np.zeros_like(own)
    hidden[:, hides] = reach(graph, own[:, hides], np.ones(graph.source.size, np.bool_))
    is_short = walked["kind"].is_in(SYMPTOMS).to_numpy()
    passing[:, is_short] = False
    parts = [
        _held(graph, surely, line_nodes, names, LATE_SUPPLY),
        _held(graph, passing, line_nodes, names, PASSED_ON),
        _driven(graph, nodes, walked, lines, drivers),
        _taking(hidden, line_nodes, names),
        _direct(own, line_nodes, names),
    ]
    return (
        pl.concat(parts)
        .filter(pl.col("days") > 0)
        .sort("finding_id", "sales_order_line_id", "tier", "days", descending=[False, False, False, True])
        .unique(["finding_id", "sales_order_line_id"], keep="first", maintain_order=True)
    )


def _key(kind: str, name: str) -> pl.Expr:
    document = pl.col(kind) + "|" + pl.col(name).fill_null("")
    place = "|" + pl.col("item_id") + "@" + pl.col("location_id")
    return pl.when(pl.col(kind).is_in(_OF_A_PLACE)).then(document + place).otherwise(document)


def _held(graph: PlanGraph, reached: Booleans, lines: pl.DataFrame, names: list[str], tier: int) -> pl.DataFrame:
    """Lines with a late link from a reached supply; the days of the latest such link."""
    into = (
        pl.DataFrame({"source": graph.source, "node": graph.target, "days": graph.days})
        .filter(pl.col("days") > 0)
        .join(lines.select("node", "sales_order_line_id"), on="node")
        .sort("sales_order_line_id", "source", "days")
    )
    at, finding = np.nonzero(reached[into["source"].to_numpy()])
    found = pl.DataFrame(
        {
            "finding_id": pl.Series(names, dtype=pl.String).gather(finding),
            "sales_order_line_id": into["sales_order_line_id"].gather(at),
            "days": into["days"].gather(at),
        }
    )
    return (
        found.group_by("finding_id", "sales_order_line_id")
        .agg(pl.col("days").max())
        .select("finding_id", "sales_order_line_id", pl.lit(tier, pl.Int64).alias("tier"), "days")
    )


def _driven(
    graph: PlanGraph, nodes: pl.DataFrame, walked: pl.DataFrame, lines: pl.DataFrame, drivers: pl.DataFrame
) -> pl.DataFrame:
    """Lines whose lateness comes from a supply that a finding sits on, in the simulation of how supplies came."""
    named = drivers.filter(pl.col("late_share") > 0).with_columns(
        key=pl.col("driver_type").replace(_PLAN_WORD) + "|" + pl.col("driver_id")
    )
    return (
        named.join(graph.nodes.select("key", "node"), on="key")
        .join(nodes.join(walked.select("finding_id"), on="finding_id", how="semi"), on="node")
        .join(lines.select("sales_order_line_id"), on="sales_order_line_id", how="semi")
        .group_by("finding_id", "sales_order_line_id")
        .agg(pl.col("late_share").sort().sum().alias("days"))
        .select("finding_id", "sales_order_line_id", pl.lit(LIKELY, pl.Int64).alias("tier"), "days")
    )


def _taking(reached: Booleans, lines: pl.DataFrame, names: list[str]) -> pl.DataFrame:
    at, finding = np.nonzero(reached[lines["node"].to_numpy()])
    return pl.DataFrame(
        {
            "finding_id": pl.Series(names, dtype=pl.String).gather(finding),
            "sales_order_line_id": lines["sales_order_line_id"].gather(at),
            "tier": np.full(at.size, HIDDEN),
            "days": np.ones(at.size),
        },
        schema=HITS,
    )


def _direct(own: Booleans, lines: pl.DataFrame, names: list[str]) -> pl.DataFrame:
    """Lines that a finding names itself: less sure than a late supply that holds them up."""
    at, finding = np.nonzero(own[lines["node"].to_numpy()])
    return pl.DataFrame(
        {
            "finding_id": pl.Series(names, dtype=pl.String).gather(finding),
            "sales_order_line_id": lines["sales_order_line_id"].gather(at),
            "tier": np.full(at.size, PASSED_ON),
            "days": lines["late_days"].cast(pl.Float64).clip(lower_bound=1.0).gather(at),
        },
        schema=HITS,
    )
