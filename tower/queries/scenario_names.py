"""Names that the comparison of scenarios shows beside ids."""

from __future__ import annotations

import polars as pl

from tower.warehouse import Warehouse


def customer_names(warehouse: Warehouse) -> pl.DataFrame:
    """`customer_id, customer_name` of all customers."""
    return warehouse.frame("select customer_id, customer_name from core.dim_customers order by customer_id")
