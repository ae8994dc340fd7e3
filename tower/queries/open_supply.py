"""What is on its way, when it will come, and what it stops: through the pegging to order lines, customers and money.

A line stops what is pegged to it and needed before its predicted arrival (P50; its own date where nothing is
predicted). Each sales order line counts once for each supply, and once in the totals. A delivery stops its customer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from tower.warehouse import Warehouse

KINDS = ("purchase_order_line", "transfer_order_line", "delivery")
STATUSES = ("late", "likely_late", "at_risk", "in_time", "unknown")
# What a buyer looks at first: late today, or more likely late than not.
TROUBLE = ("late", "likely_late")
MOST_ROWS = 3_000

_LINES = """
    lines as (
        select * from marts.mart_open_supply
        where len(cast($plants as varchar[])) = 0 or list_contains(cast($plants as varchar[]), plant_id)
    )
"""
# One row for each supply and sales order line that waits for it: is_hit where the supply comes after it is needed.
_WAITING = """
    direct as (
        select lines.document_type, lines.document_id, pegging.demand_type, pegging.demand_id,
            min(pegging.demand_date) as needed_date,
            max(cast(pegging.demand_date < coalesce(lines.p50_date, lines.due_date) as integer)) as is_hit
        from lines
        inner join core.fct_plan_pegging as pegging
            on lines.document_type = pegging.supply_type and lines.document_id = pegging.supply_id
        group by all
    ),
    links as (
        select distinct supply_type, supply_id, demand_type, demand_id
        from core.fct_plan_pegging where supply_type not in ('stock', 'by_product')
    ),
    reached (document_type, document_id, is_hit, demand_type, demand_id) as (
        select document_type, document_id, is_hit, demand_type, demand_id from direct
        union
        select reached.document_type, reached.document_id, reached.is_hit, links.demand_type, links.demand_id
        from reached
        inner join links on reached.demand_type = links.supply_type and reached.demand_id = links.supply_id
    ),
    waiting as (
        select reached.document_type, reached.document_id, demands.demand_id, demands.customer_id, demands.item_id,
            demands.demand_date, demands.value, demands.late_days, max(reached.is_hit) as is_hit
        from reached
        inner join core.fct_plan_demands as demands
            on reached.demand_type = demands.demand_type and reached.demand_id = demands.demand_id
            and demands.demand_type = 'sales_order_line'
        group by all
    )
"""


def open_supply(
    warehouse: Warehouse, plants: tuple[str, ...], kinds: tuple[str, ...], statuses: tuple[str, ...]
) -> pl.DataFrame:
    """What is still to arrive, most money at risk first; at most MOST_ROWS.

    The columns of marts.mart_open_supply and needed_date (the first day on which something pegged to it asks for it),
    stopped_lines, stopped_customers, value_at_risk (of what it stops), waiting_lines and waiting_value (of all that
    hangs on it, in time or not), customer_names.
    """
    return warehouse.frame(
        f"""
        with recursive {_LINES}, {_WAITING},
        needs as (
            select document_type, document_id, min(needed_date) as needed_date from direct group by all
        ),
        totals as (
            select waiting.document_type, waiting.document_id, count(*) as waiting_lines, sum(value) as waiting_value,
                count(*) filter (where is_hit = 1) as stopped_lines,
                count(distinct waiting.customer_id) filter (where is_hit = 1) as stopped_customers,
                coalesce(sum(value) filter (where is_hit = 1), 0) as stopped_value,
                max_by(customers.customer_name, value) filter (where is_hit = 1) as first_customer
            from waiting left join core.dim_customers as customers on waiting.customer_id = customers.customer_id
            group by all
        ),
        own as (
            select delivery_id, count(distinct sales_order_line_id) as lines from core.fct_delivery_lines
            where delivery_id in (select document_id from lines where document_type = 'delivery') group by all
        )
        select lines.*, needs.needed_date,
            case when lines.document_type = 'delivery' then own.lines else coalesce(totals.waiting_lines, 0) end
                as waiting_lines,
            case when lines.document_type = 'delivery' then lines.open_value else coalesce(totals.waiting_value, 0) end
                as waiting_value,
            case
                when lines.document_type <> 'delivery' then coalesce(totals.stopped_lines, 0)
                when lines.arrival_status in ('late', 'likely_late') then own.lines else 0
            end as stopped_lines,
            case
                when lines.document_type <> 'delivery' then coalesce(totals.stopped_customers, 0)
                when lines.arrival_status in ('late', 'likely_late') then 1 else 0
            end as stopped_customers,
            case
                when lines.document_type <> 'delivery' then coalesce(totals.stopped_value, 0)
                when lines.arrival_status in ('late', 'likely_late') then lines.open_value else 0
            end as value_at_risk,
            coalesce(totals.first_customer, lines.customer_name) as first_customer
        from lines
        left join totals on lines.document_type = totals.document_type and lines.document_id = totals.document_id
        left join needs on lines.document_type = needs.document_type and lines.document_id = needs.document_id
        left join own on lines.document_id = own.delivery_id and lines.document_type = 'delivery'
        where list_contains(cast($kinds as varchar[]), lines.document_type)
            and list_contains(cast($statuses as varchar[]), lines.arrival_status)
        order by value_at_risk desc nulls last, lines.days_late desc, lines.predicted_late_days desc nulls last,
            lines.document_type, lines.document_id
        limit {MOST_ROWS}
        """,
        {"plants": list(plants), "kinds": list(kinds), "statuses": list(statuses)},
    )


def totals(warehouse: Warehouse, plants: tuple[str, ...]) -> pl.DataFrame:
    """One row per kind and status: documents and open value of them."""
    return warehouse.frame(
        f"""
        with {_LINES}
        select document_type, arrival_status, count(*) as documents, sum(open_value) as open_value
        from lines group by all order by all
        """,
        {"plants": list(plants)},
    )


def money_at_risk(warehouse: Warehouse, plants: tuple[str, ...]) -> pl.DataFrame:
    """One row: sales order lines, customers and value that late and likely late purchases and transfers stop; each
    sales order line once, whatever number of supplies stops it.
    """
    return warehouse.frame(
        f"""
        with recursive {_LINES}, {_WAITING},
        once as (
            select distinct waiting.demand_id, waiting.customer_id, waiting.value
            from waiting
            inner join lines
                on waiting.document_type = lines.document_type and waiting.document_id = lines.document_id
            where waiting.is_hit = 1 and lines.arrival_status in ('late', 'likely_late')
        )
        select count(*) as lines, count(distinct customer_id) as customers, coalesce(sum(value), 0) as value from once
        """,
        {"plants": list(plants)},
    )


def stopped(warehouse: Warehouse, document_type: str, document_id: str) -> pl.DataFrame:
    """The sales order lines that wait for one supply, those that it stops first; of a delivery its own lines."""
    if document_type == "delivery":
        return warehouse.frame(
            """
            select delivery_lines.sales_order_line_id as demand_id, customers.customer_name, delivery_lines.item_id,
                items.item_name, items.item_name_zh, order_lines.promised_date as demand_date,
                delivery_lines.net_value as value, 1 as is_hit, cast(null as integer) as late_days
            from core.fct_delivery_lines as delivery_lines
            left join core.fct_sales_order_lines as order_lines
                on delivery_lines.sales_order_line_id = order_lines.sales_order_line_id
            left join core.dim_customers as customers on delivery_lines.customer_id = customers.customer_id
            left join core.dim_items as items on delivery_lines.item_id = items.item_id
            where delivery_lines.delivery_id = $id
            order by value desc, demand_id
            """,
            {"id": document_id},
        )
    return warehouse.frame(
        f"""
        with recursive lines as (
            select * from marts.mart_open_supply where document_type = $type and document_id = $id
        ), {_WAITING}
        select waiting.demand_id, customers.customer_name, waiting.item_id, items.item_name, items.item_name_zh,
            waiting.demand_date, waiting.value, waiting.is_hit, waiting.late_days
        from waiting
        left join core.dim_customers as customers on waiting.customer_id = customers.customer_id
        left join core.dim_items as items on waiting.item_id = items.item_id
        order by waiting.is_hit desc, waiting.value desc, waiting.demand_id
        """,
        {"type": document_type, "id": document_id},
    )


def milestones(warehouse: Warehouse, shipment_id: str) -> pl.DataFrame:
    """The events of a shipment in the order of time, and the planned arrival where it has not arrived."""
    return warehouse.frame(
        """
        select event_number, event_type, planned_at, event_at, late_hours, place, note
        from core.fct_shipment_events where shipment_id = $id
        union all
        select 100000, 'arrival', cast(planned_arrival_date as timestamp), null, null, null, null
        from core.fct_shipments where shipment_id = $id and is_arrived = 0
        order by event_number
        """,
        {"id": shipment_id},
    )


def reasons(warehouse: Warehouse, document_type: str, document_id: str) -> pl.DataFrame:
    """What moved the prediction of one document away from the average, the greatest effect first."""
    return warehouse.frame(
        """
        select feature, value, usual_value, effect, explains, average from core.fct_arrival_reasons
        where document_type = $type and document_id = $id order by rank, feature limit 6
        """,
        {"type": document_type, "id": document_id},
    )


def validation(warehouse: Warehouse) -> pl.DataFrame:
    """How good the predictions of arrivals were, over all cutoffs: one row per kind and candidate."""
    return warehouse.frame(
        """
        select model, candidate, test_rows, base_rate, auc, brier, mean_absolute_error_days,
            pinball_p50_days + pinball_p90_days as pinball_days, coverage_p50, coverage_p90, is_used_for_probability,
            is_used_for_date
        from core.fct_prediction_validation
        where split = 'all' and model in ('purchase_arrival', 'transfer_arrival', 'delivery_arrival')
        order by model desc, candidate
        """
    )
