"""The truth behind a simulated company, beside its tables: what was planted, and what made people buy or leave.

Nothing that builds or shows the product reads it; tests measure the product against it.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl

from pipelines.demo.incidents.truth import truth_tables
from pipelines.demo.simulation import Simulation
from pipelines.demo.world import World
from pipelines.demo.writing.columns import known_dates
from pipelines.demo.writing.customers import customer_ids


def write_truth(folder: Path, simulation: Simulation, dirty_rows: pl.DataFrame) -> None:
    """Write one Parquet file a table: the incidents' own, `dirty_rows`, `consumers` and `business_customers`."""
    folder.mkdir(parents=True, exist_ok=True)
    world = simulation.world
    tables = {
        **truth_tables(world, simulation.incidents),
        "dirty_rows": dirty_rows,
        "consumers": _consumers(world),
        "business_customers": _business_customers(world),
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
    """One row per business customer, those who have not come yet included; `incident` made him leave, empty = none."""
    company = world.company
    cause = pl.Series(world.customer_left_cause.astype(np.int64))
    return pl.DataFrame(
        {
            "customer_id": pl.Series(company.customers.ids, dtype=pl.String),
            "joined_date": known_dates(company.start_date, world.customer_joined_day, world.day),
            "left_date": known_dates(company.start_date, world.customer_left_day, world.day),
            "incident": pl.select(pl.when(cause >= 0).then(cause)).to_series(),
        }
    )
