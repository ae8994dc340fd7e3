"""Nodes and lanes of the supply network in the reader's words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from tower.i18n.numbers import MISSING
from tower.ui.view import View


def cover_words(view: View, days: float | None, horizon: int | None, demand: float | None = None) -> str:
    """Days that the stock lasts; beyond the plan's look-ahead, how long that is; empty without any demand."""
    if days is not None:
        return view.numbers.value(days, "days", 0 if days >= 10 else 1)
    if horizon and (demand is None or demand > 0):
        return view.text("network.beyond", days=view.numbers.integer(horizon))
    return MISSING


def node_name(view: View, row: Mapping[str, Any]) -> str:
    """What a node is called: a place, a supplier, a customer, those of a country, or the rest of a tier."""
    text, numbers = view.text, view.numbers
    kind, _, name = str(row["node"]).partition(":")
    if kind == "others":
        return text("network.others", count=numbers.integer(row["members"]))
    if kind == "country":
        return text("network.customers_in", country=name, count=numbers.integer(row["customers"]))
    if kind == "region":
        country, _, region = name.partition("|")
        place = " · ".join(one for one in (region, country) if one) or text("network.unknown_region")
        return text("network.customers_in", country=place, count=numbers.integer(row["customers"]))
    return str(row["name"] or name)


def with_names(view: View, nodes: pl.DataFrame) -> pl.DataFrame:
    """Nodes with `shown`, their name in the reader's words, and `cover`, days in words."""
    rows = list(nodes.iter_rows(named=True))
    return nodes.with_columns(
        pl.Series("shown", [node_name(view, row) for row in rows], pl.String),
        pl.Series("cover", [cover_words(view, row["cover_days"], row["horizon_days"]) for row in rows], pl.String),
        pl.Series("tier_name", [view.text(f"network_tier.{row['tier']}") for row in rows], pl.String),
    )


def with_lane_names(lanes: pl.DataFrame, names: Mapping[str, str]) -> pl.DataFrame:
    """Lanes with `lane` (their id), `from_name`, `to_name`, `late_rate`, and mean days planned and taken."""
    timed = pl.when(pl.col("timed_lines") > 0).then(pl.col("timed_lines"))
    return lanes.with_columns(
        pl.concat_str("from_node", pl.lit(">"), "to_node").alias("lane"),
        pl.col("from_node").replace_strict(dict(names), default=None, return_dtype=pl.String).alias("from_name"),
        pl.col("to_node").replace_strict(dict(names), default=None, return_dtype=pl.String).alias("to_name"),
        pl.when(pl.col("dated_lines") > 0).then(pl.col("late_lines") / pl.col("dated_lines")).alias("late_rate"),
        (pl.col("planned_days") / timed).alias("mean_planned_days"),
        (pl.col("actual_days") / timed).alias("mean_actual_days"),
    )


def node_hover(view: View, row: Mapping[str, Any]) -> str:
    """What the pointer says of a node."""
    text, numbers = view.text, view.numbers
    lines = [f"<b>{row['shown']}</b>", text(f"network_tier.{row['tier']}")]
    for name in ("stock_value", "flow_value", "on_order_value", "in_transit_value"):
        if row[name]:
            lines.append(f"{text(f'network_column.{name}')}: {numbers.value(row[name], 'money')}")
    if row["cover"] != MISSING:
        lines.append(f"{text('network_column.cover')}: {row['cover']}")
    if row["late_lines"]:
        lines.append(f"{text('network_column.late_lines')}: {numbers.integer(row['late_lines'])}")
    return "<br>".join(lines)


def lane_hover(view: View, row: Mapping[str, Any]) -> str:
    """What the pointer says of a lane."""
    text, numbers = view.text, view.numbers
    lines = [f"<b>{row['from_name']} → {row['to_name']}</b>"]
    if row["lines"]:
        count = text("network.lines", count=numbers.integer(row["lines"]))
        lines.append(f"{numbers.value(row['cost_value'], 'money')} · {count}")
        lines.append(f"{text('network_column.late_rate')}: {numbers.value(row['late_rate'], 'percent')}")
        if row["mean_actual_days"] is not None:
            lines.append(
                text(
                    "network.days_against_plan", actual=numbers.value(row["mean_actual_days"], "days"),
                    planned=numbers.value(row["mean_planned_days"], "days"),
                )
            )  # fmt: skip
    else:
        lines.append(text("network.known_only"))
    return "<br>".join(lines)
