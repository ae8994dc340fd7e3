"""Documents as demand and supply of the plan: open orders, their components, transfers, and stock.

A row of `demands` and `supply` keeps the document it comes from, so that the plan can be read back. What names no place
where its item is planned goes to the nearest planned place above it, or to where most of the item's demand is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import polars as pl

from planning.model.rows import KEY, PlanningRows
from planning.mrp.codes import SupplyKind

MAX_DEPTH = 10

DEMAND_SCHEMA = {
    "document_type": pl.String, "document_id": pl.String, "item_id": pl.String, "location_id": pl.String,
    "date": pl.Date, "quantity": pl.Float64, "priority": pl.Int64, "customer_id": pl.String, "value": pl.Float64,
    "sales_order_line_id": pl.String, "for_document_id": pl.String,
}  # fmt: skip
SUPPLY_SCHEMA = {
    "document_type": pl.String, "document_id": pl.String, "item_id": pl.String, "location_id": pl.String,
    "date": pl.Date, "quantity": pl.Float64, "kind": pl.Int64, "is_firm": pl.Boolean, "bom_id": pl.String,
    "start_date": pl.Date, "needs_parts": pl.Boolean, "sales_order_line_id": pl.String,
}  # fmt: skip
STOCK_SCHEMA = {
    "item_id": pl.String, "location_id": pl.String, "lot_id": pl.String, "stock_status": pl.String,
    "expiry_date": pl.Date, "quantity": pl.Float64, "sales_order_line_id": pl.String,
}  # fmt: skip
UNPLACED_SCHEMA = {"kind": pl.String, "item_id": pl.String, "location_id": pl.String, "reference": pl.String,
                   "quantity": pl.Float64}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Documents:
    """`demands`, `supply` and `stock` at nodes; `unplaced`: what has no place, with the kind of finding it is."""

    demands: pl.DataFrame
    supply: pl.DataFrame
    stock: pl.DataFrame
    unplaced: pl.DataFrame


class PlaceRows(Protocol):
    """What tells where an item is planned."""

    @property
    def policies(self) -> pl.DataFrame: ...
    @property
    def locations(self) -> pl.DataFrame: ...
    @property
    def demand_shares(self) -> pl.DataFrame: ...


class Places:
    """Where a document of an item belongs: the place it names, the planned place above it, or the item's main one."""

    def __init__(self, rows: PlaceRows) -> None:
        self.planned = rows.policies.select(KEY)
        self.above = _ancestors(rows.locations)
        ranked = rows.policies.join(rows.demand_shares, on=KEY, how="left", maintain_order="left").sort(
            "item_id", pl.col("quantity").fill_null(0.0), pl.col("supply_type").is_in(["make", "subcontract"]),
            descending=[False, True, True], maintain_order=True,
        )  # fmt: skip
        self.main = ranked.unique("item_id", keep="first", maintain_order=True).select(
            "item_id", main_location_id="location_id"
        )

    def placed(self, frame: pl.DataFrame) -> pl.DataFrame:
        """The frame with `location_id` of its node; null where the item is planned nowhere and no place is named."""
        numbered = frame.with_row_index("row_number")
        near = (
            numbered.select("row_number", *KEY)
            .join(self.above, on="location_id", maintain_order="left")
            .join(self.planned.rename({"location_id": "above_id"}), on=["item_id", "above_id"], how="semi")
            .sort("row_number", "distance")
            .unique("row_number", keep="first", maintain_order=True)
            .select("row_number", planned_at="above_id")
        )
        return (
            numbered.join(near, on="row_number", how="left", maintain_order="left")
            .join(self.main, on="item_id", how="left", maintain_order="left")
            .with_columns(location_id=pl.coalesce("planned_at", "location_id", "main_location_id"))
            .drop("planned_at", "main_location_id", "row_number")
        )


def documents(rows: PlanningRows, places: Places) -> Documents:
    """All documents of material items; services are not planned."""
    material = rows.items.filter(pl.col("item_type") != "service").select("item_id")
    supply, parts = _orders(rows, places)
    demands = pl.concat([_sales(rows, places), parts, _shipments(rows, places)]).join(
        material, on="item_id", how="semi", maintain_order="left"
    )
    supply = pl.concat([_purchases(rows, places), supply, _receipts(rows, places)]).join(
        material, on="item_id", how="semi", maintain_order="left"
    )
    stock = _stock(rows, places).join(material, on="item_id", how="semi", maintain_order="left")
    no_place, planned_items = pl.col("location_id").is_null(), places.planned.select("item_id")
    # Stock at a place where nobody plans the item does not count, where the item is planned elsewhere.
    used = pl.concat([places.planned, *(one.select(KEY) for one in (demands, supply))]).unique()
    idle = stock.join(used, on=KEY, how="anti", maintain_order="left")
    unplaced = pl.concat(
        [
            _unplaced("demand_without_location", demands.filter(no_place)),
            _unplaced("supply_without_location", supply.filter(no_place)),
            _unplaced(
                "stock_not_planned",
                idle.filter(pl.col("quantity") > 0).join(planned_items, on="item_id", how="semi").rename(
                    {"lot_id": "document_id"}
                ),
            ),
        ]
    )  # fmt: skip
    return Documents(
        demands.filter(~no_place),
        supply.filter(~no_place),
        stock.join(used, on=KEY, how="semi", maintain_order="left"),
        unplaced,
    )


def _sales(rows: PlanningRows, places: Places) -> pl.DataFrame:
    """Open sales lines on the day promised, else requested; without a priority they come last."""
    last = rows.sales_lines["priority"].max()
    lines = places.placed(rows.sales_lines).filter(pl.col("open_quantity") > 0)
    return _shaped(
        lines.select(
            *KEY, document_type=pl.lit("sales_order_line"), document_id="sales_order_line_id",
            date=pl.coalesce("promised_date", "requested_date"), quantity="open_quantity",
            priority=pl.col("priority").fill_null(int(last) + 1 if isinstance(last, int) else 0),
            customer_id="customer_id", value="open_value", sales_order_line_id="sales_order_line_id",
        ),
        DEMAND_SCHEMA,
    )  # fmt: skip


def _orders(rows: PlanningRows, places: Places) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Production orders as supply, and what they have still to take.

    A subcontracted order arrives where and when its purchase line says. An order without component lines that has not
    begun takes the components of its bill.
    """
    arrival = (
        rows.purchase_lines.filter(pl.col("production_order_id").is_not_null())
        .sort("due_date")
        .unique("production_order_id", keep="last", maintain_order=True)
        .select("production_order_id", arrives_at="location_id", arrives_on="due_date")
    )
    listed = rows.order_components.select("production_order_id").unique()
    orders = (
        rows.production_orders.filter(pl.col("open_quantity") > 0)
        .join(arrival, on="production_order_id", how="left", maintain_order="left")
        .join(listed.with_columns(is_listed=pl.lit(value=True)), on="production_order_id", how="left",
              maintain_order="left")
        .with_columns(made_at="location_id", location_id=pl.coalesce("arrives_at", "location_id"))
    )  # fmt: skip
    placed = places.placed(_received_where_planned(orders, rows))
    is_planned = pl.col("order_status") == "planned"
    supply = placed.select(
        *KEY, document_type=pl.lit("production_order"), document_id="production_order_id",
        date=pl.coalesce("arrives_on", "planned_finish_date"), quantity="open_quantity",
        kind=pl.when(is_planned).then(int(SupplyKind.FIRM_PLANNED)).otherwise(int(SupplyKind.PRODUCTION)),
        is_firm=~is_planned | pl.col("is_firm"), bom_id="bom_id",
        start_date=pl.coalesce("planned_start_date", "planned_finish_date"),
        needs_parts=pl.col("is_listed").is_null() & ~pl.col("is_started"), sales_order_line_id="sales_order_line_id",
    )  # fmt: skip
    firm = placed.filter(~is_planned | pl.col("is_firm"))
    parts = (
        rows.order_components.filter(pl.col("open_quantity") > 0)
        .rename({"location_id": "part_location_id"})
        .join(
            firm.select("production_order_id", "made_at", "planned_start_date", "planned_finish_date",
                        "sales_order_line_id"),
            on="production_order_id", maintain_order="left",
        )
        .with_columns(location_id=pl.coalesce("part_location_id", "made_at"))
        .select(
            *KEY, document_type=pl.lit("production_order"), document_id="production_order_id",
            date=pl.coalesce("required_date", "planned_start_date", "planned_finish_date"), quantity="open_quantity",
            priority=pl.lit(0), sales_order_line_id="sales_order_line_id", for_document_id="production_order_id",
        )
    )  # fmt: skip
    return _shaped(supply, SUPPLY_SCHEMA), _shaped(places.placed(parts), DEMAND_SCHEMA)


def _received_where_planned(orders: pl.DataFrame, rows: PlanningRows) -> pl.DataFrame:
    """An order at a place where its item has no policy comes in where the item is planned by that way of supply."""
    receiving = rows.policies.filter(pl.col("supply_type") == "subcontract").select(
        "item_id", received_at="location_id"
    )
    outside = rows.locations.filter(pl.col("location_type") == "subcontractor")["location_id"].implode()
    return (
        orders.join(receiving.unique("item_id", keep="first"), on="item_id", how="left", maintain_order="left")
        .with_columns(
            location_id=pl.when(pl.col("location_id").is_in(outside) & pl.col("arrives_at").is_null())
            .then(pl.coalesce("received_at", "location_id"))
            .otherwise("location_id")
        )
        .drop("received_at")
    )


def _purchases(rows: PlanningRows, places: Places) -> pl.DataFrame:
    """Open purchase lines; one that belongs to an open production order is that order's arrival and counts once."""
    under_way = rows.production_orders.filter(pl.col("open_quantity") > 0).select("production_order_id")
    lines = rows.purchase_lines.filter(pl.col("open_quantity") > 0).join(
        under_way, on="production_order_id", how="anti", maintain_order="left"
    )
    return _shaped(
        places.placed(lines).select(
            *KEY, document_type=pl.lit("purchase_order_line"), document_id="purchase_order_line_id", date="due_date",
            quantity="open_quantity", kind=pl.lit(int(SupplyKind.PURCHASE)), is_firm=pl.lit(value=True),
            needs_parts=pl.lit(value=False),
        ),
        SUPPLY_SCHEMA,
    )  # fmt: skip


def _receipts(rows: PlanningRows, places: Places) -> pl.DataFrame:
    lines = rows.transfers.filter(pl.col("open_quantity") > 0).with_columns(location_id="to_location_id")
    return _shaped(
        places.placed(lines).select(
            *KEY, document_type=pl.lit("transfer_order"), document_id="transfer_order_line_id", date="due_date",
            quantity="open_quantity", kind=pl.lit(int(SupplyKind.TRANSFER)), is_firm=pl.lit(value=True),
            needs_parts=pl.lit(value=False),
        ),
        SUPPLY_SCHEMA,
    )  # fmt: skip


def _shipments(rows: PlanningRows, places: Places) -> pl.DataFrame:
    """What open transfers have still to take from the place that ships, so many days before they are due."""
    days = rows.lanes.group_by("from_location_id", "to_location_id").agg(
        lane_days=pl.col("lead_time_days").min().ceil().cast(pl.Int64)
    )
    lines = (
        rows.transfers.filter((pl.col("to_ship_quantity") > 0) & (pl.col("open_quantity") > 0))
        .join(days, on=["from_location_id", "to_location_id"], how="left", maintain_order="left")
        .with_columns(location_id="from_location_id", days=pl.col("lane_days").fill_null(0))
    )
    return _shaped(
        places.placed(lines).select(
            *KEY, document_type=pl.lit("transfer_order"), document_id="transfer_order_line_id",
            date=pl.col("due_date") - pl.duration(days="days"),
            quantity="to_ship_quantity", priority=pl.lit(0), for_document_id="transfer_order_line_id",
        ),
        DEMAND_SCHEMA,
    )  # fmt: skip


def _stock(rows: PlanningRows, places: Places) -> pl.DataFrame:
    """Stock by lot and status. What was made for a customer's order and has not left is kept for that order."""
    placed = places.placed(rows.stock)
    made = places.placed(rows.made_for_orders).filter(pl.col("quantity") > 0)
    to_order = rows.policies.filter(pl.col("strategy") == "make_to_order").select(KEY)
    made = made.join(to_order, on=KEY, how="semi", maintain_order="left").select(
        *KEY, "sales_order_line_id", made_quantity="quantity"
    )
    whole = placed.with_columns(sales_order_line_id=pl.lit(None, dtype=pl.String))
    if not made.height:
        return _shaped(whole, STOCK_SCHEMA)
    free = (pl.col("stock_status") == "unrestricted") & (pl.col("quantity") > 0)
    first = (
        placed.filter(free)
        .unique(KEY, keep="first", maintain_order=True)
        .join(made, on=KEY, maintain_order="left")
        .with_columns(before=pl.col("made_quantity").cum_sum().over(KEY) - pl.col("made_quantity"))
        .with_columns(kept=(pl.col("quantity") - pl.col("before")).clip(0.0).clip(upper_bound=pl.col("made_quantity")))
        .filter(pl.col("kept") > 0)
    )
    kept = first.with_columns(quantity="kept")
    given = first.with_columns(quantity=-pl.col("kept"), sales_order_line_id=pl.lit(None, dtype=pl.String))
    parts = pl.concat([_shaped(one, STOCK_SCHEMA) for one in (whole, kept, given)])
    names = [name for name in STOCK_SCHEMA if name != "quantity"]
    return _shaped(
        parts.group_by(names, maintain_order=True).agg(pl.col("quantity").sum()).filter(pl.col("quantity") != 0),
        STOCK_SCHEMA,
    )


def _ancestors(locations: pl.DataFrame) -> pl.DataFrame:
    """Each place with itself and the places it is part of: `location_id, above_id, distance`."""
    parent = dict(locations.select("location_id", "parent_location_id").iter_rows())
    found: list[tuple[str, str, int]] = []
    for place in parent:
        above: str | None = place
        for distance in range(MAX_DEPTH):
            if above is None or above not in parent:
                break
            found.append((place, above, distance))
            above = parent[above]
    return pl.DataFrame(
        found, schema={"location_id": pl.String, "above_id": pl.String, "distance": pl.Int64}, orient="row"
    )


def _unplaced(kind: str, frame: pl.DataFrame) -> pl.DataFrame:
    return frame.select(
        pl.lit(kind).alias("kind"), *KEY, pl.col("document_id").alias("reference"), "quantity"
    ).cast(UNPLACED_SCHEMA)  # type: ignore[arg-type]  # fmt: skip


def _shaped(frame: pl.DataFrame, schema: dict[str, type[pl.DataType]]) -> pl.DataFrame:
    missing = [pl.lit(None).cast(kind).alias(name) for name, kind in schema.items() if name not in frame.columns]
    return frame.with_columns(missing).select(*schema).cast(schema)  # type: ignore[arg-type]
