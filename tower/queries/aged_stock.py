"""Aged stock: totals by bracket and clock, the positions, and one position with its layers, values and uses."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from tower.warehouse import Warehouse

# What brackets are counted by: age of the layers, days since the last movement or issue, days the stock still lasts.
CLOCKS = ("layer", "movement", "issue", "cover")
GROUPS = ("product_family", "item_type", "stock_class", "location_name")
# Which positions are listed, and by which money they are ranked.
LISTS = {
    "aged": "aged_value", "obsolete": "obsolete_value", "excess": "excess_value", "slow": "slow_value",
    "surplus": "surplus_order_value", "provision": "rate_provision_value", "contradiction": "value", "all": "value",
}  # fmt: skip

# Ids of places, families and item types that are looked at; empty means all.
Where = tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]

_SEEN = """
    seen as (
        select
            positions.*, items.item_name, items.item_name_zh, items.item_type, items.product_family,
            items.product_family_zh, items.lifecycle_status, items.base_uom, places.location_name, places.plant_id,
            prices.selling_price, prices.price_quantity, prices.price_from_date, prices.price_to_date,
            prices.last_sold_date, prices.own_value, prices.recoverable_rate, prices.known_rate
        from core.fct_aged_stock_positions as positions
        inner join core.dim_items as items on positions.item_id = items.item_id
        inner join core.dim_locations as places on positions.location_id = places.location_id
        left join core.fct_net_realisable_values as prices on positions.item_id = prices.item_id
        where
            (len($plants) = 0 or places.plant_id in (select unnest($plants)))
            and (len($families) = 0 or items.product_family in (select unnest($families)))
            and (len($types) = 0 or items.item_type in (select unnest($types)))
    )
"""


def _parameters(where: Where) -> dict[str, list[str]]:
    return {"plants": list(where[0]), "families": list(where[1]), "types": list(where[2])}


def item_types(warehouse: Warehouse) -> tuple[str, ...]:
    """Item types that hold stock."""
    found = warehouse.frame(
        "select distinct items.item_type from core.fct_aged_stock_positions as positions "
        "inner join core.dim_items as items on positions.item_id = items.item_id order by items.item_type"
    )
    return tuple(found["item_type"])


def rules(warehouse: Warehouse) -> pl.DataFrame:
    """The limits of the reference data: rule, value, unit, label, description and both in Chinese."""
    return warehouse.frame("select * from reference.stock_value_rules order by unit, rule")


def brackets(warehouse: Warehouse) -> pl.DataFrame:
    """The sets of brackets, `standard` first."""
    return warehouse.frame(
        "select * from reference.ageing_brackets order by bracket_set <> 'standard', bracket_set, bracket_number"
    )


def rates(warehouse: Warehouse) -> pl.DataFrame:
    """Provision rates by item type and first day of age."""
    return warehouse.frame("select * from reference.provision_rates order by item_type, from_days")


def positions(warehouse: Warehouse, where: Where) -> pl.DataFrame:
    """All positions with the names of item and place; most aged value first."""
    return warehouse.frame(
        f"with {_SEEN} select * from seen "
        "order by aged_value desc nulls last, value desc nulls last, item_id, location_id",
        _parameters(where),
    )


def by_bracket(warehouse: Warehouse, where: Where, bounds: Sequence[int], clock: str, group: str) -> pl.DataFrame:
    """Value and quantity of stock by bracket and group: bracket (0 the first; null where the clock never runs out or
    never ran), member, member_zh, value, quantity, layers.

    `bounds` are the first days of the brackets from the second on. Raises ValueError for an unknown clock or group.
    """
    if clock not in CLOCKS or group not in GROUPS:
        raise ValueError(f"There is no clock {clock!r} or no group {group!r}.")
    days = {
        "layer": "layers.age_days", "movement": "seen.days_since_movement", "issue": "seen.days_since_issue",
        "cover": "seen.cover_days",
    }[clock]  # fmt: skip
    passed = " + ".join(["0", *(f"cast({days} >= {int(bound)} as integer)" for bound in bounds)])
    zh = "seen.product_family_zh" if group == "product_family" else f"seen.{group}"
    return warehouse.frame(
        f"""
        with {_SEEN}
        select
            case when {days} is not null then {passed} end as bracket,
            coalesce(seen.{group}, '') as member, coalesce(min({zh}), '') as member_zh,
            sum(layers.value) as value, sum(layers.quantity) as quantity, count(*) as layers
        from core.fct_stock_layers as layers
        inner join seen on layers.item_id = seen.item_id and layers.location_id = seen.location_id
        group by 1, 2
        order by 1 nulls last, 2
        """,
        _parameters(where),
    )


def layers(warehouse: Warehouse, item_id: str, location_id: str) -> pl.DataFrame:
    """The layers of one position, oldest first, with the documents they came by.

    receipt_type, receipt_reference, receipt_date: the first receipt; route: the places it was moved through since with
    the days, oldest first (empty where it never moved).
    """
    return warehouse.frame(
        """
        with recursive mine as (
            select
                row_number() over (order by original_receipt_date, arrived_date, layer_id, lot_id) as layer_number, *
            from core.fct_stock_layers where item_id = $item and location_id = $place
        ),
        steps as (
            select layer_number, origin_movement_id, in_movement_id as movement_id, 0 as depth from mine
            union all
            select steps.layer_number, steps.origin_movement_id, uses.in_movement_id, steps.depth + 1
            from steps
            inner join core.fct_stock_layer_uses as uses
                on steps.movement_id = uses.out_movement_id and steps.origin_movement_id = uses.origin_movement_id
                    and uses.item_id = $item
            where steps.movement_id <> steps.origin_movement_id and steps.depth < 12
        ),
        moved as (
            select steps.layer_number, steps.movement_id, moves.moved_at, moves.movement_type,
                moves.from_location_id, moves.to_location_id, moves.reference_id
            from steps
            inner join core.fct_stock_movements as moves on steps.movement_id = moves.movement_id
            where steps.movement_id <> steps.origin_movement_id
            group by all
        ),
        routes as (
            select layer_number,
                string_agg(
                    from_location_id || ' → ' || to_location_id || ' ' || strftime(moved_at, '%Y-%m-%d')
                    || coalesce(' (' || reference_id || ')', ''), '; ' order by moved_at, movement_id
                ) as route
            from moved group by layer_number
        )
        select
            mine.layer_number, mine.original_receipt_date, mine.age_days, mine.arrived_date, mine.quantity,
            mine.unit_cost, mine.value, mine.lot_id, origins.movement_type as receipt_type,
            coalesce(origins.reference_id, origins.movement_id) as receipt_reference,
            origins.moved_date as receipt_date, origins.to_location_id as receipt_place, routes.route
        from mine
        left join core.fct_stock_movements as origins on mine.origin_movement_id = origins.movement_id
        left join routes on mine.layer_number = routes.layer_number
        order by mine.layer_number
        """,
        {"item": item_id, "place": location_id},
    )


def realisable_uses(warehouse: Warehouse, item_id: str) -> pl.DataFrame:
    """The products that the plan builds an item into, most of it first, and what each brings for its materials."""
    return warehouse.frame(
        """
        select uses.*, items.item_name, items.item_name_zh
        from core.fct_net_realisable_uses as uses
        left join core.dim_items as items on uses.parent_item_id = items.item_id
        where uses.item_id = $item
        order by uses.quantity desc, uses.parent_item_id
        """,
        {"item": item_id},
    )


def options(warehouse: Warehouse, item_id: str, location_id: str) -> pl.DataFrame:
    """What could use a position up, what frees most first, with the names of the targets."""
    return warehouse.frame(
        """
        select
            options.*, items.item_name as target_item, items.item_name_zh as target_item_zh,
            others.item_name as other_item, others.item_name_zh as other_item_zh,
            places.location_name as target_place, customers.customer_name as target_customer
        from core.fct_stock_consumption as options
        left join core.dim_items as items on options.target_id = items.item_id
        left join core.dim_items as others on options.other_item_id = others.item_id
        left join core.dim_locations as places
            on options.option_kind = 'other_site' and options.target_id = places.location_id
        left join core.dim_customers as customers
            on options.option_kind = 'customer' and options.target_id = customers.customer_id
        where options.item_id = $item and options.location_id = $place
            and (options.option_kind <> 'customer' or customers.customer_id is not null)
        order by options.option_rank
        """,
        {"item": item_id, "place": location_id},
    )


def where_used(warehouse: Warehouse, item_id: str) -> pl.DataFrame:
    """Products above an item in the bills, with the plan's demand: how much of the item that is, and when first."""
    return warehouse.frame(
        """
        with above as (
            select parent_item_id, sum(quantity_per) as quantity_per
            from core.fct_bom_components
            where component_item_id = $item and is_by_product = 0
            group by parent_item_id
        ),
        wanted as (
            select item_id, sum(quantity) as demand_quantity, min(demand_date) as first_date
            from core.fct_plan_demands group by item_id
        )
        select above.parent_item_id, items.item_name, items.item_name_zh, items.lifecycle_status, above.quantity_per,
            coalesce(wanted.demand_quantity, 0) as demand_quantity,
            coalesce(wanted.demand_quantity, 0) * above.quantity_per as component_quantity, wanted.first_date
        from above
        inner join core.dim_items as items on above.parent_item_id = items.item_id
        left join wanted on above.parent_item_id = wanted.item_id
        where items.item_type in ('finished', 'spare_part') or wanted.item_id is not null
        order by component_quantity desc, above.parent_item_id
        """,
        {"item": item_id},
    )


def missing(warehouse: Warehouse) -> tuple[str, ...]:
    """Tables that no source fills completely and without which stock has no layers."""
    found = warehouse.frame(
        "select count(*) as there from build.source_coverage "
        "where table_name = 'stock_movements' and column_name = '' and status = 'full'"
    )
    return () if found.item() else ("stock_movements",)
