-- One row per source, saying which questions its documents can answer (1) and which not (0).
with

source_coverage as (

    select
        source,
        table_name,
        column_name,
        status
    from {{ source('build', 'source_coverage') }}

),

final as (

    select
        source_coverage.source,
        {{ covered('deliveries', 'shipped_at') }} as reports_shipments,
        {{ covered('deliveries', 'delivered_at') }} * {{ covered('delivery_lines', 'delivered_quantity') }}
            as reports_customer_receipts,
        {{ covered('purchase_receipts') }} as reports_supplier_receipts,
        {{ covered('purchase_order_lines', 'received_quantity') }} as states_received_quantity,
        {{ covered('purchase_order_lines', 'rejected_quantity') }} as states_rejected_quantity,
        {{ covered('purchase_order_lines', 'first_confirmed_date') }} as reports_supplier_confirmations,
        {{ covered('production_orders', 'finished_at') }} as reports_production_finishes,
        {{ covered('work_orders', 'finished_at') }} as reports_operation_finishes,
        {{ covered('invoices', 'open_value') }} as reports_open_invoices,
        {{ covered('stock_movements', '', 'full') }} as reports_all_stock_movements,
        {{ covered('stock_movements', 'lot_id') }} * {{ covered('stock_balances', 'lot_id') }} as tells_lots_of_stock
    from source_coverage
    group by
        source_coverage.source

)

select * from final
