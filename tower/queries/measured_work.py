"""What was really ordered at a time, and how long work really took, by item and place: beside what is booked.

Only sources that hand the documents over have rows here; one without work orders says nothing of hours.
"""

from __future__ import annotations

import polars as pl

from tower.queries.planning_rows import OBSERVED_DAYS
from tower.warehouse import Warehouse

LOT_SCHEMA = {
    "item_id": pl.String, "location_id": pl.String, "way": pl.String, "quantity": pl.Float64,
}  # fmt: skip
WORK_SCHEMA = {
    "item_id": pl.String, "location_id": pl.String, "work_centre_id": pl.String, "count": pl.Int64,
    "pieces": pl.Float64, "run_hours": pl.Float64, "booked_run_hours": pl.Float64, "median_run_share": pl.Float64,
    "setup_hours": pl.Float64, "booked_setup_hours": pl.Float64,
}  # fmt: skip


def ordered_quantities(warehouse: Warehouse) -> pl.DataFrame:
    """Order lines and production orders of the last year, LOT_SCHEMA; `way` is buy or make, quantities in base units.

    A line of a subcontractor is a purchase; the production order behind it is the same lot and is left out.
    """
    frame = warehouse.frame(
        """
        select item_id, location_id, 'buy' as way, cast(ordered_quantity as double) as quantity
        from core.fct_purchase_order_lines
        where is_cancelled = 0 and ordered_quantity > 0 and ordered_date > cast($as_of as date) - cast($days as integer)
        union all
        select item_id, location_id, 'make', cast(ordered_quantity as double)
        from core.fct_production_orders
        where is_subcontract = 0 and order_status <> 'cancelled' and ordered_quantity > 0
            and created_date > cast($as_of as date) - cast($days as integer)
        """,
        {"as_of": warehouse.as_of.isoformat(), "days": OBSERVED_DAYS},
    )
    return frame.cast(LOT_SCHEMA).sort("item_id", "location_id", "way", "quantity")  # type: ignore[arg-type]


def worked_hours(warehouse: Warehouse) -> pl.DataFrame:
    """Hours of finished work orders of the last year beside those of their operation, WORK_SCHEMA.

    `pieces` are good and scrapped ones; run hours are those beyond the setup. `median_run_share`: the median over
    orders of the run hours as a share of the booked ones.
    """
    frame = warehouse.frame(
        """
        with done as (
            select orders.item_id, orders.location_id, works.work_centre_id,
                cast(coalesce(works.good_quantity, 0) + coalesce(works.scrap_quantity, 0) as double) as pieces,
                works.actual_hours - works.setup_hours as run_hours, works.setup_hours,
                operations.run_hours_per_unit, coalesce(operations.setup_hours, 0) as booked_setup_hours
            from canonical.cnl_work_orders as works
            inner join canonical.cnl_production_orders as orders
                on works.production_order_id = orders.production_order_id
            inner join canonical.cnl_routing_operations as operations
                on works.operation_id = operations.operation_id
            where works.work_order_status = 'completed' and works.actual_hours is not null
                and works.setup_hours is not null and operations.run_hours_per_unit > 0
                and cast(works.finished_at as date) > cast($as_of as date) - cast($days as integer)
        )
        select item_id, location_id, work_centre_id, count(*) as count, sum(pieces) as pieces,
            sum(run_hours) as run_hours, sum(pieces * run_hours_per_unit) as booked_run_hours,
            median(run_hours / (pieces * run_hours_per_unit)) as median_run_share,
            sum(setup_hours) as setup_hours, sum(booked_setup_hours) as booked_setup_hours
        from done
        where pieces > 0 and run_hours >= 0
        group by item_id, location_id, work_centre_id
        order by item_id, location_id, work_centre_id
        """,
        {"as_of": warehouse.as_of.isoformat(), "days": OBSERVED_DAYS},
    )
    return frame.cast(WORK_SCHEMA)  # type: ignore[arg-type]
