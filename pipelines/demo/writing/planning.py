"""Forecast vintages and changed documents: what was known when, as canonical tables."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

from pipelines.demo.documents import CHANGED_DOCUMENTS, CHANGED_FIELDS, DATE_FIELDS, ORDER_STATUSES
from pipelines.demo.records import Columns
from pipelines.demo.world import World
from pipelines.demo.writing.columns import OPPORTUNITY, PRODUCTION_ORDER, coded, dates, instants, numbered
from pipelines.demo.writing.purchasing import purchase_line_ids
from pipelines.demo.writing.sales import sales_line_ids

Codes = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
FORECAST_STAGES = ("statistical", "planner", "consensus")
# The canonical table of each of CHANGED_DOCUMENTS.
_TABLES = (
    "sales_order_lines",
    "purchase_order_lines",
    "production_orders",
    "planning_policies",
    "bom_components",
    "opportunities",
    "routing_operations",
)
_STATUS_FIELDS = frozenset({"line_status", "order_status"})


def forecast_tables(world: World, first: int, columns: Columns) -> dict[str, pl.DataFrame]:
    """demand_forecasts of a chunk of the log: monthly, by item and place."""
    company = world.company
    count = columns["item"].size
    return {
        "demand_forecasts": pl.DataFrame(
            {
                "item_id": coded(company.items.ids, columns["item"]),
                "location_id": coded(company.places.ids, columns["place"]),
                "bucket_start_date": dates(company.start_date, columns["month_day"]),
                "bucket": coded(("month",), np.zeros(count, dtype=np.int64)),
                "stage": coded(FORECAST_STAGES, columns["stage"]),
                "created_at": instants(company.start_date, columns["created_at"], world.day),
                "quantity": columns["quantity"],
            }
        )
    }


def change_tables(world: World, first: int, columns: Columns) -> dict[str, pl.DataFrame]:
    """document_changes of a chunk of the log. Days are ISO dates, numbers plain, states the names of states."""
    document, field = columns["document"].astype(np.int64), columns["field"].astype(np.int64)
    return {
        "document_changes": pl.DataFrame(
            {
                "document_type": coded(_TABLES, document),
                "line_id": _line_ids(world, document, columns["row"].astype(np.int64)),
                "field": coded(CHANGED_FIELDS, field),
                "old_value": _values(world, field, columns["old"]),
                "new_value": _values(world, field, columns["new"]),
                "changed_at": instants(world.company.start_date, columns["at"], world.day),
            }
        )
    }


def _line_ids(world: World, document: Codes, row: Codes) -> pl.Series:
    company, nodes = world.company, world.company.nodes
    ids = pl.Series([None], dtype=pl.String).new_from_index(0, row.size)
    for code, kind in enumerate(CHANGED_DOCUMENTS):
        here = np.flatnonzero(document == code)
        if here.size == 0:
            continue
        some = row[here]
        if kind == "sales_order_line":
            found = sales_line_ids(world, some)
        elif kind == "purchase_order_line":
            found = purchase_line_ids(world, some)
        elif kind == "production_order":
            found = numbered(PRODUCTION_ORDER, some)
        elif kind == "planning_policy":
            item, place = coded(company.items.ids, nodes.item[some]), coded(company.places.ids, nodes.place[some])
            found = pl.select(pl.concat_str(item, pl.lit("/"), place)).to_series()
        elif kind == "bom_component":
            found = coded(company.bill_lines.component_id, some)
        elif kind == "routing_operation":
            found = coded(company.operations.operation_id, some)
        else:
            found = numbered(OPPORTUNITY, some)
        ids = ids.scatter(here, found)
    return ids


def _values(world: World, field: Codes, values: Floats) -> pl.Series:
    """Texts of values by their field; empty where a value is empty (NaN)."""
    known = np.isfinite(values)
    whole = np.where(known, values, 0.0)
    is_day, is_status = (
        np.isin(field, [CHANGED_FIELDS.index(name) for name in sorted(names)])
        for names in (DATE_FIELDS, _STATUS_FIELDS)
    )
    days = dates(world.company.start_date, np.where(is_day, whole, 0).astype(np.int64)).cast(pl.String)
    states = coded(ORDER_STATUSES, np.where(is_status & known, whole, -1).astype(np.int64))
    numbers = pl.Series(np.round(whole, 6)).cast(pl.String).str.replace(r"\.0$", "")
    text = pl.when(pl.Series(is_day)).then(days).when(pl.Series(is_status)).then(states).otherwise(numbers)
    return pl.select(pl.when(pl.Series(known)).then(text)).to_series()
