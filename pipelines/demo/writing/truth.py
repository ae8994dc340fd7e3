"""The truth behind a simulated company, beside its tables: what was planted, and what made people buy or leave.

Nothing that builds or shows the product reads it; tests measure the product against it.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl

from pipelines.demo.simulation import Simulation
from pipelines.demo.world import World
from pipelines.demo.writing.columns import DELIVERY, PRODUCTION_ORDER, TRANSFER_ORDER, known_dates, numbered
from pipelines.demo.writing.customers import customer_ids
from pipelines.demo.writing.purchasing import purchase_line_ids
from pipelines.demo.writing.sales import sales_line_ids


def write_truth(folder: Path, simulation: Simulation, dirty_rows: pl.DataFrame) -> None:
    """Write `dirty_rows`, `consumers`, `customers` and `causes` (documents made late, with the incident) as Parquet."""
    folder.mkdir(parents=True, exist_ok=True)
    world = simulation.world
    tables = {
        "dirty_rows": dirty_rows,
        "consumers": _consumers(world),
        "customers": _business_customers(world),
        "causes": _causes(world),
    }
    for name, frame in tables.items():
        frame.write_parquet(folder / f"{name}.parquet")


def _consumers(world: World) -> pl.DataFrame:
    """One row per consumer: the rate at which he buys, the chance that he leaves after an order, the day he left."""
    consumers, company = world.documents.consumers, world.company
    return pl.DataFrame(
        {
            "customer_id": customer_ids(world, np.arange(consumers.count) + company.customers.count),
            "orders_per_day": consumers["buy_rate"],
            "leave_probability": consumers["leave_probability"],
            "left_date": known_dates(company.start_date, consumers["left_day"], world.day),
        }
    )


def _business_customers(world: World) -> pl.DataFrame:
    company = world.company
    return pl.DataFrame(
        {
            "customer_id": pl.Series(company.customers.ids, dtype=pl.String),
            "joined_date": known_dates(company.start_date, world.customer_joined_day, world.day),
            "left_date": known_dates(company.start_date, world.customer_left_day, world.day),
            "incident": world.customer_left_cause.astype(np.int32),
        }
    )


def _causes(world: World) -> pl.DataFrame:
    """One row per document that an incident made late or short: table, key, number of the incident."""
    documents = world.documents
    frames = []
    for table, records in (
        ("sales_order_lines", documents.sales_lines),
        ("deliveries", documents.deliveries),
        ("purchase_order_lines", documents.purchase_lines),
        ("transfer_orders", documents.transfers),
        ("production_orders", documents.production_orders),
    ):
        rows = np.flatnonzero(records["cause"] >= 0)
        frames.append(
            pl.DataFrame(
                {
                    "table_name": pl.Series([table]).new_from_index(0, rows.size),
                    "record_key": _keys(world, table, rows),
                    "incident": records["cause"][rows].astype(np.int32),
                }
            )
        )
    return pl.concat(frames)


def _keys(world: World, table: str, rows: np.ndarray[tuple[int], np.dtype[np.int64]]) -> pl.Series:
    if table == "sales_order_lines":
        return sales_line_ids(world, rows)
    if table == "purchase_order_lines":
        return purchase_line_ids(world, rows)
    prefixes = {"deliveries": DELIVERY, "transfer_orders": TRANSFER_ORDER, "production_orders": PRODUCTION_ORDER}
    return numbered(prefixes[table], rows)
