"""The queries of demand preparation, one for each table of `DemandRows`, added up to days in the database.

`$as_of` stands for the day of the build. They are sent to DuckDB by the pipeline alone, so they may use what only
DuckDB knows. Where a line names a place that does not plan its item, the reading moves it, as the plan does.
"""

from __future__ import annotations

# The channel that a customer mostly orders through.
_MAIN_CHANNELS = """
    select customer_id, channel from canonical.cnl_sales_orders where order_status <> 'draft' and channel is not null
    group by customer_id, channel
    qualify row_number() over (partition by customer_id order by count(*) desc, channel) = 1
"""

QUERIES = {
    # Consumers, who buy once or twice, are not told apart; others are, for their events and own places.
    "order_lines": """
        with cancellations as (
            select line_id, cast(min(changed_at) as date) as cancelled_date
            from canonical.cnl_document_changes
            where document_type = 'sales_order_lines' and field = 'cancelled_quantity'
                and try_cast(new_value as double) > 0
            group by line_id
        )
        select
            order_lines.item_id, order_lines.location_id, order_lines.channel,
            case when customers.customer_type <> 'end_customer' then order_lines.customer_id end as customer_id,
            coalesce(order_lines.requested_date, order_lines.ordered_date) as requested_date,
            order_lines.ordered_date, cancellations.cancelled_date,
            sum(order_lines.ordered_quantity) as quantity,
            sum(order_lines.cancelled_quantity) as cancelled_quantity,
            sum(order_lines.net_value + order_lines.cancelled_value) as net_value,
            own_places.location_id is not null as is_internal,
            orders.opportunity_id is not null as is_project
        from core.fct_sales_order_lines as order_lines
        inner join canonical.cnl_items as items
            on order_lines.item_id = items.item_id and items.item_type <> 'service'
        left join canonical.cnl_sales_orders as orders on order_lines.sales_order_id = orders.sales_order_id
        left join canonical.cnl_customers as customers on order_lines.customer_id = customers.customer_id
        left join cancellations on order_lines.sales_order_line_id = cancellations.line_id
        left join canonical.cnl_locations as own_places
            on order_lines.customer_id = own_places.location_id and own_places.is_own_stock
        group by all order by all
    """,
    "returns": """
        select returned.item_id, coalesce(order_lines.location_id, returned.location_id) as location_id,
            order_lines.channel, order_lines.requested_date, order_lines.ordered_date, returned.returned_date,
            sum(returned.returned_quantity) as quantity
        from core.fct_customer_returns as returned
        inner join canonical.cnl_items as items
            on returned.item_id = items.item_id and items.item_type <> 'service'
        left join core.fct_sales_order_lines as order_lines
            on returned.sales_order_line_id = order_lines.sales_order_line_id and returned.item_id = order_lines.item_id
        group by all order by all
    """,
    # Only what is planned to stock there, or has no policy, and once had stock: the shelf of a made-to-order item is
    # empty on purpose.
    "stocked_nodes": """
        select stocked.item_id, stocked.location_id, min(stocked.valid_from_date) as stocked_from
        from core.fct_stock_intervals as stocked
        left join canonical.cnl_planning_policies as policies
            on stocked.item_id = policies.item_id and stocked.location_id = policies.location_id
        where stocked.quantity > 0 and coalesce(policies.strategy, 'make_to_stock') = 'make_to_stock'
            and stocked.item_id in (select item_id from core.fct_sales_order_lines)
        group by all order by all
    """,
    "stock_outs": """
        select item_id, location_id, valid_from_date as from_date, valid_to_date as to_date
        from core.fct_stock_intervals
        where quantity <= 0 and valid_from_date <= $as_of
            and item_id in (select item_id from core.fct_sales_order_lines)
        order by item_id, location_id, valid_from_date
    """,
    "items": """
        select item_id, item_name, item_type, category_id, lifecycle_status, introduced_date, replaced_by_item_id,
            list_price, standard_cost
        from canonical.cnl_items order by item_id
    """,
    "categories": """
        select category_id, category_name, parent_category_id from canonical.cnl_item_categories order by category_id
    """,
    "events": """
        select event_id, event_type, start_date, end_date, item_id, category_id, customer_id, channel
        from canonical.cnl_demand_events order by event_id
    """,
    "opportunities": f"""
        with main_channels as ({_MAIN_CHANNELS})
        select
            opportunities.opportunity_id, lines.item_id, lines.category_id, main_channels.channel,
            cast(opportunities.created_at as date) as created_date,
            cast(opportunities.closed_at as date) as closed_date,
            opportunities.opportunity_status = 'won' as is_won,
            coalesce(chances.win_probability, opportunities.probability_rate) as probability,
            lines.quantity, coalesce(lines.expected_date, opportunities.expected_close_date) as expected_date
        from canonical.cnl_opportunity_lines as lines
        inner join canonical.cnl_opportunities as opportunities on lines.opportunity_id = opportunities.opportunity_id
        left join main_channels on opportunities.customer_id = main_channels.customer_id
        left join engine.win_predictions as chances on opportunities.opportunity_id = chances.opportunity_id
        order by lines.opportunity_line_id
    """,
    "sell_out": f"""
        with main_channels as ({_MAIN_CHANNELS})
        select told.customer_id, main_channels.channel, told.item_id, told.week_start_date, told.sold_quantity,
            told.stock_quantity
        from canonical.cnl_channel_stock_sales as told
        left join main_channels on told.customer_id = main_channels.customer_id
        order by told.customer_id, told.item_id, told.week_start_date
    """,
    "calendars": """
        select locations.location_id, calendars.calendar_date, calendars.is_working
        from canonical.cnl_locations as locations
        inner join canonical.cnl_working_calendars as calendars on locations.calendar_id = calendars.calendar_id
        where calendars.calendar_date <= $as_of
            and locations.is_own_stock
        order by locations.location_id, calendars.calendar_date
    """,
}
