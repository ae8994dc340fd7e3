"""Demand that the finite plan serves late, by what keeps it waiting; how items might be divided over their sources."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

if TYPE_CHECKING:
    from tower.warehouse import Warehouse

CAUSES = ("work_centre", "material", "lead_time")
DEMANDS = ("sales_order_line", "forecast")
MOST_ROWS = 5_000

_LATE = """
    late as (
        select
            demands.*, items.item_name, items.item_name_zh, centres.work_centre_name,
            limits.item_name as limit_item_name, limits.item_name_zh as limit_item_name_zh,
            coalesce(
                case
                    when demands.limit_kind = 'work_centre' then demands.limit_work_centre_id
                    else demands.limit_item_id
                end,
                ''
            ) as cause_id
        from core.fct_finite_demands as demands
        left join core.dim_locations as locations on demands.location_id = locations.location_id
        left join core.dim_items as items on demands.item_id = items.item_id
        left join core.dim_items as limits on demands.limit_item_id = limits.item_id
        left join core.dim_work_centres as centres on demands.limit_work_centre_id = centres.work_centre_id
        where
            (demands.late_days > 0 or demands.is_open = 1) and demands.demand_type = $demand
            and (
                len(cast($plants as varchar[])) = 0
                or list_contains(cast($plants as varchar[]), locations.plant_id)
            )
    )
"""


def totals(warehouse: Warehouse, demand: str, plants: tuple[str, ...]) -> pl.DataFrame:
    """One row for each kind of cause: limit_kind, lines, value, hours_value (late only for want of hours)."""
    return warehouse.frame(
        f"""
        with {_LATE}
        select
            limit_kind, count(*) as lines, sum(value) as value,
            coalesce(sum(value) filter (where unlimited_late_days = 0), 0) as hours_value
        from late
        group by limit_kind
        order by value desc, limit_kind
        """,
        {"demand": demand, "plants": list(plants)},
    )


def causes(warehouse: Warehouse, demand: str, plants: tuple[str, ...]) -> pl.DataFrame:
    """One row for each work centre or part that keeps demand waiting, with lines, customers, value and worst delay."""
    return warehouse.frame(
        f"""
        with {_LATE}
        select
            limit_kind, cause_id, max(limit_location_id) as location_id, max(work_centre_name) as work_centre_name,
            max(limit_item_name) as item_name, max(limit_item_name_zh) as item_name_zh, count(*) as lines,
            count(distinct customer_id) as customers, sum(value) as value, max(late_days) as late_days,
            max(limit_days) as limit_days
        from late
        group by limit_kind, cause_id
        order by value desc, limit_kind, cause_id
        limit {MOST_ROWS}
        """,
        {"demand": demand, "plants": list(plants)},
    )


def lines(
    warehouse: Warehouse, demand: str, plants: tuple[str, ...], kind: str | None, cause_id: str | None
) -> pl.DataFrame:
    """The late demands of a cause, or all, most money first; at most MOST_ROWS."""
    given: dict[str, Any] = {"demand": demand, "plants": list(plants), "kind": kind, "cause": cause_id}
    return warehouse.frame(
        f"""
        with {_LATE}
        select
            late.demand_type, late.demand_id, customers.customer_name, late.item_id, late.item_name,
            late.item_name_zh, late.location_id, late.quantity, late.value, late.demand_date, late.unlimited_date,
            late.finite_date, late.unlimited_late_days, late.late_days, late.limit_kind, late.cause_id,
            late.work_centre_name, late.limit_item_name, late.limit_item_name_zh, late.limit_order_type,
            late.limit_order_id, late.limit_days
        from late
        left join core.dim_customers as customers on late.customer_id = customers.customer_id
        where ($kind is null or late.limit_kind = $kind) and ($cause is null or late.cause_id = $cause)
        order by late.value desc, late.demand_date, late.demand_id, late.item_id
        limit {MOST_ROWS}
        """,
        given,
    )


def source_splits(warehouse: Warehouse, plants: tuple[str, ...]) -> pl.DataFrame:
    """Items with several sources whose hours do not suffice: the share of each source now and proposed."""
    return warehouse.frame(
        """
        select
            splits.item_id, items.item_name, items.item_name_zh, splits.location_id, splits.source_type,
            splits.source_id, coalesce(suppliers.supplier_name, places.location_name) as source_name, splits.priority,
            splits.planned_quantity, splits.share_now, splits.share_proposed, splits.hours_now,
            splits.hours_proposed, splits.cost_now, splits.cost_proposed
        from core.fct_source_splits as splits
        left join core.dim_items as items on splits.item_id = items.item_id
        left join core.dim_suppliers as suppliers on splits.source_id = suppliers.supplier_id
        left join core.dim_locations as places on splits.source_id = places.location_id
        left join core.dim_locations as locations on splits.location_id = locations.location_id
        where len(cast($plants as varchar[])) = 0 or list_contains(cast($plants as varchar[]), locations.plant_id)
        order by abs(splits.share_proposed - splits.share_now) desc, splits.item_id, splits.priority, splits.source_id
        """,
        {"plants": list(plants)},
    )
