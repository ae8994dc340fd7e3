"""Stock by status, class, cover and protection: sums and rows of `marts.mart_inventory_health` as the filters say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import polars as pl

if TYPE_CHECKING:
    from tower.warehouse import Warehouse

# Filter: the column of the mart that it narrows.
FILTERS: Mapping[str, str] = {
    "plant": "plant_id", "family": "product_family", "item_type": "item_type", "planner": "planner",
    "status": "status_code", "abc": "abc_class", "xyz": "xyz_class",
}  # fmt: skip
STOCK_TYPES: Mapping[str, str] = {
    "unrestricted": "usable_value", "inspection": "inspection_value", "blocked": "blocked_value",
    "consigned": "consigned_value",
}  # fmt: skip
# Used in the last year, and in no class: an own cell beside the nine.
NO_CLASS = "-"
MOST_ROWS = 5_000
MOST_MOVEMENTS = 60
# Days of forward cover at which the bars of the histogram begin; the last has no end.
COVER_FROM = (0, 7, 14, 28, 56, 91, 182, 365)

# (filter, values) pairs, by filter; plain values, so that answers can be kept.
Chosen = tuple[tuple[str, tuple[str, ...]], ...]


def _where(chosen: Chosen, types: tuple[str, ...]) -> tuple[str, dict[str, Any]]:
    """The rows and the value that are asked for. Raises ValueError for a filter or stock type that there is none of."""
    parts, given = ["true"], {}
    for name, values in chosen:
        if name not in FILTERS:
            raise ValueError(f"There is no filter {name!r}; the filters are {', '.join(FILTERS)}.")
        if values:
            parts.append(f"list_contains(cast(${name} as varchar[]), coalesce({FILTERS[name]}, '{NO_CLASS}'))")
            given[name] = list(values)
    unknown = [one for one in types if one not in STOCK_TYPES]
    if unknown:
        raise ValueError(f"There is no stock type {unknown[0]!r}; the types are {', '.join(STOCK_TYPES)}.")
    value = " + ".join(f"coalesce({STOCK_TYPES[one]}, 0)" for one in types) if types else "on_hand_value"
    rows = f"health as (select *, {value} as value from marts.mart_inventory_health where {' and '.join(parts)})"
    return rows, given


def statuses(warehouse: Warehouse) -> pl.DataFrame:
    """The statuses in the order in which their rules are asked, with their rules."""
    return warehouse.frame("select * from reference.inventory_statuses order by precedence")


def classes(warehouse: Warehouse) -> pl.DataFrame:
    """The classes of usage value and variability with their bounds."""
    return warehouse.frame("select * from reference.inventory_classes order by scheme, class_order")


def options(warehouse: Warehouse) -> dict[str, list[str]]:
    """For each filter the values that there are."""
    found = {}
    for name, column in FILTERS.items():
        rows = warehouse.frame(f"select distinct {column} as value from marts.mart_inventory_health order by 1")
        found[name] = rows["value"].drop_nulls().to_list()
    return found


def known(warehouse: Warehouse) -> dict[str, Any]:
    """What the sources say at all: rows, days of movements, last week of the plan, whether there is a forecast."""
    return warehouse.frame(
        """
        select
            count(*) as positions, max(history_days) as history_days, max(plan_until_date) as plan_until_date,
            coalesce(sum(forecast_quantity), 0) > 0 as has_forecast, count(abc_class) > 0 as has_classes,
            count(protection) > 0 as has_policies,
            (
                select coalesce(sum(intervals.value), 0)
                from core.fct_stock_intervals as intervals
                inner join core.dim_locations as locations on intervals.location_id = locations.location_id
                where locations.location_type = 'transit' and intervals.valid_to_date = date '9999-12-31'
            ) as transit_value
        from marts.mart_inventory_health
        """
    ).row(0, named=True)


def totals(warehouse: Warehouse, chosen: Chosen, types: tuple[str, ...]) -> dict[str, Any]:
    """Sums of what is chosen, ratios as numerator over denominator of all rows together."""
    rows, given = _where(chosen, types)
    return warehouse.frame(
        f"""
        with {rows}
        select
            count(*) as positions, coalesce(sum(value), 0) as value, sum(is_shortage) as short_positions,
            coalesce(sum(value) filter (where status_code in ('dead', 'slow')), 0) as still_value,
            count(*) filter (where status_code in ('dead', 'slow')) as still_positions,
            coalesce(sum(excess_value), 0) as excess_value,
            count(*) filter (where excess_value > 0) as excess_positions,
            coalesce(sum(surplus_value), 0) as surplus_value,
            cast(sum(known_days - ready_days) as double) / nullif(sum(known_days), 0) as zero_rate,
            sum(cast(value as double))
                / nullif(sum(daily_demand_quantity * cast(unit_cost as double)), 0) as forward_days,
            sum(cast(value as double) * holding_rate) as carrying_value
        from health
        """,
        given,
    ).row(0, named=True)


def by_status(warehouse: Warehouse, chosen: Chosen, types: tuple[str, ...]) -> pl.DataFrame:
    """One row for each status, also those that no row has."""
    rows, given = _where(chosen, types)
    return warehouse.frame(
        f"""
        with {rows}
        select
            statuses.status_code, statuses.label, statuses.label_zh, statuses.rule, statuses.rule_zh,
            statuses.window_days, statuses.least_rate, count(health.item_id) as positions,
            coalesce(sum(health.value), 0) as value, coalesce(sum(health.excess_value), 0) as excess_value,
            coalesce(sum(health.surplus_value), 0) as surplus_value
        from reference.inventory_statuses as statuses
        left join health on statuses.status_code = health.status_code
        group by all
        order by min(statuses.precedence)
        """,
        given,
    )


def grid(warehouse: Warehouse, chosen: Chosen, types: tuple[str, ...]) -> pl.DataFrame:
    """One row for each pair of classes: items, positions, stock, its share, usage, service over the days and money."""
    rows, given = _where(chosen, types)
    return warehouse.frame(
        f"""
        with {rows},
        items as (
            select distinct item_id, coalesce(abc_class, '{NO_CLASS}') as abc_class,
                coalesce(xyz_class, '{NO_CLASS}') as xyz_class, coalesce(usage_value, 0) as usage_value
            from health
        ),
        usage as (
            select abc_class, xyz_class, count(*) as items, sum(usage_value) as usage_value from items group by all
        ),
        stock as (
            select
                coalesce(abc_class, '{NO_CLASS}') as abc_class, coalesce(xyz_class, '{NO_CLASS}') as xyz_class,
                count(*) as positions, coalesce(sum(value), 0) as value, sum(is_shortage) as short_positions,
                cast(sum(ready_days) as double) / nullif(sum(known_days), 0) as ready_rate,
                sum(present_fill_rate * cast(protected_demand as double) * cast(unit_cost as double))
                    / nullif(
                        sum(cast(protected_demand as double) * cast(unit_cost as double))
                            filter (where present_fill_rate is not null), 0
                    ) as fill_rate
            from health
            group by all
        )
        select
            usage.abc_class, usage.xyz_class, usage.items, usage.usage_value, stock.positions, stock.value,
            stock.short_positions, stock.ready_rate, stock.fill_rate
        from usage
        inner join stock using (abc_class, xyz_class)
        order by nullif(usage.abc_class, '{NO_CLASS}') nulls last, nullif(usage.xyz_class, '{NO_CLASS}') nulls last
        """,
        given,
    )


def cover(warehouse: Warehouse, chosen: Chosen, types: tuple[str, ...]) -> pl.DataFrame:
    """Stock by days of forward cover: from_days (empty: stock without demand in the next 91 days), rows and value."""
    rows, given = _where(chosen, types)
    bounds = " ".join(f"when forward_days >= {days} then {days}" for days in reversed(COVER_FROM))
    return warehouse.frame(
        f"""
        with {rows}
        select case {bounds} end as from_days, count(*) as positions, coalesce(sum(value), 0) as value
        from health
        where forward_days is not null or on_hand_quantity > 0
        group by from_days
        order by from_days nulls last
        """,
        given,
    )


def cover_band(warehouse: Warehouse, chosen: Chosen, types: tuple[str, ...]) -> tuple[float, float] | None:
    """Days that safety stock lasts, and safety stock with the lead time; all rows with demand together."""
    rows, given = _where(chosen, types)
    low, high = warehouse.frame(
        f"""
        with {rows},
        paced as (
            select
                daily_demand_quantity * cast(unit_cost as double) as pace, cast(unit_cost as double) as unit_cost,
                cast(safety_stock_quantity as double) as safety, coalesce(lead_time_days, 0) as lead
            from health
            where daily_demand_quantity > 0 and unit_cost is not null
        )
        select
            sum(safety * unit_cost) / nullif(sum(pace), 0),
            sum(safety * unit_cost + lead * pace) / nullif(sum(pace), 0)
        from paced
        """,
        given,
    ).row(0)
    return None if low is None else (float(low), float(high))


def positions(warehouse: Warehouse, chosen: Chosen, types: tuple[str, ...]) -> pl.DataFrame:
    """Rows of the mart with their value of the stock types chosen: what is short first, then the most money."""
    rows, given = _where(chosen, types)
    return warehouse.frame(
        f"""
        with {rows}
        select * from health
        order by precedence, coalesce(value, 0) desc, item_id, location_id
        limit {MOST_ROWS}
        """,
        given,
    )


def protections(warehouse: Warehouse, chosen: Chosen) -> pl.DataFrame:
    """Rows whose safety stock was checked against a service target, the most money off first."""
    rows, given = _where(chosen, ())
    return warehouse.frame(
        f"""
        with {rows}
        select * from health
        where protection is not null
        order by abs(coalesce(safety_stock_gap_value, 0)) desc, item_id, location_id
        limit {MOST_ROWS}
        """,
        given,
    )


def position(warehouse: Warehouse, item_id: str, location_id: str) -> dict[str, Any] | None:
    """One row of the mart; None where there is none that the reader may see."""
    found = warehouse.frame(
        """
        select *, on_hand_value as value
        from marts.mart_inventory_health
        where item_id = $item and location_id = $place
        """,
        {"item": item_id, "place": location_id},
    )
    return found.row(0, named=True) if found.height else None


def policy(warehouse: Warehouse, item_id: str, location_id: str) -> dict[str, Any] | None:
    """The lot figures that the plan's orders of an item at a place were made with; None without planned orders."""
    found = warehouse.frame(
        """
        select lot_rule, min_lot_quantity, max_lot_quantity, lot_multiple, lot_quantity
        from core.fct_plan_orders
        where item_id = $item and location_id = $place
        order by due_date, plan_order_id
        limit 1
        """,
        {"item": item_id, "place": location_id},
    )
    return found.row(0, named=True) if found.height else None


def movements(warehouse: Warehouse, item_id: str, location_id: str) -> pl.DataFrame:
    """The newest movements of an item at a place and the stores within it; quantity is negative where goods left."""
    return warehouse.frame(
        f"""
        with places as (
            select location_id from core.dim_locations
            where location_id = $place or (parent_location_id = $place and location_type = 'warehouse')
        )
        select
            moves.moved_date, moves.movement_type, moves.from_location_id, moves.to_location_id, moves.stock_status,
            case
                when moves.from_location_id in (select location_id from places)
                    and moves.to_location_id in (select location_id from places) then 0
                when moves.from_location_id in (select location_id from places) then -moves.quantity
                else moves.quantity
            end as quantity,
            moves.value, moves.reference_type, moves.reference_id
        from core.fct_stock_movements as moves
        where
            moves.item_id = $item
            and (
                moves.from_location_id in (select location_id from places)
                or moves.to_location_id in (select location_id from places)
            )
        order by moves.moved_at desc, moves.movement_id
        limit {MOST_MOVEMENTS}
        """,
        {"item": item_id, "place": location_id},
    )


def message_titles(warehouse: Warehouse) -> pl.DataFrame:
    """What each code of an action message is called."""
    return warehouse.frame("select code, title, title_zh from reference.action_messages order by code")
