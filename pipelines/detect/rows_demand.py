"""What the detectors of demand, customers, finance and master data read; `$as_of` is the day of the build."""

from __future__ import annotations

from collections.abc import Mapping

# Name -> SQL over canonical, core and reference, sorted by a stable key. The comment of each says a row.
QUERIES: Mapping[str, str] = {
    "family_items": """
        -- One row per item that was ever ordered or sold on by customers, with its family.
        select
            items.item_id, coalesce(items.product_family, items.item_type, '') as family,
            items.list_price, items.standard_cost, masters.replaced_by_item_id
        from core.dim_items as items
        inner join canonical.cnl_items as masters on items.item_id = masters.item_id
        where
            items.item_type <> 'service' and (
                items.item_id in (select item_id from core.fct_sales_order_lines)
                or items.item_id in (select item_id from core.fct_channel_stock_sales)
            )
        order by items.item_id
    """,
    "sell_out": """
        -- One row per reporting customer, item and whole week: sold on, and left on his shelf at its end.
        select customer_id, item_id, week_start_date, sold_quantity, stock_quantity
        from core.fct_channel_stock_sales
        where week_start_date + interval 6 day <= $as_of
        order by customer_id, item_id, week_start_date
    """,
    "direct_orders": """
        -- One row per item, day and kind of customer, of those who do not tell what they sell on.
        select
            order_lines.item_id, order_lines.ordered_date,
            case when customers.customer_type = 'end_customer' and customers.sales_rep_id is null
                then 'consumer' else 'business' end as customer_group,
            sum(order_lines.ordered_quantity) as quantity,
            sum(order_lines.net_value + coalesce(order_lines.cancelled_value, 0)) as net_value,
            count(*) as lines
        from core.fct_sales_order_lines as order_lines
        inner join core.dim_customers as customers on order_lines.customer_id = customers.customer_id
        where
            order_lines.ordered_date <= $as_of
            and order_lines.customer_id not in (select customer_id from core.fct_channel_stock_sales)
        group by all order by all
    """,
    "known_events": """
        -- One row per promotion, launch or holiday of a family or of all (family empty); those of a single customer
        -- or item are left out.
        with parents as (
            select categories.category_id, coalesce(above.category_name, categories.category_name) as family
            from canonical.cnl_item_categories as categories
            left join canonical.cnl_item_categories as above on categories.parent_category_id = above.category_id
        )
        select
            case when events.category_id is null then events.event_type || ' of all'
                else events.event_type end as event_type,
            coalesce(families.product_family, parents.family) as family,
            events.start_date, coalesce(events.end_date, events.start_date) as end_date
        from canonical.cnl_demand_events as events
        left join parents on events.category_id = parents.category_id
        left join (select distinct category_id, product_family from core.dim_items) as families
            on events.category_id = families.category_id
        where events.item_id is null and events.customer_id is null and events.start_date <= $as_of
        order by events.event_id
    """,
    "sold_prices": """
        -- One row per item: what a piece brought in the last year.
        select item_id, sum(net_value) / sum(ordered_quantity - cancelled_quantity) as unit_value
        from core.fct_sales_order_lines
        where ordered_date > $as_of - interval 365 day and ordered_date <= $as_of
        group by item_id
        having sum(ordered_quantity - cancelled_quantity) > 0
        order by item_id
    """,
    "open_family_lines": """
        -- One row per order line that is still open, with the family of its item.
        select
            order_lines.sales_order_line_id, order_lines.ordered_date, order_lines.item_id,
            coalesce(items.product_family, items.item_type, '') as family
        from core.fct_sales_order_lines as order_lines
        inner join core.dim_items as items on order_lines.item_id = items.item_id
        where order_lines.is_open = 1 and order_lines.ordered_date <= $as_of
        order by order_lines.sales_order_line_id
    """,
    "forecast_vintages": """
        -- One row per family, stage, day on which it was made and month from that day's on: the quantity forecast.
        select
            coalesce(items.product_family, items.item_type, '') as family, forecasts.item_id, forecasts.stage,
            cast(forecasts.created_at as date) as created_date,
            cast(date_trunc('month', forecasts.bucket_start_date) as date) as month_start,
            sum(forecasts.quantity) as quantity
        from canonical.cnl_demand_forecasts as forecasts
        inner join core.dim_items as items on forecasts.item_id = items.item_id
        where
            cast(forecasts.created_at as date) <= $as_of
            and forecasts.bucket_start_date >= date_trunc('month', forecasts.created_at)
        group by all order by all
    """,
    "monthly_orders": """
        -- One row per item and month in which pieces were ordered.
        select
            item_id, cast(date_trunc('month', ordered_date) as date) as month_start,
            sum(ordered_quantity) as quantity, max(ordered_date) as last_date
        from core.fct_sales_order_lines
        where ordered_date <= $as_of
        group by all order by all
    """,
    "policies": """
        -- One row per item and place that is planned, with its cost and the pieces it uses in a year: the most of the
        -- last year, the year before and the last quarter, so that what is new or runs out is not taken for little.
        with used as (
            select
                movements.item_id, movements.from_location_id as location_id,
                sum(case when movements.moved_date > $as_of - interval 365 day then movements.quantity end)
                    as last_year,
                sum(case when movements.moved_date <= $as_of - interval 365 day then movements.quantity end)
                    as year_before,
                sum(case when movements.moved_date > $as_of - interval 91 day then movements.quantity end) * 365.0 / 91
                    as last_quarter
            from core.fct_stock_movements as movements
            inner join reference.movement_types as types on movements.movement_type = types.movement_type
            where
                (types.is_usage = 1 or movements.movement_type = 'transfer')
                and movements.moved_date > $as_of - interval 730 day and movements.moved_date <= $as_of
            group by movements.item_id, movements.from_location_id
        )
        select
            policies.item_id, policies.location_id, policies.supply_type, policies.lot_rule,
            policies.lead_time_days, policies.safety_stock_quantity, policies.fixed_lot_quantity,
            policies.min_lot_quantity, policies.reorder_point_quantity, policies.max_stock_quantity,
            items.standard_cost,
            cast(greatest(coalesce(used.last_year, 0), coalesce(used.year_before, 0), coalesce(used.last_quarter, 0))
                as double) as year_usage,
            coalesce(2 * least(used.last_year, used.year_before, used.last_quarter)
                >= greatest(used.last_year, used.year_before, used.last_quarter), false)
                and used.last_year is not null and used.year_before is not null and used.last_quarter is not null
                as is_steady
        from canonical.cnl_planning_policies as policies
        inner join core.dim_items as items on policies.item_id = items.item_id
        left join used on policies.item_id = used.item_id and policies.location_id = used.location_id
        order by policies.item_id, policies.location_id
    """,
    "purchase_lead_times": """
        -- One row per purchase order line that has come: days from the order to the first receipt.
        select
            purchase_order_line_id, item_id, location_id, ordered_date, first_received_date,
            first_received_date - ordered_date as days
        from core.fct_purchase_order_lines
        where
            first_received_date <= $as_of and ordered_date > $as_of - interval 730 day and is_cancelled = 0
            and first_received_date >= ordered_date
        order by purchase_order_line_id
    """,
    "master_changes": """
        -- One row per change of a planning policy, a bill line or a routing that was made by hand.
        select
            document_type, line_id, field, try_cast(old_value as double) as old_value,
            try_cast(new_value as double) as new_value, cast(changed_at as date) as changed_date, changed_at
        from canonical.cnl_document_changes
        where
            document_type in ('planning_policies', 'bom_components', 'routing_operations')
            and cast(changed_at as date) <= $as_of
            and try_cast(new_value as double) is not null
        order by document_type, line_id, field, changed_at
    """,
    "bill_lines": """
        -- One row per valid bill line that takes a part for each piece.
        select
            bill_lines.bom_component_id, bill_lines.bom_id, boms.item_id as parent_item_id,
            bill_lines.component_item_id,
            bill_lines.quantity / nullif(coalesce(boms.output_quantity, 1), 0) as quantity_per,
            parts.standard_cost, coalesce(parents.standard_cost, 0) as parent_cost
        from canonical.cnl_bom_components as bill_lines
        inner join canonical.cnl_boms as boms on bill_lines.bom_id = boms.bom_id
        inner join core.dim_items as parts on bill_lines.component_item_id = parts.item_id
        inner join core.dim_items as parents on boms.item_id = parents.item_id
        where
            not coalesce(bill_lines.is_fixed_quantity, false) and not coalesce(bill_lines.is_by_product, false)
            and coalesce(bill_lines.valid_from_date, $as_of) <= $as_of
            and coalesce(bill_lines.valid_to_date, $as_of) >= $as_of
            and coalesce(boms.valid_to_date, $as_of) >= $as_of
        order by bill_lines.bom_component_id
    """,
    "order_uses": """
        -- One row per production order and part of the last two years: what the order was to take, and took.
        select
            components.production_order_id, coalesce(masters.bom_id, orders.item_id) as bom_id,
            orders.item_id as parent_item_id, orders.location_id, components.item_id as component_item_id,
            orders.created_date, orders.is_open, orders.ordered_quantity,
            sum(components.required_quantity) as required_quantity, sum(components.issued_quantity) as issued_quantity
        from core.fct_production_order_components as components
        inner join core.fct_production_orders as orders
            on components.production_order_id = orders.production_order_id
        inner join canonical.cnl_production_orders as masters
            on orders.production_order_id = masters.production_order_id
        where
            orders.created_date > $as_of - interval 730 day and orders.created_date <= $as_of
            and orders.ordered_quantity > 0
        group by all order by all
    """,
    "order_hours": """
        -- One row per finished work order of the last two years: hours and pieces, good and scrapped.
        select
            work_orders.work_order_id, work_orders.production_order_id, work_orders.operation_id, orders.item_id,
            work_orders.work_centre_id, cast(work_orders.finished_at as date) as finished_date,
            work_orders.actual_hours,
            coalesce(work_orders.good_quantity, 0) + coalesce(work_orders.scrap_quantity, 0) as made_quantity,
            coalesce(centres.cost_per_hour, 0) as cost_per_hour
        from canonical.cnl_work_orders as work_orders
        inner join canonical.cnl_production_orders as orders
            on work_orders.production_order_id = orders.production_order_id
        left join core.dim_work_centres as centres on work_orders.work_centre_id = centres.work_centre_id
        where
            cast(work_orders.finished_at as date) > $as_of - interval 730 day
            and cast(work_orders.finished_at as date) <= $as_of and work_orders.actual_hours > 0
            and work_orders.operation_id is not null
        order by work_orders.work_order_id
    """,
    "routing_times": """
        -- One row per operation of a routing: its hours by the book.
        select
            operations.operation_id, boms.item_id, operations.sequence, operations.work_centre_id,
            coalesce(operations.setup_hours, 0) as setup_hours, operations.run_hours_per_unit
        from canonical.cnl_routing_operations as operations
        inner join canonical.cnl_boms as boms on operations.bom_id = boms.bom_id
        where operations.run_hours_per_unit > 0
        order by operations.operation_id
    """,
    "customer_deliveries": """
        -- One row per delivery to a business customer: when it should have come, and came.
        select
            deliveries.delivery_id, deliveries.customer_id, customers.customer_type, deliveries.from_location_id,
            coalesce(deliveries.carrier, '') as carrier,
            cast(deliveries.shipped_at as date) as shipped_date, deliveries.expected_arrival_date as expected_date,
            case when cast(deliveries.delivered_at as date) <= $as_of then cast(deliveries.delivered_at as date) end
                as delivered_date
        from canonical.cnl_deliveries as deliveries
        inner join core.dim_customers as customers on deliveries.customer_id = customers.customer_id
        where
            (customers.customer_type <> 'end_customer' or customers.sales_rep_id is not null)
            and cast(deliveries.shipped_at as date) <= $as_of and deliveries.expected_arrival_date is not null
            and deliveries.expected_arrival_date > $as_of - interval 730 day
        order by deliveries.delivery_id
    """,
    "customer_complaints": """
        -- One row per complaint of a customer.
        select case_id, customer_id, cast(opened_at as date) as opened_date
        from canonical.cnl_service_cases
        where case_type = 'complaint' and cast(opened_at as date) <= $as_of
        order by case_id
    """,
    "customer_purchases": """
        -- One row per business customer and day on which he ordered.
        select days.customer_id, days.ordered_date, days.net_value
        from core.fct_customer_order_days as days
        inner join core.dim_customers as customers on days.customer_id = customers.customer_id
        where
            (customers.customer_type <> 'end_customer' or customers.sales_rep_id is not null)
            and days.ordered_date <= $as_of
        order by days.customer_id, days.ordered_date
    """,
    "customer_invoices": """
        -- One row per invoice to a customer; `settled_date` is the day on which nothing of it was open any more.
        with settled as (
            select invoice_id, max(settled_date) as settled_date
            from core.fct_settlements
            where settlement_type = 'payment' and settled_date <= $as_of
            group by invoice_id
        )
        select
            invoices.invoice_id, invoices.customer_id, invoices.invoice_date, invoices.due_date,
            invoices.gross_value, invoices.open_value,
            case when invoices.open_value <= 0.005 * invoices.gross_value then settled.settled_date end as settled_date
        from core.fct_invoices as invoices
        left join settled on invoices.invoice_id = settled.invoice_id
        where invoices.invoice_type = 'customer_invoice' and invoices.invoice_date <= $as_of
        order by invoices.invoice_id
    """,
    "campaign_leads": """
        -- One row per campaign that has begun: its cost so far and its leads by day.
        select
            campaigns.campaign_id, coalesce(campaigns.channel, '') as channel, campaigns.start_date,
            campaigns.end_date, campaigns.budget_value, campaigns.cost_value, leads.lead_id, leads.created_date,
            case when leads.converted_date <= $as_of then leads.converted_date end as converted_date
        from core.fct_campaigns as campaigns
        left join core.fct_leads as leads
            on campaigns.campaign_id = leads.campaign_id and leads.created_date <= $as_of
        where campaigns.start_date <= $as_of
        order by campaigns.campaign_id, leads.lead_id
    """,
}
