-- One row per open sales order line: what was promised, by when it will be there, what is at stake and what drives it.
with

chances as (

    select * from {{ ref('fct_plan_probability') }}
    where demand_type = 'sales_order_line'

),

drivers as (

    select * from {{ ref('fct_plan_risk_drivers') }}
    where
        demand_type = 'sales_order_line'
        and driver_rank = 1

),

planned as (

    select * from {{ ref('fct_plan_demands') }}
    where demand_type = 'sales_order_line'

),

order_lines as (

    select * from {{ ref('fct_sales_order_lines') }}

),

customers as (

    select * from {{ ref('dim_customers') }}

),

items as (

    select * from {{ ref('dim_items') }}

),

locations as (

    select * from {{ ref('dim_locations') }}

),

suppliers as (

    select * from {{ ref('dim_suppliers') }}

),

final as (

    select
        chances.demand_id as sales_order_line_id,
        order_lines.sales_order_id,
        order_lines.line_number,
        chances.customer_id,
        customers.customer_name,
        order_lines.sales_rep_id,
        order_lines.channel,
        chances.item_id,
        items.item_name,
        items.item_name_zh,
        items.product_family,
        items.product_family_zh,
        items.base_uom,
        chances.location_id,
        locations.plant_id,
        locations.plant_name,
        order_lines.requested_date,
        order_lines.promised_date,
        chances.demand_date,
        planned.possible_date,
        chances.goods_p50_date,
        chances.goods_p90_date,
        chances.p50_date,
        chances.p90_date,
        chances.in_time_rate,
        chances.mean_late_days,
        planned.quantity as open_quantity,
        chances.value as open_value,
        chances.late_value,
        drivers.driver_type,
        drivers.driver_id,
        drivers.driver_item_id,
        driver_items.item_name as driver_item_name,
        driver_items.item_name_zh as driver_item_name_zh,
        drivers.driver_location_id,
        drivers.driver_supplier_id,
        suppliers.supplier_name as driver_supplier_name,
        drivers.late_share as driver_late_share,
        drivers.observed_level,
        drivers.observed_count
    from chances
    left join drivers
        on
            chances.demand_id = drivers.demand_id
            and chances.item_id = drivers.item_id
            and chances.location_id = drivers.location_id
    left join planned
        on
            chances.demand_id = planned.demand_id
            and chances.item_id = planned.item_id
            and chances.location_id = planned.location_id
    left join order_lines
        on chances.demand_id = order_lines.sales_order_line_id
    left join customers
        on chances.customer_id = customers.customer_id
    left join items
        on chances.item_id = items.item_id
    left join items as driver_items
        on drivers.driver_item_id = driver_items.item_id
    left join locations
        on chances.location_id = locations.location_id
    left join suppliers
        on drivers.driver_supplier_id = suppliers.supplier_id

)

select * from final
