-- One row per planned order.
with

plan_orders as (

    select * from {{ source('engine', 'plan_orders') }}

),

final as (

    select
        plan_orders.plan_order_id,
        plan_orders.order_type,
        plan_orders.item_id,
        plan_orders.location_id,
        plan_orders.base_uom,
        plan_orders.planner,
        plan_orders.supplier_id,
        plan_orders.from_location_id,
        plan_orders.bom_id,
        plan_orders.sales_order_line_id,
        cast(plan_orders.gross_quantity as decimal(18, 6)) as gross_quantity,
        cast(plan_orders.projected_quantity as decimal(18, 6)) as projected_quantity,
        cast(plan_orders.kept_quantity as decimal(18, 6)) as kept_quantity,
        plan_orders.kept_origin,
        cast(plan_orders.fill_up_to_quantity as decimal(18, 6)) as fill_up_to_quantity,
        cast(plan_orders.net_quantity as decimal(18, 6)) as net_quantity,
        cast(plan_orders.yield_rate as double) as yield_rate,
        cast(plan_orders.started_quantity as decimal(18, 6)) as started_quantity,
        plan_orders.lot_rule,
        cast(plan_orders.min_lot_quantity as decimal(18, 6)) as min_lot_quantity,
        cast(plan_orders.max_lot_quantity as decimal(18, 6)) as max_lot_quantity,
        cast(plan_orders.lot_multiple as decimal(18, 6)) as lot_multiple,
        plan_orders.lot_origin,
        cast(plan_orders.lot_window_days as integer) as lot_window_days,
        cast(plan_orders.lot_quantity as decimal(18, 6)) as lot_quantity,
        cast(plan_orders.quantity as decimal(18, 6)) as quantity,
        cast(plan_orders.good_quantity as decimal(18, 6)) as good_quantity,
        cast(plan_orders.need_date as date) as need_date,
        cast(plan_orders.last_need_date as date) as last_need_date,
        cast(plan_orders.safety_time_days as integer) as safety_time_days,
        cast(plan_orders.due_date as date) as due_date,
        cast(plan_orders.receiving_days as integer) as receiving_days,
        cast(plan_orders.lead_time_days as integer) as lead_time_days,
        plan_orders.lead_time_unit,
        plan_orders.lead_time_origin,
        cast(plan_orders.release_date as date) as release_date,
        cast(plan_orders.moved_days as integer) as moved_days,
        plan_orders.calendar_id,
        plan_orders.shipper_calendar_id,
        cast(plan_orders.is_past_due as integer) as is_past_due,
        cast(plan_orders.past_due_days as integer) as past_due_days,
        cast(plan_orders.late_days as integer) as late_days,
        cast(plan_orders.unit_value as decimal(18, 6)) as unit_value,
        cast(plan_orders.value as decimal(18, 6)) as value,
        cast(plan_orders.served_order_lines as integer) as served_order_lines,
        cast(plan_orders.served_customers as integer) as served_customers,
        cast(plan_orders.served_value as decimal(18, 6)) as served_value
    from plan_orders

)

select * from final
