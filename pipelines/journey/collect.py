"""For each order line the days, plans, documents and partners of all steps, as columns beside each other."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipelines.journey.steps import DEPTH
from planning.journey import NOTHING, chains

Integers = NDArray[np.int64]
_EMPTY: dict[str, pl.Expr] = {
    "actual": pl.lit(None, pl.Date), "planned": pl.lit(None, pl.Date), "begun": pl.lit(None, pl.Date),
    "planned_days": pl.lit(None, pl.Float64),
    "touch": pl.lit(None, pl.Float64),
    **{name: pl.lit(None, pl.String) for name in
       ("document_type", "document_id", "party_type", "party_id", "item_id", "location_id")},
}  # fmt: skip


def facts(lines: pl.DataFrame, supplies: pl.DataFrame, orders: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """The facts of each step by its key, the rows those of `lines`; steps that no line has are left out.

    `bottom` among them holds what the chain of each line ends in: supply_type and whether it is known.
    """
    supplies = supplies.with_row_index("row").with_columns(pl.col("row").cast(pl.Int64))
    first = _first_supply(lines, supplies)
    own, waited_for, order_of = _graph(supplies, orders)
    start = np.where(first == NOTHING, NOTHING, order_of[first]) if order_of.size else first
    walked = chains(start, waited_for, DEPTH)
    found = _around(lines)
    bottom = first.copy()
    # A supply stands above each order: what came from it.
    above = first
    for level in range(DEPTH):
        order = walked[:, level]
        is_there = order != NOTHING
        part = np.where(is_there, own[order], NOTHING) if own.size else order
        found |= _made(level, _take(orders, order), _take(supplies, np.where(is_there, above, NOTHING)),
                       _take(supplies, part))  # fmt: skip
        bottom = np.where(is_there, part, bottom)
        above = part
    found |= _bought(_take(supplies, bottom))
    found |= _brought(_take(supplies, first))
    found["bottom"] = _take(supplies, bottom).select("supply_type", "ordered_date")
    return found


def _first_supply(lines: pl.DataFrame, supplies: pl.DataFrame) -> Integers:
    """Of each line what its last delivery waited for; sources book shipments on deliveries or on their lines."""
    shipped = supplies.filter(pl.col("taker_type") == "delivery").select("taker_id", "taken_item_id", "row")
    rows = lines.select("delivery_id", "delivery_line_id", "delivered_item_id")
    for name in ("delivery_id", "delivery_line_id"):
        rows = rows.join(
            shipped.rename({"row": f"row_{name}"}), left_on=[name, "delivered_item_id"],
            right_on=["taker_id", "taken_item_id"], how="left", maintain_order="left",
        )  # fmt: skip
    found: Integers = (
        rows.select(pl.coalesce("row_delivery_line_id", "row_delivery_id", NOTHING)).to_series().to_numpy()
    )
    return found.astype(np.int64)


def _graph(supplies: pl.DataFrame, orders: pl.DataFrame) -> tuple[Integers, Integers, Integers]:
    """For each order its last supply and the order that this came from; for each supply the order it came from."""
    places = orders.select("production_order_id", place=pl.int_range(pl.len(), dtype=pl.Int64))
    came = supplies.select(
        "row", source=pl.when(pl.col("supply_type") == "production_order").then(pl.col("supply_id"))
    ).join(places, left_on="source", right_on="production_order_id", how="left", maintain_order="left")
    order_of = came["place"].fill_null(NOTHING).to_numpy().astype(np.int64)
    taken = supplies.filter(pl.col("taker_type") == "production_order").select("taker_id", "row")
    own = (
        orders.select("production_order_id")
        .join(taken, left_on="production_order_id", right_on="taker_id", how="left", maintain_order="left")["row"]
        .fill_null(NOTHING).to_numpy().astype(np.int64)
    )  # fmt: skip
    waited_for = np.where(own == NOTHING, NOTHING, order_of[own]) if order_of.size else own
    return own, waited_for, order_of


def _take(frame: pl.DataFrame, rows: Integers) -> pl.DataFrame:
    """The rows of a frame at positions; NOTHING gives an empty row."""
    return (
        pl.DataFrame({"at": rows}, schema={"at": pl.Int64})
        .join(frame.drop("row", strict=False).with_row_index("at").with_columns(pl.col("at").cast(pl.Int64)),
              on="at", how="left", maintain_order="left")
        .drop("at")
    )  # fmt: skip


def _step(frame: pl.DataFrame, **given: pl.Expr) -> pl.DataFrame:
    return frame.select(**{name: given.get(name, empty).alias(name) for name, empty in _EMPTY.items()})


def _days(first: str, last: str) -> pl.Expr:
    return (pl.col(last) - pl.col(first)).dt.total_days().cast(pl.Float64)


def _named(name: str, key: str) -> pl.Expr:
    return pl.when(pl.col(key).is_not_null()).then(pl.lit(name))


def _made(
    level: int, orders: pl.DataFrame, above: pl.DataFrame, part: pl.DataFrame
) -> dict[str, pl.DataFrame]:  # fmt: skip
    """The steps of one production order: its last part there, started, what was taken from it ready, inspected."""
    both = pl.concat(
        [orders, above.select(ready=pl.col("supplied_date")),
         part.select(part_item=pl.col("item_id"), part_place=pl.col("location_id"), arrived=pl.col("arrived_date"))],
        how="horizontal",
    )  # fmt: skip
    about = {"document_type": _named("production_order", "production_order_id"),
             "document_id": pl.col("production_order_id")}  # fmt: skip
    centre = {"party_type": _named("work_centre", "work_centre_id"), "party_id": pl.col("work_centre_id"),
              "item_id": pl.col("item_id"), "location_id": pl.col("location_id")}  # fmt: skip
    return {
        f"kit_{level}": _step(
            both, actual=pl.col("arrived"), planned=pl.col("planned_start_date"),
            party_type=_named("location", "part_place"),
            party_id=pl.col("part_place"), item_id=pl.col("part_item"), location_id=pl.col("part_place"), **about,
        ),
        f"start_{level}": _step(
            both, actual=pl.col("started_date"), planned=pl.col("planned_start_date"), begun=pl.col("created_date"),
            **about, **centre,
        ),
        f"production_{level}": _step(
            both, actual=pl.col("ready"), planned=pl.col("planned_finish_date"),
            planned_days=_days("planned_start_date", "planned_finish_date"), touch=pl.col("hours") / 24.0,
            **about, **centre,
        ),
        # What was inspected before the goods that were taken were ready says nothing about them.
        f"inspection_{level}": _step(
            both, actual=pl.when(pl.col("inspected_date") >= pl.col("ready")).then(pl.col("inspected_date")),
            document_type=_named("inspection", "inspection_id"), document_id=pl.col("inspection_id"),
            party_type=_named("location", "location_id"), party_id=pl.col("location_id"), item_id=pl.col("item_id"),
            location_id=pl.col("location_id"),
        ),
    }  # fmt: skip


def _bought(bottom: pl.DataFrame) -> dict[str, pl.DataFrame]:
    about = {
        "document_type": _named("purchase_order_line", "purchase_order_line_id"),
        "document_id": pl.col("purchase_order_line_id"), "party_type": _named("supplier", "supplier_id"),
        "party_id": pl.col("supplier_id"), "item_id": _named_item(), "location_id": pl.col("receipt_location_id"),
    }  # fmt: skip
    return {
        "purchase_0": _step(bottom, actual=pl.col("ordered_date"), **about),
        "inbound_0": _step(
            bottom,
            actual=pl.col("received_date"),
            planned=pl.col("confirmed_date"),
            begun=pl.col("ordered_date"),
            **about,
        ),
    }


def _named_item() -> pl.Expr:
    return pl.when(pl.col("purchase_order_line_id").is_not_null()).then(pl.col("item_id"))


def _brought(first: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """From the plant or the supplier to where the customer's goods are shipped from; else what just lay there."""
    about = {
        "document_type": _named("transfer_order", "transfer_order_line_id"),
        "document_id": pl.col("transfer_order_line_id"), "item_id": pl.col("item_id"),
    }  # fmt: skip
    is_brought = pl.col("transfer_order_line_id").is_not_null()
    is_known = is_brought | pl.col("supply_type").is_in(["production_order", "purchase_receipt"])
    return {
        "dispatch_0": _step(
            first, actual=pl.col("transfer_shipped_date"), planned=pl.col("planned_departure_date"),
            party_type=_named("location", "from_location_id"), party_id=pl.col("from_location_id"),
            location_id=pl.col("from_location_id"), **about,
        ),
        "transfer_0": _step(
            first, actual=pl.when(is_brought).then(pl.col("arrived_date")), planned=pl.col("transfer_due_date"),
            planned_days=_days("planned_departure_date", "planned_arrival_date"),
            party_type=_named("location", "location_id"), party_id=pl.col("location_id"),
            location_id=pl.col("location_id"), **about,
        ),
        "stock_0": _step(
            first, actual=pl.when(~is_known).then(pl.col("arrived_date")), item_id=pl.col("item_id"),
            party_type=_named("location", "location_id"), party_id=pl.col("location_id"),
            location_id=pl.col("location_id"),
        ),
    }  # fmt: skip


def _transit() -> pl.Expr:
    """Days planned for the road. Sources date the arrival anew when goods leave late: then it counts from that day."""
    is_redated = (pl.col("shipped_date") > pl.col("planned_ship_date")) & (
        pl.col("expected_arrival_date") > pl.col("due_date")
    )
    return (
        pl.when(is_redated)
        .then(_days("shipped_date", "expected_arrival_date"))
        .otherwise(_days("planned_ship_date", "expected_arrival_date"))
    )


def _around(lines: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """What is written on the papers of the line itself, from the lead to the service case."""

    def paper(kind: str, document: str, day: str, party: str = "customer", due: str | None = None) -> pl.DataFrame:
        return _step(
            lines, actual=pl.col(day), planned=pl.col(due) if due else pl.lit(None, pl.Date),
            document_type=_named(kind, document), document_id=pl.col(document), party_type=pl.lit(party),
            party_id=pl.col("customer_id"),
        )  # fmt: skip

    goods = {"item_id": pl.col("item_id"), "location_id": pl.col("location_id")}
    # Without the customer's receipt the day of shipment is what the promise is held against.
    is_told = pl.coalesce("reports_customer_receipts", 0) == 1
    return {
        "lead_0": paper("lead", "lead_id", "lead_date"),
        "opportunity_0": paper("opportunity", "opportunity_id", "opportunity_date"),
        "quotation_0": paper("quotation", "quotation_id", "quoted_date"),
        "order_0": paper("sales_order_line", "sales_order_line_id", "ordered_date").with_columns(
            item_id=lines["item_id"]
        ),
        "ship_0": _step(
            lines, actual=pl.col("shipped_in_full_date"),
            planned=pl.coalesce("planned_ship_date", pl.when(~is_told).then(pl.col("due_date"))),
            document_type=_named("delivery", "delivery_id"), document_id=pl.col("delivery_id"),
            party_type=_named("location", "location_id"), party_id=pl.col("location_id"), **goods,
        ),
        "transport_0": _step(
            lines, actual=pl.when(is_told).then(pl.col("received_in_full_date")),
            planned=pl.when(is_told).then(pl.col("due_date")),
            planned_days=_transit(),
            document_type=_named("shipment", "shipment_id"), document_id=pl.col("shipment_id"),
            party_type=_named("carrier", "carrier"), party_id=pl.col("carrier"), **goods,
        ),
        "invoice_0": paper("invoice", "invoice_id", "invoice_date"),
        "payment_0": paper("payment", "payment_id", "paid_date", due="payment_due_date"),
        "tax_invoice_0": paper("tax_invoice", "tax_invoice_id", "issued_date"),
        "satisfaction_0": paper("satisfaction_response", "response_id", "responded_date"),
        "service_0": paper("service_case", "case_id", "opened_date"),
    }  # fmt: skip
