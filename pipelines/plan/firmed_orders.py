"""Planned orders that planners took over as firm, copied from the app store into the build that plans them."""

from __future__ import annotations

import duckdb
import polars as pl

from pipelines.build.context import write_table
from tower.queries.firmed_sql import FIRMED_TABLE
from tower.store import open_store
from tower.store.firmed_orders import firmed_order_frame, firmed_orders


def write_firmed_orders(connection: duckdb.DuckDBPyConnection, store_url: str | None) -> pl.DataFrame:
    """Write build.firmed_orders: those that nobody has withdrawn, or none without a store. Gives them back."""
    frame = firmed_order_frame([])
    if store_url is not None:
        store = open_store(store_url)
        try:
            frame = firmed_order_frame(firmed_orders(store))
        finally:
            store.close()
    schema, table = FIRMED_TABLE
    connection.execute(f"create schema if not exists {schema}")
    write_table(connection, f"{schema}.{table}", frame)
    return frame
