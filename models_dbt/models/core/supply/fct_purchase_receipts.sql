-- One row per receipt line.
with

receipts as (

    select
        *,
        cast(received_at as date) as received_date
    from {{ ref('cnl_purchase_receipts') }}

),

order_lines as (

    select
        purchase_order_line_id,
        supplier_id,
        location_id,
        first_confirmed_date,
        unit_price,
        standard_price
    from {{ ref('fct_purchase_order_lines') }}

),

final as (

    select
        receipts.receipt_line_id,
        receipts.purchase_order_line_id,
        order_lines.supplier_id,
        receipts.item_id,
        coalesce(receipts.location_id, order_lines.location_id) as location_id,
        receipts.lot_id,
        receipts.received_date,
        receipts.received_quantity,
        receipts.rejected_quantity,
        case
            when receipts.received_date <= order_lines.first_confirmed_date then 1
            when receipts.received_date > order_lines.first_confirmed_date then 0
        end as is_on_time,
        {{ days_late('order_lines.first_confirmed_date', 'receipts.received_date') }} as days_late,
        {{ times('receipts.received_quantity', 'order_lines.unit_price') }} as received_value,
        {{ times('(order_lines.unit_price - order_lines.standard_price)', 'receipts.received_quantity') }}
            as price_variance_value,
        receipts._source as source
    from receipts
    left join order_lines
        on receipts.purchase_order_line_id = order_lines.purchase_order_line_id

)

select * from final
