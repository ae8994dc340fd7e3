"""What the impact, the causes and the symptom detectors read of a build's plan; any other detector may, too."""

from __future__ import annotations

from collections.abc import Mapping

QUERIES: Mapping[str, str] = {
    # One row per open sales order line that the plan serves: its money, what of it is late, and how sure its day is.
    # late_value: the part that the plan cannot meet on its day; all of it where its day has passed.
    # expected_late_value: value × the chance that it is late; null where no chances were worked out.
    "open_order_lines": """
        select
            demands.demand_id as sales_order_line_id, lines.sales_order_id, demands.customer_id, demands.item_id,
            demands.location_id, demands.demand_date, demands.possible_date,
            greatest(demands.late_days, coalesce(date_diff('day', demands.demand_date, $as_of), 0), 0) as late_days,
            demands.quantity, demands.value,
            case when demands.demand_date < $as_of then demands.value else demands.late_value end as late_value,
            chances.in_time_rate, chances.late_value as expected_late_value, chances.p50_date
        from core.fct_plan_demands as demands
        left join core.fct_sales_order_lines as lines on demands.demand_id = lines.sales_order_line_id
        left join core.fct_plan_probability as chances
            on chances.demand_type = demands.demand_type and chances.demand_id = demands.demand_id
            and chances.item_id = demands.item_id and chances.location_id = demands.location_id
        where demands.demand_type = 'sales_order_line'
        order by demands.demand_id
    """,
    # One row per link of the pegging, from a supply to what takes it. is_cause: the supply is late by
    # itself; served_value: open value of the sales order lines that hang on a late supply.
    "pegging_links": """
        select
            links.link_number, links.item_id, links.location_id, links.quantity, links.demand_type, links.demand_id,
            links.demand_date, links.supply_type, links.supply_id, links.supply_date, links.late_days,
            coalesce(short.is_cause, 0) as is_cause, short.asked_date, short.possible_date,
            coalesce(short.served_value, 0) as served_value
        from core.fct_plan_pegging as links
        left join core.fct_plan_shortages as short on links.link_number = short.link_number
        order by links.link_number
    """,
    # One row per planned order: how it is supplied, and by whom.
    "planned_orders": """
        select
            plan_order_id, order_type, item_id, location_id, supplier_id, from_location_id, quantity, release_date,
            due_date, is_past_due, past_due_days, late_days
        from core.fct_plan_orders
        order by plan_order_id
    """,
    # One row per open production order and work centre on which operations of it are still to be done.
    "work_centre_orders": """
        select distinct work.work_centre_id, work.production_order_id
        from core.fct_work_orders as work
        inner join core.fct_production_orders as orders on work.production_order_id = orders.production_order_id
        where work.is_finished = 0 and orders.is_open = 1 and work.work_centre_id is not null
        order by work.work_centre_id, work.production_order_id
    """,
    # One row per open forecast that cannot be met: at standard cost, so it is never added to money of orders.
    "late_forecasts": """
        select demand_id, item_id, location_id, demand_date, late_days, late_value
        from core.fct_plan_demands
        where demand_type = 'forecast' and late_days > 0
        order by demand_id, item_id, location_id
    """,
    # One row per invoice to a customer that is open, and per delivery under way or of the last year: its customer.
    "document_customers": """
        select 'invoice' as document_type, invoice_id as document_id, customer_id
        from core.fct_open_items
        where account_type = 'receivable' and customer_id is not null
        union
        select 'delivery' as document_type, delivery_id as document_id, customer_id
        from core.fct_delivery_lines
        where customer_id is not null and shipped_date >= $as_of - interval 365 day
        order by document_type, document_id, customer_id
    """,
    # One row per item and usable supplier: who else could be asked, at which price.
    "other_sources": """
        select item_id, supplier_id, priority, lead_time_days, unit_price
        from core.fct_supplier_items
        where is_usable = 1
        order by item_id, supplier_id
    """,
    # One row per work centre: hours of the next four weeks that lie above its capacity.
    "work_centre_load": """
        select resource_id as work_centre_id, sum(greatest(load_quantity - capacity_quantity, 0)) as over_hours
        from core.fct_plan_load
        where
            resource_type = 'work_centre' and capacity_quantity is not null
            and week_start_date < $as_of + interval 28 day
        group by resource_id
        order by resource_id
    """,
    # One row per open order line and supply that makes it late in the simulation; late_share of all of them adds to 1.
    "risk_drivers": """
        select demand_id as sales_order_line_id, driver_type, driver_id, late_share
        from core.fct_plan_risk_drivers
        where demand_type = 'sales_order_line' and driver_id is not null
        order by demand_id, driver_rank
    """,
}
