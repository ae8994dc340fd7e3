"""What demand is prepared from: order lines and what explains them, as frames with fixed columns.

Quantities are in base units. Ids are text. A table that a source does not have is an empty frame: `DemandRows.of`
fills it in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields

import polars as pl

from forecasting.errors import ForecastError

# What identifies a series: an item at the place that plans it, through a channel. Place and channel may be null.
SERIES_KEY = ["item_id", "location_id", "channel"]
Schema = Mapping[str, type[pl.DataType]]

SCHEMAS: dict[str, Schema] = {
    # Any grain of lines, added up freely. `cancelled_date` null: it is not known when. `is_project`: of an opportunity.
    "order_lines": {
        "item_id": pl.String, "location_id": pl.String, "channel": pl.String, "customer_id": pl.String,
        "requested_date": pl.Date, "ordered_date": pl.Date, "quantity": pl.Float64, "cancelled_quantity": pl.Float64,
        "cancelled_date": pl.Date, "net_value": pl.Float64, "is_internal": pl.Boolean, "is_project": pl.Boolean,
    },
    # `requested_date` and `ordered_date` are those of the line that was sold, null where it is not known.
    "returns": {
        "item_id": pl.String, "location_id": pl.String, "channel": pl.String, "requested_date": pl.Date,
        "ordered_date": pl.Date, "returned_date": pl.Date, "quantity": pl.Float64,
    },
    # Days on which nothing was on the shelf; `to_date` is exclusive. Only items that are kept in stock there.
    "stock_outs": {"item_id": pl.String, "location_id": pl.String, "from_date": pl.Date, "to_date": pl.Date},
    # `stocked_from`: the first day on which anything is known of the stock of the item at the place.
    "stocked_nodes": {"item_id": pl.String, "location_id": pl.String, "stocked_from": pl.Date},
    "items": {
        "item_id": pl.String, "item_name": pl.String, "item_type": pl.String, "category_id": pl.String,
        "lifecycle_status": pl.String, "introduced_date": pl.Date, "replaced_by_item_id": pl.String,
        "list_price": pl.Float64, "standard_cost": pl.Float64,
    },
    "categories": {"category_id": pl.String, "category_name": pl.String, "parent_category_id": pl.String},
    # A null column holds for all; `category_id` also for the categories below it.
    "events": {
        "event_id": pl.String, "event_type": pl.String, "start_date": pl.Date, "end_date": pl.Date,
        "item_id": pl.String, "category_id": pl.String, "customer_id": pl.String, "channel": pl.String,
    },
    # One row per line of an opportunity. `closed_date` null: still open.
    "opportunities": {
        "opportunity_id": pl.String, "item_id": pl.String, "category_id": pl.String, "channel": pl.String,
        "created_date": pl.Date, "closed_date": pl.Date, "is_won": pl.Boolean, "probability": pl.Float64,
        "quantity": pl.Float64, "expected_date": pl.Date,
    },
    # What customers in the channel sold on, and what lay at their place.
    "sell_out": {
        "customer_id": pl.String, "channel": pl.String, "item_id": pl.String, "week_start_date": pl.Date,
        "sold_quantity": pl.Float64, "stock_quantity": pl.Float64,
    },
    "calendars": {"location_id": pl.String, "calendar_date": pl.Date, "is_working": pl.Boolean},
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class DemandRows:
    """One frame for each of `SCHEMAS`."""

    order_lines: pl.DataFrame
    returns: pl.DataFrame
    stock_outs: pl.DataFrame
    stocked_nodes: pl.DataFrame
    items: pl.DataFrame
    categories: pl.DataFrame
    events: pl.DataFrame
    opportunities: pl.DataFrame
    sell_out: pl.DataFrame
    calendars: pl.DataFrame

    @classmethod
    def of(cls, **frames: pl.DataFrame) -> DemandRows:
        """Rows of the frames there are, cast to the schemas; optional columns that are missing become null or false.

        Raises ForecastError for a table or column that is not known, or a line without item, date or quantity.
        """
        names = [column.name for column in fields(cls)]
        unknown = sorted(set(frames) - set(names))
        if unknown:
            raise ForecastError(f"There is no table “{unknown[0]}” in demand rows. Choose among {', '.join(names)}.")
        found = cls(**{name: _shaped(name, frames.get(name, pl.DataFrame(schema=SCHEMAS[name]))) for name in names})
        needed = found.order_lines.select("item_id", "requested_date", "ordered_date", "quantity").null_count().row(0)
        if any(needed):
            raise ForecastError(
                "An order line has no item, requested date, order date or quantity. Leave it out, and count it."
            )
        return found


def _shaped(name: str, frame: pl.DataFrame) -> pl.DataFrame:
    schema = SCHEMAS[name]
    unknown = [column for column in frame.columns if column not in schema]
    if unknown:
        raise ForecastError(f"{name} has the column “{unknown[0]}”, which is not one of {', '.join(schema)}.")
    missing = [pl.lit(None).cast(kind).alias(column) for column, kind in schema.items() if column not in frame.columns]
    whole = frame.with_columns(missing).select(pl.col(column).cast(kind) for column, kind in schema.items())
    return whole.with_columns(pl.col(pl.Boolean).fill_null(value=False))
