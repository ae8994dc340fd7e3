"""What the step `stock value` asks of a build. `$as_of`, `$price_days` and `$customer_days` are put in."""

from __future__ import annotations

# Where the plan counts what lies at a place: there, at the place it belongs to, or where what is on the way arrives.
# Orders that the plan makes on the way down (phantoms, assemblies) have no row of their own: the item comes from the
# links they supply.
SETUP = (
    """
    create or replace temp table value_places as
    with planned as (
        select distinct location_id from core.fct_plan_records
    ),
    on_the_way as (
        select
            item_id, to_location_id,
            row_number() over (
                partition by item_id
                order by sum(shipped_quantity - coalesce(received_quantity, 0)) desc, to_location_id
            ) as position
        from canonical.cnl_transfer_orders
        where transfer_status = 'in_transit'
        group by item_id, to_location_id
    )
    select
        layers.item_id, layers.location_id,
        case
            when places.location_type = 'transit' then coalesce(on_the_way.to_location_id, layers.location_id)
            when own.location_id is null and parent.location_id is not null then places.parent_location_id
            else layers.location_id
        end as place_id
    from (select distinct item_id, location_id from core.fct_stock_layers) as layers
    inner join core.dim_locations as places on layers.location_id = places.location_id
    left join planned as own on layers.location_id = own.location_id
    left join planned as parent on places.parent_location_id = parent.location_id
    left join on_the_way on layers.item_id = on_the_way.item_id and on_the_way.position = 1
    """,
    """
    create or replace temp table value_pegging as
    with made_within as (
        select distinct supply_id, item_id from core.fct_plan_pegging
        where supply_type in ('phantom', 'assembly_forecast')
    ),
    named as (
        select
            links.item_id, links.location_id, links.quantity, links.supply_type, links.demand_type, links.demand_date,
            case
                when links.demand_type in ('sales_order_line', 'forecast', 'transfer_order') then links.demand_type
                when planned.item_id = links.item_id then 'transfer_order'
                else coalesce(planned.item_id, made.item_id, made_within.item_id)
            end as target_id
        from core.fct_plan_pegging as links
        left join core.fct_plan_orders as planned on links.demand_id = planned.plan_order_id
        left join core.fct_production_orders as made
            on links.demand_type = 'production_order' and links.demand_id = made.production_order_id
        left join made_within
            on links.demand_type in ('phantom', 'assembly_forecast') and links.demand_id = made_within.supply_id
    )
    select
        item_id, location_id, target_id, supply_type, cast(sum(quantity) as double) as quantity,
        min(demand_date) as first_date, max(demand_date) as last_date
    from named
    where target_id is not null and target_id <> item_id
    group by item_id, location_id, target_id, supply_type
    """,
)

QUERIES = {
    # Standard costs of today; prices from order lines that were not cancelled.
    "items": """
        with sold as (
            select
                item_id, sum(net_value) / sum(ordered_quantity - coalesce(cancelled_quantity, 0)) as selling_price,
                sum(ordered_quantity - coalesce(cancelled_quantity, 0)) as price_quantity,
                min(ordered_date) as price_from_date, max(ordered_date) as price_to_date
            from core.fct_sales_order_lines
            where
                is_cancelled = 0 and order_status <> 'draft' and net_value > 0 and ordered_date <= $as_of
                and ordered_date > $as_of - $price_days and ordered_quantity > coalesce(cancelled_quantity, 0)
            group by item_id
        ),
        ever as (
            select item_id, max(ordered_date) as last_sold_date from core.fct_sales_order_lines
            where is_cancelled = 0 and ordered_date <= $as_of group by item_id
        ),
        planned as (
            select item_id, sum(quantity) as sold_quantity from value_pegging
            where target_id in ('sales_order_line', 'forecast') group by item_id
        ),
        costs as (
            select item_id, standard_cost from core.int_standard_costs
            where location_id is null and valid_from_date <= $as_of and valid_to_date > $as_of
        )
        select
            items.item_id, coalesce(costs.standard_cost, items.standard_cost) as standard_cost, sold.selling_price,
            sold.price_quantity, sold.price_from_date, sold.price_to_date, ever.last_sold_date, planned.sold_quantity
        from core.dim_items as items
        left join costs on items.item_id = costs.item_id
        left join sold on items.item_id = sold.item_id
        left join ever on items.item_id = ever.item_id
        left join planned on items.item_id = planned.item_id
    """,
    "bills": """
        select parent_item_id, component_item_id as item_id, sum(quantity_per) as quantity
        from core.fct_bom_components
        where level = 1 and is_by_product = 0 and quantity_per >= 0
            and parent_item_id in (select item_id from core.dim_items)
            and component_item_id in (select item_id from core.dim_items)
        group by parent_item_id, component_item_id
    """,
    "uses": """
        select pegging.target_id as parent_item_id, pegging.item_id, sum(pegging.quantity) as quantity
        from value_pegging as pegging
        inner join core.dim_items as parents on pegging.target_id = parents.item_id
        inner join core.dim_items as items on pegging.item_id = items.item_id
        group by pegging.target_id, pegging.item_id
    """,
    "layers": """
        select
            layers.item_id, layers.location_id, places.place_id, layers.quantity, layers.value,
            layers.original_receipt_date, layers.arrived_date, layers.age_days
        from core.fct_stock_layers as layers
        inner join value_places as places
            on layers.item_id = places.item_id and layers.location_id = places.location_id
        order by layers.item_id, layers.location_id, layers.layer_id, layers.lot_id
    """,
    # What expires leaves the plan as if it were asked for, and is no need.
    "requirements": """
        select
            item_id, location_id as place_id, week_start_date as from_date,
            cast(week_start_date + interval 7 day as date) as to_date, gross_quantity - expiring_quantity as quantity
        from core.fct_plan_records
    """,
    "expiring": """
        select
            item_id, location_id as place_id, sum(quantity) as expiring_quantity, min(demand_date) as first_expiry_date
        from core.fct_plan_pegging where demand_type = 'expiry' and supply_type = 'stock'
        group by item_id, location_id
    """,
    "expected": """
        with records as (
            select
                item_id, location_id as place_id, sum(scheduled_receipt_quantity) as expected_quantity,
                max(safety_stock_quantity) as safety_quantity
            from core.fct_plan_records group by item_id, location_id
        )
        select item_id, place_id, expected_quantity, safety_quantity from records
    """,
    # Used, sold or sent on; a movement back or a count is no issue.
    "movements": """
        with legs as (
            select
                movements.item_id, movements.to_location_id as location_id, movements.moved_at, movements.movement_type,
                case when kinds.is_usage = -1 then 0 else 1 end as is_receipt, 0 as is_issue
            from core.fct_stock_movements as movements
            inner join reference.movement_types as kinds on movements.movement_type = kinds.movement_type
            where movements.is_to_own_stock = 1 and movements.from_location_id <> movements.to_location_id
                and movements.moved_at < $as_of + interval 1 day
            union all
            select
                movements.item_id, movements.from_location_id, movements.moved_at, movements.movement_type, 0,
                case when kinds.is_usage = 1 or movements.movement_type = 'transfer' then 1 else 0 end
            from core.fct_stock_movements as movements
            inner join reference.movement_types as kinds on movements.movement_type = kinds.movement_type
            where movements.is_from_own_stock = 1 and movements.from_location_id <> movements.to_location_id
                and movements.moved_at < $as_of + interval 1 day
        )
        select
            item_id, location_id, cast(max(moved_at) as date) as last_movement_date,
            max_by(movement_type, (moved_at, movement_type)) as last_movement_type,
            cast(max(case when is_issue = 1 then moved_at end) as date) as last_issue_date,
            cast(max(case when is_receipt = 1 then moved_at end) as date) as last_receipt_date
        from legs
        group by item_id, location_id
    """,
    "orders": """
        select item_id, location_id, sum(open_quantity) as open_quantity, sum(open_value) as open_value
        from core.fct_purchase_order_lines
        where is_open = 1 and location_id is not null
        group by item_id, location_id
    """,
    "item_facts": """
        with issued as (
            select movements.item_id, cast(max(movements.moved_at) as date) as company_issue_date
            from core.fct_stock_movements as movements
            inner join reference.movement_types as kinds on movements.movement_type = kinds.movement_type
            where kinds.is_usage = 1 and movements.moved_at < $as_of + interval 1 day
            group by movements.item_id
        ),
        used as (
            select distinct component_item_id as item_id from core.fct_bom_components
            where level = 1 and is_by_product = 0
        ),
        costs as (
            select item_id, standard_cost from core.int_standard_costs
            where location_id is null and valid_from_date <= $as_of and valid_to_date > $as_of
        )
        select
            items.item_id, items.item_type, items.lifecycle_status,
            coalesce(costs.standard_cost, items.standard_cost) as standard_cost, used.item_id is not null as is_in_bill,
            issued.company_issue_date
        from core.dim_items as items
        left join issued on items.item_id = issued.item_id
        left join used on items.item_id = used.item_id
        left join costs on items.item_id = costs.item_id
    """,
    "rates": "select item_type, from_days, rate from reference.provision_rates order by item_type, from_days",
    "pegged": """
        select item_id, location_id as place_id, target_id, sum(quantity) as quantity, min(first_date) as first_date,
            max(last_date) as last_date
        from value_pegging where supply_type = 'stock'
        group by item_id, location_id, target_id
    """,
    "planned": """
        select item_id, location_id as place_id, cast(sum(quantity) as double) as quantity, min(due_date) as first_date,
            max(due_date) as last_date
        from core.fct_plan_orders where order_type in ('buy', 'make', 'subcontract')
        group by item_id, location_id
    """,
    "substitutes": """
        with lines as (
            select
                boms.item_id as parent_item_id, lines.substitute_group, lines.component_item_id as item_id,
                lines.quantity, lines.bom_id
            from canonical.cnl_bom_components as lines
            inner join canonical.cnl_boms as boms on lines.bom_id = boms.bom_id
            where lines.substitute_group is not null and coalesce(lines.is_by_product, false) = false
                and (lines.valid_to_date is null or lines.valid_to_date >= $as_of)
        )
        select
            lines.item_id, others.item_id as other_item_id, lines.parent_item_id,
            cast(max(lines.quantity / others.quantity) as double) as rate
        from lines
        inner join lines as others
            on lines.bom_id = others.bom_id and lines.substitute_group = others.substitute_group
                and lines.item_id <> others.item_id
        where others.quantity > 0
        group by lines.item_id, others.item_id, lines.parent_item_id
    """,
    "to_come": """
        select target_id as parent_item_id, item_id, location_id as place_id, sum(quantity) as quantity,
            min(first_date) as first_date, max(last_date) as last_date
        from value_pegging where supply_type = 'planned_order'
        group by target_id, item_id, location_id
    """,
    "bought": """
        select
            item_id, customer_id, sum(ordered_quantity - coalesce(cancelled_quantity, 0)) as quantity,
            sum(net_value) as net_value, max(ordered_date) as last_date
        from core.fct_sales_order_lines
        where is_cancelled = 0 and order_status <> 'draft' and ordered_date <= $as_of
            and ordered_date > $as_of - $customer_days and ordered_quantity > coalesce(cancelled_quantity, 0)
        group by item_id, customer_id
    """,
}
