-- One row per shipment line.
with

shipment_lines as (

    select * from {{ ref('cnl_shipment_lines') }}

),

shipments as (

    select
        shipment_id,
        customer_id,
        location_id
    from {{ ref('fct_shipments') }}

),

final as (

    select
        shipment_lines.shipment_line_id,
        shipment_lines.shipment_id,
        shipments.customer_id,
        shipments.location_id,
        shipment_lines.quantity,
        shipment_lines.purchase_order_line_id,
        shipment_lines.delivery_line_id,
        shipment_lines.transfer_order_line_id,
        shipment_lines._source as source
    from shipment_lines
    inner join shipments
        on shipment_lines.shipment_id = shipments.shipment_id

)

select * from final
