"""What a customer has not bought yet and is likely to want, why, and how often such advice was right."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from tower.queries.customer_lifecycle import Chosen
    from tower.warehouse import Warehouse

MOST_ROWS = 2_000
# Filters of the lifecycle page, each a column of marts.mart_next_products.
_FILTERS = ("segment", "customer_type", "sales_rep_id", "region")


def of_customer(warehouse: Warehouse, customer_id: str) -> pl.DataFrame:
    """The products to offer one customer, best first; empty for a customer who has not ordered for a year.

    rank, item_id, item_name, item_name_zh, product_family(_zh), base_uom; the reason: because_item_id,
    because_item_name(_zh), lift, support, common_buyers, because_buyers (null without a reason), popularity,
    alike_buyers of alike_customers; available_quantity (null: the source states no stock), margin_rate,
    usual_value_year and usual_margin_year (of a buyer, company currency); way (popularity, bought_together,
    look_alikes). `rules` says whether the way is better than popularity.
    """
    return warehouse.frame(
        "select * from marts.mart_next_products where customer_id = $customer_id order by rank",
        {"customer_id": customer_id},
    )


def products(warehouse: Warehouse, chosen: Chosen) -> pl.DataFrame:
    """White space by product: item_id, names, family, customers (to whom it is recommended), first_customers (as the
    best one), available_quantity, usual_value_year and margin_rate (median over these
    customers, whose groups may differ)."""
    where, given = _where(chosen)
    return warehouse.frame(
        f"""
        select item_id, any_value(item_name) as item_name, any_value(item_name_zh) as item_name_zh,
            any_value(product_family) as product_family, any_value(product_family_zh) as product_family_zh,
            any_value(base_uom) as base_uom, count(*) as customers, count(*) filter (where rank = 1) as first_customers,
            any_value(available_quantity) as available_quantity, median(usual_value_year) as usual_value_year,
            median(margin_rate) as margin_rate
        from marts.mart_next_products where {where}
        group by item_id order by customers desc, item_id
        """,
        given,
    )


def customers(warehouse: Warehouse, chosen: Chosen, item_id: str = "") -> pl.DataFrame:
    """The rows of `of_customer` for all customers who should be offered a product (of all products where empty), with
    customer_name, segment and sales_rep_name; those with a reason first, then the largest usual margin."""
    where, given = _where(chosen)
    return warehouse.frame(
        f"""
        select given.*, worth.lifetime_value, stages.last_ordered_date
        from marts.mart_next_products as given
        left join core.fct_customer_values as worth on given.customer_id = worth.customer_id
        left join core.fct_customer_stages as stages
            on given.customer_id = stages.customer_id
                and stages.day = (select max(day) from core.fct_customer_stages)
        where {where} and ($item_id = '' or given.item_id = $item_id)
        order by given.rank, given.alike_buyers / nullif(given.alike_customers, 0) desc nulls last,
            given.lift desc nulls last, given.customer_id, given.item_id
        limit {MOST_ROWS}
        """,
        {**given, "item_id": item_id},
    )


def rules(warehouse: Warehouse) -> pl.DataFrame:
    """By group of customers: label(_zh), way in use, reason (compared, too_few), customers, advised_customers, items,
    judged_customers, substitute_pairs; and over all cutoffs hit_rate_3, hit_rate_5 (of the way in use), popular_3,
    popular_5 (of popularity), shuffled_3 and shuffled_5 (of the way in use, judged by other customers' purchases)."""
    return warehouse.frame(
        """
        with rates as (
            select customer_group,
                max(hit_rate) filter (where is_used and not is_shuffled and k = 3) as hit_rate_3,
                max(hit_rate) filter (where is_used and not is_shuffled and k = 5) as hit_rate_5,
                max(hit_rate) filter (where way = 'popularity' and not is_shuffled and k = 3) as popular_3,
                max(hit_rate) filter (where way = 'popularity' and not is_shuffled and k = 5) as popular_5,
                max(hit_rate) filter (where is_used and is_shuffled and k = 3) as shuffled_3,
                max(hit_rate) filter (where is_used and is_shuffled and k = 5) as shuffled_5
            from core.fct_next_product_validation where split = 'all' group by customer_group
        )
        select rules.label, rules.label_zh, made.*, rates.* exclude (customer_group)
        from core.fct_next_product_groups as made
        inner join reference.customer_groups as rules on made.customer_group = rules.customer_group
        left join rates on made.customer_group = rates.customer_group
        order by rules.group_order
        """
    )


def validation(warehouse: Warehouse, group: str) -> pl.DataFrame:
    """Every way at every cutoff, all cutoffs together first, true outcomes before shuffled ones."""
    return warehouse.frame(
        """
        select * from core.fct_next_product_validation where customer_group = $group
        order by is_shuffled, split <> 'all', split, k, hit_rate desc, way
        """,
        {"group": group},
    )


def left_out(warehouse: Warehouse) -> pl.DataFrame:
    """How many products of each group are recommended to nobody, by reason: customer_group, left_out, items."""
    return warehouse.frame(
        """
        select customer_group, left_out, count(*) as items from core.fct_next_product_items
        where left_out is not null group by customer_group, left_out order by customer_group, left_out
        """
    )


def _where(chosen: Chosen) -> tuple[str, dict[str, list[str]]]:
    conditions = [f"list_contains(cast(${name} as varchar[]), {name})" for name, _ in chosen if name in _FILTERS]
    return " and ".join(conditions) or "true", {name: list(values) for name, values in chosen if name in _FILTERS}
