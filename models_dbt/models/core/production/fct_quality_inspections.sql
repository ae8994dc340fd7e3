-- One row per inspection.
with

inspections as (

    select * from {{ ref('cnl_quality_inspections') }}

),

production_orders as (

    select
        production_order_id,
        location_id
    from {{ ref('fct_production_orders') }}

),

purchase_order_lines as (

    select
        purchase_order_line_id,
        supplier_id,
        location_id
    from {{ ref('fct_purchase_order_lines') }}

),

final as (

    select
        inspections.inspection_id,
        inspections.inspection_type,
        inspections.item_id,
        coalesce(inspections.supplier_id, purchase_order_lines.supplier_id) as supplier_id,
        inspections.production_order_id,
        coalesce(production_orders.location_id, purchase_order_lines.location_id) as location_id,
        inspections.lot_id,
        cast(inspections.inspected_at as date) as inspected_date,
        inspections.inspected_quantity,
        inspections.accepted_quantity,
        inspections.rejected_quantity,
        inspections.defect_code,
        inspections.disposition,
        inspections._source as source
    from inspections
    left join production_orders
        on inspections.production_order_id = production_orders.production_order_id
    left join purchase_order_lines
        on inspections.purchase_order_line_id = purchase_order_lines.purchase_order_line_id

)

select * from final
