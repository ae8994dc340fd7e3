-- One row per stage, place or reporting customer, item and calendar week of the last 52 whole weeks in which either side moved.
{% set this_week = "cast(" ~ dbt.date_trunc('week', as_of()) ~ " as date)" %}
with

items as (

    select
        item_id,
        item_type,
        product_family,
        standard_cost,
        is_made,
        is_bought
    from {{ ref('dim_items') }}
    where standard_cost is not null

),

places as (

    select
        location_id,
        location_type
    from {{ ref('dim_locations') }}

),

reports as (

    select * from {{ ref('fct_channel_stock_sales') }}

),

reporting_customers as (

    select
        customer_id,
        min(week_start_date) as first_week_start_date,
        max(week_start_date) as last_week_start_date
    from reports
    group by customer_id

),

sales_order_lines as (

    select * from {{ ref('fct_sales_order_lines') }}

),

transfers as (

    select * from {{ ref('fct_flow_lines') }}
    where flow_kind = 'transfer'

),

-- What the channel sells on, and what it orders from us.
channel_demand as (

    select
        'channel' as stage,
        customer_id,
        cast(null as varchar) as location_id,
        item_id,
        week_start_date as day,
        sold_quantity as demand_quantity,
        cast(0 as decimal(18, 6)) as order_quantity
    from reports

),

channel_orders as (

    select
        'channel' as stage,
        sales_order_lines.customer_id,
        cast(null as varchar) as location_id,
        sales_order_lines.item_id,
        sales_order_lines.ordered_date as day,
        cast(0 as decimal(18, 6)) as demand_quantity,
        sales_order_lines.ordered_quantity as order_quantity
    from sales_order_lines
    inner join reporting_customers
        on
            sales_order_lines.customer_id = reporting_customers.customer_id
            and sales_order_lines.ordered_date >= reporting_customers.first_week_start_date
            and sales_order_lines.ordered_date < {{ dbt.dateadd('day', 7, 'reporting_customers.last_week_start_date') }}

),

-- What customers order from a distribution centre, and what it draws from the plants. Transfer orders keep no date of order.
centre_demand as (

    select
        'distribution' as stage,
        cast(null as varchar) as customer_id,
        sales_order_lines.location_id,
        sales_order_lines.item_id,
        sales_order_lines.ordered_date as day,
        sales_order_lines.ordered_quantity as demand_quantity,
        cast(0 as decimal(18, 6)) as order_quantity
    from sales_order_lines
    inner join places
        on
            sales_order_lines.location_id = places.location_id
            and places.location_type in ('distribution_centre', 'warehouse', 'store')

),

centre_orders as (

    select
        'distribution' as stage,
        cast(null as varchar) as customer_id,
        transfers.location_id,
        transfers.item_id,
        transfers.started_date as day,
        cast(0 as decimal(18, 6)) as demand_quantity,
        transfers.quantity as order_quantity
    from transfers
    inner join places
        on
            transfers.location_id = places.location_id
            and places.location_type in ('distribution_centre', 'warehouse', 'store')
    where transfers.place_end = 'to'

),

-- What leaves a plant of what it makes to sell, and what it orders to be made.
plant_transfers as (

    select
        'production' as stage,
        cast(null as varchar) as customer_id,
        transfers.location_id,
        transfers.item_id,
        transfers.started_date as day,
        transfers.quantity as demand_quantity,
        cast(0 as decimal(18, 6)) as order_quantity
    from transfers
    inner join places
        on
            transfers.location_id = places.location_id
            and places.location_type = 'plant'
    inner join items
        on
            transfers.item_id = items.item_id
            and items.item_type = 'finished'
    where transfers.place_end = 'from'

),

plant_deliveries as (

    select
        'production' as stage,
        cast(null as varchar) as customer_id,
        delivery_lines.location_id,
        delivery_lines.item_id,
        delivery_lines.shipped_date as day,
        delivery_lines.shipped_quantity as demand_quantity,
        cast(0 as decimal(18, 6)) as order_quantity
    from {{ ref('fct_delivery_lines') }} as delivery_lines
    inner join places
        on
            delivery_lines.location_id = places.location_id
            and places.location_type = 'plant'
    inner join items
        on
            delivery_lines.item_id = items.item_id
            and items.item_type = 'finished'
            and items.is_made = 1
    where delivery_lines.shipped_date is not null

),

plant_orders as (

    select
        'production' as stage,
        cast(null as varchar) as customer_id,
        production_orders.location_id,
        production_orders.item_id,
        production_orders.created_date as day,
        cast(0 as decimal(18, 6)) as demand_quantity,
        production_orders.ordered_quantity as order_quantity
    from {{ ref('fct_production_orders') }} as production_orders
    inner join items
        on
            production_orders.item_id = items.item_id
            and items.item_type = 'finished'
    where production_orders.order_status <> 'planned'

),

-- What production takes of bought parts, and what is ordered of them.
part_demand as (

    select
        'purchasing' as stage,
        cast(null as varchar) as customer_id,
        movements.location_id,
        movements.item_id,
        movements.moved_date as day,
        movements.quantity as demand_quantity,
        cast(0 as decimal(18, 6)) as order_quantity
    from {{ ref('fct_stock_movements') }} as movements
    inner join items
        on
            movements.item_id = items.item_id
            and items.is_bought = 1
            and items.is_made = 0
    where
        movements.movement_type in ('production_issue', 'subcontract_issue')
        and movements.is_from_own_stock = 1

),

part_orders as (

    select
        'purchasing' as stage,
        cast(null as varchar) as customer_id,
        order_lines.location_id,
        order_lines.item_id,
        order_lines.ordered_date as day,
        cast(0 as decimal(18, 6)) as demand_quantity,
        order_lines.ordered_quantity as order_quantity
    from {{ ref('fct_purchase_order_lines') }} as order_lines
    inner join items
        on
            order_lines.item_id = items.item_id
            and items.is_bought = 1
            and items.is_made = 0
            and items.item_type in ('component', 'raw_material', 'packaging')

),

both_sides as (

    select * from channel_demand

    union all

    select * from channel_orders

    union all

    select * from centre_demand

    union all

    select * from centre_orders

    union all

    select * from plant_transfers

    union all

    select * from plant_deliveries

    union all

    select * from plant_orders

    union all

    select * from part_demand

    union all

    select * from part_orders

),

final as (

    select
        both_sides.stage,
        both_sides.customer_id,
        both_sides.location_id,
        both_sides.item_id,
        items.product_family,
        cast({{ dbt.date_trunc('week', 'both_sides.day') }} as date) as week_start_date,
        {{ amount('sum(both_sides.demand_quantity)') }} as demand_quantity,
        {{ amount('sum(both_sides.order_quantity)') }} as order_quantity,
        {{ times('sum(both_sides.demand_quantity)', 'max(items.standard_cost)') }} as demand_cost_value,
        {{ times('sum(both_sides.order_quantity)', 'max(items.standard_cost)') }} as order_cost_value
    from both_sides
    inner join items
        on both_sides.item_id = items.item_id
    where
        both_sides.day >= {{ dbt.dateadd('day', -364, this_week) }}
        and both_sides.day < {{ this_week }}
    group by
        both_sides.stage,
        both_sides.customer_id,
        both_sides.location_id,
        both_sides.item_id,
        items.product_family,
        cast({{ dbt.date_trunc('week', 'both_sides.day') }} as date)

)

select * from final
