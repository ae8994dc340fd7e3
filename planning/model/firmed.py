"""Planned orders that planners took over as firm: which of them the plan keeps, and why it leaves the others out.

One that is kept is open supply with its own dates and quantity: the plan nets it, plans its parts, and never moves it.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from planning.model.documents import SUPPLY_SCHEMA
from planning.model.rows import KEY, PlanningRows
from planning.mrp.codes import SourceKind, SupplyKind

FIRM_PLANNED = "firm_planned_order"
PREFIX = "FIRM-"
PLANNED, ORDERED, NO_ITEM, NO_PLACE, NO_SOURCE = "planned", "ordered", "no_item", "no_location", "no_source"
# The findings of orders that are left out because what they name is gone.
FINDINGS = {NO_ITEM: "firmed_item_gone", NO_PLACE: "firmed_location_gone", NO_SOURCE: "firmed_source_gone"}
_WAYS = {kind.name.lower(): int(kind) for kind in SourceKind}


@dataclass(frozen=True, slots=True)
class FirmedOrders:
    """`states`: the orders with `document_id`, `source` and `state`; `supply`: those that are planned.

    `supply` is SUPPLY_SCHEMA and `source`, the row of the source that each comes from.
    """

    states: pl.DataFrame
    supply: pl.DataFrame


def firmed_orders(rows: PlanningRows, sources: pl.DataFrame) -> FirmedOrders:
    """Which firmed orders are planned. `sources` are those of the network, in the order of their codes.

    An order comes from the source that it names (kind, supplier, shipping place): the first that is valid on the day of
    its release, else the first.
    """
    asked = rows.firmed_orders.with_columns(
        document_id=pl.format("{}{}", pl.lit(PREFIX), "firmed_order_id"),
        start_date=pl.coalesce("release_date", "due_date"),
        kind=pl.col("order_type").replace_strict(_WAYS, default=-1, return_dtype=pl.Int64),
    )
    way = [*KEY, "kind", "supplier_id", "from_location_id"]
    known = sources.select("source", *way, "bom_id", "priority", "valid_from_date", "valid_to_date")
    begins, ends = (pl.col(name).fill_null(pl.col("start_date")) for name in ("valid_from_date", "valid_to_date"))
    found = (
        asked.join(known, on=way, nulls_equal=True, maintain_order="left")
        .with_columns(is_valid=pl.col("start_date").is_between(begins, ends))
        .sort("firmed_order_id", "is_valid", "priority", "source", descending=[False, True, False, False])
        .unique("firmed_order_id", keep="first", maintain_order=True)
        .select("firmed_order_id", "source", "bom_id")
    )
    states = (
        asked.join(found, on="firmed_order_id", how="left", maintain_order="left")
        .with_columns(
            state=pl.when(pl.col("order_id").is_not_null())
            .then(pl.lit(ORDERED))
            .when(~pl.col("item_id").is_in(rows.items["item_id"].implode()))
            .then(pl.lit(NO_ITEM))
            .when(~pl.col("location_id").is_in(rows.locations["location_id"].implode()))
            .then(pl.lit(NO_PLACE))
            .when(pl.col("source").is_null())
            .then(pl.lit(NO_SOURCE))
            .otherwise(pl.lit(PLANNED))
        )
        .sort("firmed_order_id")
    )
    kept = states.filter(pl.col("state") == PLANNED).select(
        *KEY, "document_id", "quantity", "start_date", "bom_id", "sales_order_line_id", "source",
        document_type=pl.lit(FIRM_PLANNED), date="due_date", kind=pl.lit(int(SupplyKind.FIRM_PLANNED)),
        is_firm=pl.lit(value=True), needs_parts=pl.lit(value=True),
    )  # fmt: skip
    schema = {**SUPPLY_SCHEMA, "source": pl.Int64}
    return FirmedOrders(states.drop("kind", "start_date", "bom_id"), kept.select(*schema).cast(schema))  # type: ignore[arg-type]


def lost_orders(states: pl.DataFrame) -> pl.DataFrame:
    """Findings about orders whose item, place or source is gone: `kind`, KEY, `reference`."""
    lost = states.filter(pl.col("state").is_in(list(FINDINGS)))
    return lost.select(
        pl.col("state").replace_strict(FINDINGS, return_dtype=pl.String).alias("kind"), *KEY,
        pl.col("document_id").alias("reference"),
    )  # fmt: skip
