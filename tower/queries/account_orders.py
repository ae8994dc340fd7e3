"""The open order lines of one customer: when they will be there, and what the plan says keeps them waiting."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from tower.queries.account_list import SAFE_RATE

if TYPE_CHECKING:
    from tower.warehouse import Warehouse

# What can be said of a line, the worst first.
STANDINGS = ("late", "at_risk", "in_time", "not_planned")
CAUSES = ("work_centre", "purchase", "production", "planned", "transfer", "goods", "lead_time", "not_shipped",
          "delivery", "slips", "none", "not_planned")  # fmt: skip


def open_lines(warehouse: Warehouse, customer_id: str) -> pl.DataFrame:
    """One row per open line, late ones first, then the most money expected to be late.

    The order, its dates and money; possible_date (material plan), finite_date (with the hours of work centres),
    p50_date and p90_date (chances), in_time_rate, late_value (open value × chance of being late). `standing` is of
    STANDINGS (late: past its date, or late by the material plan; at risk: late with the hours of work centres, or a
    chance below SAFE_RATE), `cause` of CAUSES. The facts of the cause: cause_id (order or work centre), cause_kind
    (type of the document), cause_item_id (+ names), cause_location_id, cause_supplier_id (+ name), cause_date (when it
    comes), cause_days (days that it costs), cause_centre_name, cause_lines (open lines of the reader's customers that
    wait for the same document).

    The cause is the first that holds: hours of a work centre that cost more days than the material; the supply that
    limits the material; lead time of what would have to be ordered; goods that are there and not shipped; what makes
    the date unlikely in most of the draws.
    """
    return warehouse.frame(
        f"""
        with waiting as (
            select limiting_type, limiting_id, count(*) as lines
            from marts.mart_late_demand group by limiting_type, limiting_id
        ),
        joined as (
            select lines.sales_order_line_id, lines.sales_order_id, lines.item_id, items.item_name, items.item_name_zh,
                items.base_uom, lines.location_id, lines.ordered_date, lines.requested_date, lines.promised_date,
                lines.open_quantity, lines.open_value, lines.is_past_due, lines.days_late,
                planned.possible_date, coalesce(planned.late_days, 0) as late_days, finite.finite_date,
                coalesce(finite.late_days, 0) as finite_late_days, finite.limit_kind, finite.limit_days,
                finite.limit_work_centre_id, finite.limit_order_type, finite.limit_order_id, finite.limit_item_id,
                finite.limit_location_id, chances.p50_date, chances.p90_date, chances.in_time_rate, chances.late_value,
                chances.driver_type, chances.driver_id, chances.driver_item_id, chances.driver_location_id,
                chances.driver_supplier_id, chances.observed_count, planned.limiting_type, planned.limiting_id,
                planned.limiting_item_id, planned.limiting_location_id, planned.limiting_supplier_id,
                planned.limiting_date, waiting.lines as waiting_lines, planned.demand_id is not null as is_planned,
                planned.demand_date
            from core.fct_sales_order_lines as lines
            left join core.dim_items as items on lines.item_id = items.item_id
            left join core.fct_plan_demands as planned
                on planned.demand_type = 'sales_order_line' and lines.sales_order_line_id = planned.demand_id
                    and lines.item_id = planned.item_id
            left join core.fct_finite_demands as finite
                on finite.demand_type = 'sales_order_line' and lines.sales_order_line_id = finite.demand_id
                    and lines.item_id = finite.item_id
            left join marts.mart_promise_risk as chances on lines.sales_order_line_id = chances.sales_order_line_id
            left join waiting
                on planned.limiting_type = waiting.limiting_type and planned.limiting_id = waiting.limiting_id
            where lines.is_open = 1 and lines.customer_id = $id
        ),
        caused as (
            select *,
                case
                    when not is_planned then 'not_planned'
                    when finite_late_days > late_days and limit_kind = 'work_centre' then 'work_centre'
                    when late_days > 0 and limiting_type = 'purchase_order_line' then 'purchase'
                    when late_days > 0 and limiting_type = 'production_order' then 'production'
                    when late_days > 0 and limiting_type = 'planned_order' then 'planned'
                    when late_days > 0 and limiting_type = 'transfer_order' then 'transfer'
                    when late_days > 0 and limiting_type is not null then 'goods'
                    when finite_late_days > 0 then 'lead_time'
                    when is_past_due = 1 and coalesce(driver_type, 'delivery') = 'delivery' then 'not_shipped'
                    when in_time_rate < {SAFE_RATE} and driver_type = 'delivery' then 'delivery'
                    when in_time_rate < {SAFE_RATE} and driver_type is not null then 'slips'
                    else 'none'
                end as cause
            from joined
        ),
        found as (
            select *,
                case
                    when not is_planned then 'not_planned'
                    when is_past_due = 1 or late_days > 0 then 'late'
                    when finite_late_days > 0 or in_time_rate < {SAFE_RATE} then 'at_risk'
                    else 'in_time'
                end as standing,
                case cause
                    when 'work_centre' then limit_work_centre_id when 'lead_time' then limit_order_id
                    when 'slips' then driver_id when 'delivery' then null when 'not_shipped' then null
                    else limiting_id
                end as cause_id,
                case cause
                    when 'work_centre' then 'work_centre' when 'lead_time' then limit_order_type
                    when 'slips' then driver_type when 'delivery' then null when 'not_shipped' then null
                    else limiting_type
                end as cause_kind,
                case cause
                    when 'work_centre' then limit_item_id when 'lead_time' then limit_item_id
                    when 'slips' then driver_item_id when 'delivery' then null when 'not_shipped' then null
                    else limiting_item_id
                end as cause_item_id,
                case cause
                    when 'work_centre' then limit_location_id when 'lead_time' then limit_location_id
                    when 'slips' then driver_location_id when 'delivery' then null when 'not_shipped' then null
                    else limiting_location_id
                end as cause_location_id,
                case cause
                    when 'slips' then driver_supplier_id when 'delivery' then null when 'not_shipped' then null
                    when 'work_centre' then null when 'lead_time' then null
                    else limiting_supplier_id
                end as cause_supplier_id,
                case when cause in ('purchase', 'production', 'planned', 'transfer', 'goods') then limiting_date end
                    as cause_date,
                case when cause in ('work_centre', 'lead_time') then limit_days
                    when cause in ('purchase', 'production', 'planned', 'transfer', 'goods') then late_days end
                    as cause_days,
                case when cause in ('purchase', 'production', 'planned', 'transfer') then waiting_lines end
                    as cause_lines
            from caused
        )
        select found.* exclude (limit_kind, limit_days, limit_order_type, limit_order_id, limit_item_id,
                limit_location_id, limiting_type, limiting_id, limiting_item_id, limiting_location_id,
                limiting_supplier_id, limiting_date, waiting_lines, is_planned),
            parts.item_name as cause_item_name, parts.item_name_zh as cause_item_name_zh,
            coalesce(suppliers.supplier_name, found.cause_supplier_id) as cause_supplier_name,
            coalesce(centres.work_centre_name, found.limit_work_centre_id) as cause_centre_name
        from found
        left join core.dim_items as parts on found.cause_item_id = parts.item_id
        left join core.dim_suppliers as suppliers on found.cause_supplier_id = suppliers.supplier_id
        left join core.dim_work_centres as centres on found.limit_work_centre_id = centres.work_centre_id
        order by case standing when 'late' then 0 when 'at_risk' then 1 when 'in_time' then 3 else 2 end,
            late_value desc nulls last, open_value desc nulls last, sales_order_line_id
        """,
        {"id": customer_id},
    )


def askable_items(warehouse: Warehouse, customer_id: str) -> pl.DataFrame:
    """What a date can be asked for: items that are planned and sold, those of the customer first: item_id, names,
    base_uom, is_own."""
    return warehouse.frame(
        """
        with own as (
            select item_id, sum(net_value) as value from core.fct_sales_order_lines
            where customer_id = $id and is_cancelled = 0 group by item_id
        )
        select items.item_id, items.item_name, items.item_name_zh, items.base_uom, own.item_id is not null as is_own
        from core.dim_items as items left join own on items.item_id = own.item_id
        where own.item_id is not null or items.item_type in ('finished', 'spare_part')
        order by own.value desc nulls last, items.item_id
        """,
        {"id": customer_id},
    )


def usual_price(warehouse: Warehouse, customer_id: str, item_id: str) -> float | None:
    """What a unit brought in twelve months: net value ÷ quantity of this customer's lines, else of all that the reader
    may see; None where it was not sold."""
    found = warehouse.frame(
        """
        select sum(net_value) filter (where customer_id = $id)
                / nullif(sum(ordered_quantity) filter (where customer_id = $id), 0) as own,
            sum(net_value) / nullif(sum(ordered_quantity), 0) as everyones
        from core.fct_sales_order_lines
        where item_id = $item and is_cancelled = 0 and ordered_date > cast($as_of as date) - interval 1 year
        """,
        {"id": customer_id, "item": item_id, "as_of": warehouse.as_of},
    ).row(0, named=True)
    value = found["everyones"] if found["own"] is None else found["own"]
    return None if value is None else float(value)


def stock(warehouse: Warehouse, item_id: str) -> dict[str, float]:
    """Usable stock of an item by place."""
    frame = warehouse.frame(
        "select location_id, usable_quantity from core.fct_inventory_positions where item_id = $item",
        {"item": item_id},
    )
    return {place: float(quantity or 0) for place, quantity in frame.rows()}


def whose_lines(warehouse: Warehouse, lines: tuple[str, ...]) -> pl.DataFrame:
    """Of some order lines those that the reader may see: sales_order_line_id, customer_id, customer_name."""
    return warehouse.frame(
        """
        select lines.sales_order_line_id, lines.customer_id, coalesce(customers.customer_name, '') as customer_name
        from core.fct_sales_order_lines as lines
        left join core.dim_customers as customers on lines.customer_id = customers.customer_id
        where list_contains(cast($lines as varchar[]), lines.sales_order_line_id)
        order by lines.sales_order_line_id
        """,
        {"lines": list(lines)},
    )


def limit_names(
    warehouse: Warehouse, item_id: str, document_id: str, supplier_id: str
) -> tuple[tuple[str | None, str | None], str | None]:
    """Names of a part, English and Chinese, and of who supplies it: of a purchase order line, else of a number."""
    names = warehouse.frame(
        "select item_name, item_name_zh from core.dim_items where item_id = $item", {"item": item_id}
    ).rows()
    who = warehouse.frame(
        """
        select coalesce(supplier_name, supplier_id) as supplier from core.dim_suppliers
        where supplier_id = $supplier or supplier_id in (
            select supplier_id from core.fct_purchase_order_lines where purchase_order_line_id = $document
        )
        order by supplier_id
        """,
        {"supplier": supplier_id, "document": document_id},
    )["supplier"].to_list()
    return (names[0] if names else (None, None)), (who[0] if who else None)
