"""What depends on few suppliers: concentration, single sources, shared upstream suppliers, goods at subcontractors."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from tower.warehouse import Warehouse

MOST_ROWS = 2_000


def concentration(warehouse: Warehouse) -> pl.DataFrame:
    """One row per item category, most concentrated first: index (Herfindahl-Hirschman, 0 to 1), suppliers, largest
    share and whose, purchases of the last 12 months.
    """
    return warehouse.frame(
        """
        select category_id, any_value(category_name) as category_name, any_value(category_name_zh) as category_name_zh,
            sum(share_squared) as concentration, count(*) as suppliers, max(share_rate) as top_share,
            max_by(supplier_name, share_rate) as top_supplier_name, max_by(supplier_id, share_rate) as top_supplier_id,
            max(category_value) as purchases
        from marts.mart_supplier_concentration
        where category_value > 0
        group by category_id
        order by concentration desc, purchases desc, category_id
        """
    )


def single_sources(warehouse: Warehouse, supplier_id: str | None) -> pl.DataFrame:
    """Items with one supplier who is not blocked, most revenue that hangs on them first; at most MOST_ROWS."""
    return warehouse.frame(
        f"""
        select item_id, item_name, item_name_zh, supplier_id, supplier_name, country_code, supplier_status,
            book_lead_time_days, purchased_value, hanging_revenue_value, hanging_backlog_value, hanging_products
        from marts.mart_supplier_items
        where is_single_source = 1 and ($supplier is null or supplier_id = $supplier)
        order by hanging_revenue_value desc, purchased_value desc, item_id
        limit {MOST_ROWS}
        """,
        {"supplier": supplier_id},
    )


def exposure(warehouse: Warehouse) -> pl.DataFrame:
    """One row: items, single_items, single_purchases, purchases (12 months), single_revenue and revenue.

    single_revenue is the net value of the sales lines of 12 months whose item holds at least one single-source item;
    each line counts once.
    """
    return warehouse.frame(
        """
        with sold as (
            select item_id, sum(net_value) as value from core.fct_sales_order_lines
            where ordered_date > cast($as_of as date) - interval 1 year group by item_id
        ),
        single as (
            select distinct item_id from marts.mart_supplier_items where is_single_source = 1
        ),
        hit as (
            select item_id from single
            union
            select parent_item_id from core.fct_bom_components
            where is_by_product = 0 and component_item_id in (select item_id from single)
        )
        select
            (select count(distinct item_id) from marts.mart_supplier_items) as items,
            (select count(*) from single) as single_items,
            (select coalesce(sum(purchased_value), 0) from marts.mart_supplier_items where is_single_source = 1)
                as single_purchases,
            (select coalesce(sum(purchased_value), 0) from marts.mart_supplier_items) as purchases,
            (select coalesce(sum(value), 0) from sold where item_id in (select item_id from hit)) as single_revenue,
            (select coalesce(sum(value), 0) from sold) as revenue
        """,
        {"as_of": warehouse.as_of},
    )


def shared_upstream(warehouse: Warehouse) -> pl.DataFrame:
    """Upstream suppliers on whom several of our suppliers depend: direct suppliers, items, those that look as if they
    had two sources but have one upstream (hidden single sources), revenue that hangs on these; each sale counts once.
    """
    return warehouse.frame(
        """
        with reached as (
            select distinct tiers.upstream_supplier_id, agreements.supplier_id, agreements.item_id,
                agreements.usable_suppliers
            from core.fct_supplier_tiers as tiers
            inner join marts.mart_supplier_items as agreements
                on tiers.supplier_id = agreements.supplier_id and agreements.is_usable = 1
                and (tiers.item_id is null or tiers.item_id = agreements.item_id)
        ),
        by_item as (
            select upstream_supplier_id, item_id, count(distinct supplier_id) as suppliers,
                max(usable_suppliers) as usable_suppliers
            from reached group by all
        ),
        holding as (
            select by_item.upstream_supplier_id, by_item.item_id as sold_item_id from by_item
            union
            select by_item.upstream_supplier_id, boms.parent_item_id
            from by_item inner join core.fct_bom_components as boms
                on by_item.item_id = boms.component_item_id and boms.is_by_product = 0
        ),
        sold as (
            select item_id, sum(net_value) as value from core.fct_sales_order_lines
            where ordered_date > cast($as_of as date) - interval 1 year group by item_id
        ),
        money as (
            select upstream_supplier_id, sum(value) as revenue
            from holding inner join sold on holding.sold_item_id = sold.item_id group by upstream_supplier_id
        ),
        counted as (
            select upstream_supplier_id, count(*) as items,
                count(*) filter (where usable_suppliers > 1 and suppliers = usable_suppliers) as hidden_items
            from by_item group by upstream_supplier_id
        )
        select counted.upstream_supplier_id, upstream.supplier_name as upstream_name,
            count(distinct reached.supplier_id) as direct_suppliers,
            string_agg(distinct direct.supplier_name, ' · ' order by direct.supplier_name) as direct_names,
            any_value(counted.items) as items, any_value(counted.hidden_items) as hidden_items,
            any_value(coalesce(money.revenue, 0)) as hanging_revenue_value
        from counted
        inner join reached on counted.upstream_supplier_id = reached.upstream_supplier_id
        left join core.dim_suppliers as upstream on counted.upstream_supplier_id = upstream.supplier_id
        left join core.dim_suppliers as direct on reached.supplier_id = direct.supplier_id
        left join money on counted.upstream_supplier_id = money.upstream_supplier_id
        group by counted.upstream_supplier_id, upstream.supplier_name
        order by hidden_items desc, direct_suppliers desc, hanging_revenue_value desc, counted.upstream_supplier_id
        """,
        {"as_of": warehouse.as_of},
    )


def subcontract(warehouse: Warehouse) -> pl.DataFrame:
    """Goods at subcontractors, what is not accounted for first."""
    return warehouse.frame(
        """
        select * from marts.mart_subcontract_balances
        order by abs(unaccounted_value) desc nulls last, abs(unaccounted_quantity) desc, sent_quantity desc, item_id
        """
    )
