-- One row per planned order that a planner took over as firm.
with

firmed_orders as (

    select * from {{ source('engine', 'plan_firmed_orders') }}

),

final as (

    select
        cast(firmed_orders.firmed_order_id as integer) as firmed_order_id,
        firmed_orders.document_id,
        firmed_orders.order_type,
        firmed_orders.item_id,
        firmed_orders.location_id,
        firmed_orders.supplier_id,
        firmed_orders.from_location_id,
        firmed_orders.sales_order_line_id,
        cast(firmed_orders.quantity as decimal(18, 6)) as quantity,
        cast(firmed_orders.release_date as date) as release_date,
        cast(firmed_orders.due_date as date) as due_date,
        firmed_orders.state,
        firmed_orders.order_id,
        cast(firmed_orders.needed_quantity as decimal(18, 6)) as needed_quantity,
        cast(firmed_orders.late_days as integer) as late_days
    from firmed_orders

)

select * from final
