"""The queries of the plan, one for each table of `PlanningRows`, in the words of the canonical layer and the core.

`$as_of` stands for the day of the build; `$share_days`, `$stage_age_days`, `$observed_days`, `$same_order_days` and
`$tables` for constants of the reading. They are sent to DuckDB by the pipeline alone, so they may use what only DuckDB
knows.
"""

from __future__ import annotations

from tower.queries.firmed_sql import FIRMED_ORDERS
from tower.queries.observation_sql import OBSERVATION_QUERIES

QUERIES = {
    "items": """
        with recursive above as (
            select category_id, category_name, category_name as top_name, parent_category_id, 1 as depth
            from canonical.cnl_item_categories
            union all
            select above.category_id, above.category_name, categories.category_name, categories.parent_category_id,
                above.depth + 1
            from above
            inner join canonical.cnl_item_categories as categories
                on above.parent_category_id = categories.category_id and above.depth < 20
        ),
        families as (
            select category_id, any_value(category_name) as category_name, arg_max(top_name, depth) as product_family
            from above group by category_id
        )
        select items.item_id, items.item_name, items.item_name_zh, items.item_type, items.base_uom,
            items.lifecycle_status, items.category_id, families.category_name, families.product_family
        from canonical.cnl_items as items
        left join families on items.category_id = families.category_id
        order by items.item_id
    """,
    "locations": """
        select location_id, location_type, coalesce(is_own_stock, false) as is_own_stock, parent_location_id,
            calendar_id
        from canonical.cnl_locations order by location_id
    """,
    "suppliers": """
        select supplier_id, supplier_name, calendar_id, supplier_status, payment_terms_days
        from canonical.cnl_suppliers order by supplier_id
    """,
    "policies": """
        select policies.* exclude (_source) replace (
            coalesce(kept.quantity, policies.safety_stock_quantity) as safety_stock_quantity,
            case when kept.quantity is null then policies.days_of_cover end as days_of_cover
        )
        from canonical.cnl_planning_policies as policies
        left join engine.plan_safety_stocks as kept
            on policies.item_id = kept.item_id and policies.location_id = kept.location_id
        order by policies.item_id, policies.location_id
    """,
    # An agreement holds until the next one with the same supplier, whatever its own last day.
    "item_suppliers": """
        select
            item_id, supplier_id, coalesce(priority, 1) as priority, lead_time_days, min_order_quantity, order_multiple,
            weekly_capacity_quantity, allocation_rate, valid_from_date,
            least(
                valid_to_date,
                lead(valid_from_date) over (
                    partition by item_id, supplier_id order by valid_from_date nulls first
                ) - interval 1 day
            )::date as valid_to_date,
            unit_price
        from canonical.cnl_item_suppliers order by item_id, priority, supplier_id, valid_from_date
    """,
    "boms": """
        select bom_id, item_id, bom_type, output_quantity, location_id, coalesce(priority, 1) as priority,
            valid_from_date, valid_to_date
        from canonical.cnl_boms order by item_id, priority, bom_id
    """,
    "components": """
        select bom_component_id, bom_id, component_item_id, quantity,
            coalesce(is_fixed_quantity, false) as is_fixed_quantity, coalesce(scrap_rate, 0) as scrap_rate,
            valid_from_date, valid_to_date, substitute_group, coalesce(substitute_priority, 1) as substitute_priority,
            coalesce(is_by_product, false) as is_by_product, operation_id
        from canonical.cnl_bom_components order by bom_id, bom_component_id
    """,
    "operations": """
        select operation_id, bom_id, sequence, work_centre_id, coalesce(setup_hours, 0) as setup_hours,
            run_hours_per_unit, coalesce(queue_hours, 0) as queue_hours, coalesce(move_hours, 0) as move_hours
        from canonical.cnl_routing_operations order by bom_id, sequence, operation_id
    """,
    "lanes": """
        select from_location_id, to_location_id, transport_mode, lead_time_days
        from canonical.cnl_transport_lanes order by to_location_id, lead_time_days, from_location_id, transport_mode
    """,
    "work_centres": """
        select work_centre_id, work_centre_name, location_id, capacity_hours_per_day,
            coalesce(efficiency_rate, 1) as efficiency_rate, calendar_id
        from canonical.cnl_work_centres order by work_centre_id
    """,
    "calendars": """
        select calendar_id, calendar_date, is_working, working_hours
        from canonical.cnl_working_calendars
        where calendar_date between $as_of - interval 400 day and $as_of + interval 1100 day
        order by calendar_id, calendar_date
    """,
    "costs": """
        select item_id, location_id, standard_cost from core.int_standard_costs
        where $as_of >= valid_from_date and $as_of < valid_to_date and standard_cost is not null
    """,
    # Where the source reports no shipments, all that is not cancelled counts as still to be delivered.
    "sales_lines": """
        select
            order_lines.sales_order_line_id, order_lines.item_id, order_lines.location_id, order_lines.customer_id,
            order_lines.requested_date, order_lines.promised_date,
            coalesce(order_lines.open_quantity, order_lines.ordered_quantity - order_lines.cancelled_quantity)
                as open_quantity,
            coalesce(order_lines.open_value, order_lines.net_value) as open_value,
            orders.priority
        from core.fct_sales_order_lines as order_lines
        left join canonical.cnl_sales_orders as orders on order_lines.sales_order_id = orders.sales_order_id
        where order_lines.is_open = 1
        order by order_lines.sales_order_line_id
    """,
    "made_for_orders": """
        select production_orders.sales_order_line_id, production_orders.item_id, production_orders.location_id,
            sum(production_orders.completed_quantity) - max(coalesce(order_lines.shipped_quantity, 0)) as quantity
        from core.fct_production_orders as production_orders
        inner join core.fct_sales_order_lines as order_lines
            on production_orders.sales_order_line_id = order_lines.sales_order_line_id
            and production_orders.item_id = order_lines.item_id
        where order_lines.is_open = 1
        group by all having quantity > 0 order by all
    """,
    "demand_shares": """
        select item_id, location_id, sum(ordered_quantity - cancelled_quantity) as quantity
        from core.fct_sales_order_lines
        where ordered_date > $as_of - interval $share_days day and location_id is not null
        group by all having quantity > 0 order by all
    """,
    # The step before the plan decides whose forecast it is.
    "forecasts": """
        select item_id, location_id, bucket, bucket_start_date, quantity, created_at, stage
        from engine.plan_forecasts order by item_id, location_id, bucket_start_date, bucket, stage
    """,
    "purchase_lines": """
        select
            order_lines.purchase_order_line_id, order_lines.item_id, order_lines.location_id, order_lines.supplier_id,
            coalesce(order_lines.confirmed_date, order_lines.requested_date) as due_date,
            coalesce(order_lines.open_quantity, order_lines.ordered_quantity) as open_quantity,
            documents.production_order_id, documents.unit_price
        from core.fct_purchase_order_lines as order_lines
        left join canonical.cnl_purchase_order_lines as documents
            on order_lines.purchase_order_line_id = documents.purchase_order_line_id
        where order_lines.is_open = 1
        order by order_lines.purchase_order_line_id
    """,
    "production_orders": """
        select orders.production_order_id, orders.item_id, orders.location_id, orders.bom_id, orders.order_status,
            orders.ordered_quantity,
            greatest(
                orders.ordered_quantity - coalesce(orders.completed_quantity, 0)
                - coalesce(orders.scrapped_quantity, 0),
                0
            ) as open_quantity,
            orders.planned_start_date, orders.planned_finish_date, orders.started_at is not null as is_started,
            orders.sales_order_line_id, coalesce(orders.is_firm, orders.order_status <> 'planned') as is_firm
        from canonical.cnl_production_orders as orders
        where orders.order_status in ('planned', 'confirmed', 'released', 'in_progress')
        order by orders.production_order_id
    """,
    "order_components": """
        select components.production_order_id, components.component_line, components.item_id, components.location_id,
            components.required_date, components.required_quantity - coalesce(components.issued_quantity, 0)
                as open_quantity
        from canonical.cnl_production_order_components as components
        inner join canonical.cnl_production_orders as orders
            on components.production_order_id = orders.production_order_id
        where orders.order_status in ('planned', 'confirmed', 'released', 'in_progress')
        order by components.production_order_id, components.component_line
    """,
    "order_operations": """
        select work_orders.work_order_id, work_orders.production_order_id, work_orders.work_centre_id,
            cast(coalesce(work_orders.planned_start_at, orders.planned_start_date, orders.planned_finish_date) as date)
                as start_date,
            greatest(
                coalesce(work_orders.planned_hours, 0) - case when work_orders.work_order_status = 'in_progress'
                    then coalesce(work_orders.actual_hours, 0) else 0 end,
                0
            ) as hours
        from canonical.cnl_work_orders as work_orders
        inner join canonical.cnl_production_orders as orders
            on work_orders.production_order_id = orders.production_order_id
        where orders.order_status in ('confirmed', 'released', 'in_progress')
            and work_orders.work_order_status not in ('completed', 'cancelled')
        order by work_orders.work_order_id
    """,
    # Under way, what was shipped will come; the rest of such an order will not.
    "transfers": """
        select transfer_order_line_id, item_id, from_location_id, to_location_id, due_date,
            case transfer_status
                when 'in_transit' then coalesce(shipped_quantity, ordered_quantity) - coalesce(received_quantity, 0)
                else ordered_quantity - coalesce(received_quantity, 0)
            end as open_quantity,
            case transfer_status
                when 'in_transit' then 0 else ordered_quantity - coalesce(shipped_quantity, 0)
            end as to_ship_quantity
        from canonical.cnl_transfer_orders
        where transfer_status in ('open', 'in_transit')
        order by transfer_order_line_id
    """,
    # The newest statement of each source, with lot and status; from there on its movements, where it reports them all.
    "stock": """
        with complete_sources as (
            select source from build.source_coverage
            where table_name = 'stock_movements' and column_name = '' and status = 'full'
        ),
        statements as (
            select _source as source, max(as_of_date) as stated_date from canonical.cnl_stock_balances
            where as_of_date <= $as_of group by all
        ),
        stated as (
            select balances.item_id, balances.location_id, balances.lot_id,
                coalesce(balances.stock_status, 'unrestricted') as stock_status, balances.quantity
            from canonical.cnl_stock_balances as balances
            inner join statements
                on balances._source = statements.source and balances.as_of_date = statements.stated_date
        ),
        movements as (
            select movements.* from canonical.cnl_stock_movements as movements
            inner join complete_sources on movements._source = complete_sources.source
            left join statements on movements._source = statements.source
            where movements.moved_at < $as_of + interval 1 day
                and movements.moved_at >= coalesce(statements.stated_date + interval 1 day, timestamp '0001-01-01')
        ),
        moved as (
            select item_id, to_location_id as location_id, lot_id,
                coalesce(stock_status, 'unrestricted') as stock_status, quantity
            from movements
            union all
            select item_id, from_location_id, lot_id, coalesce(stock_status, 'unrestricted'), -quantity from movements
        )
        select counted.item_id, counted.location_id, counted.lot_id, counted.stock_status, lots.expiry_date,
            sum(counted.quantity) as quantity
        from (select * from stated union all select * from moved) as counted
        inner join canonical.cnl_locations as places
            on counted.location_id = places.location_id and places.is_own_stock and places.location_type <> 'transit'
        left join canonical.cnl_lots as lots on counted.lot_id = lots.lot_id and counted.item_id = lots.item_id
        group by all having sum(counted.quantity) <> 0
        order by all
    """,
    "safety_stocks": """
        select item_id, location_id, valid_from_date, quantity
        from canonical.cnl_safety_stock_targets as targets
        where not exists (
            select 1 from engine.plan_safety_stocks as kept
            where targets.item_id = kept.item_id and targets.location_id = kept.location_id
        )
        order by item_id, location_id, valid_from_date
    """,
    "firmed_orders": FIRMED_ORDERS,
    **OBSERVATION_QUERIES,
    "refused_rows": """
        select rejected.table_name, rejected.record_key, rejected.rule, rejected.column_name, rejected.value,
            coalesce(
                json_extract_string(rejected.raw_row, '$.item_id'),
                json_extract_string(rejected.raw_row, '$.component_item_id')
            ) as item_id
        from build.rejected_rows as rejected
        where rejected.stage = 'canonical' and rejected.table_name in ($tables)
        order by rejected.table_name, rejected.row_number
    """,
}
