-- One row per product line of a purchase order.
{{ config(enabled='odoo' in var('adapters')) }}
with lines as (
    select * from {{ source('odoo', 'purchase_order_line') }}
),

orders as (
    select * from {{ source('odoo', 'purchase_order') }}
),

types as (
    select * from {{ source('odoo', 'stock_picking_type') }}
),

products as (
    {{ odoo_products() }}
),

units as (
    select * from {{ source('odoo', 'uom_uom') }}
),

-- The manufacturing order of a subcontractor stands before the receipt.
subcontracted as (
    select
        receipts.purchase_line_id,
        min(makes.production_id) as production_id,
        receipts._source
    from {{ source('odoo', 'stock_move') }} as receipts
    left join {{ source('odoo', 'stock_move_move_rel') }} as chain
        on
            receipts.id = chain.move_dest_id
            and receipts._source = chain._source
    left join {{ source('odoo', 'stock_move') }} as makes
        on
            chain.move_orig_id = makes.id
            and chain._source = makes._source
    where receipts.is_subcontract and receipts.purchase_line_id is not null
    group by receipts.purchase_line_id, receipts._source
),

dated as (
    select
        lines.*,
        orders.currency_rate,
        orders.state as order_state,
        types.warehouse_id,
        types.code as type_code,
        units.factor as line_factor,
        products.unit_factor,
        subcontracted.purchase_line_id is not null as is_subcontract,
        subcontracted.production_id
    from lines
    inner join orders
        on
            lines.order_id = orders.id
            and lines._source = orders._source
    left join types
        on
            orders.picking_type_id = types.id
            and orders._source = types._source
    left join products
        on
            lines.product_id = products.product_id
            and lines._source = products._source
    left join units
        on
            lines.uom_id = units.id
            and lines._source = units._source
    left join subcontracted
        on
            lines.id = subcontracted.purchase_line_id
            and lines._source = subcontracted._source
    where lines.display_type is null
),

final as (
    select
        cast(id as varchar) as purchase_order_line_id,
        cast(order_id as varchar) as purchase_order_id,
        cast(product_id as varchar) as item_id,
        case when type_code <> 'dropship' then 'W' || cast(warehouse_id as varchar) end as location_id,
        {{ odoo_in_base_unit('product_qty', 'line_factor', 'unit_factor') }} as ordered_quantity,
        {{ odoo_price_of_base_unit(
            odoo_in_company_currency('price_unit * (1 - coalesce(discount, 0) / 100)', 'currency_rate'),
            'line_factor', 'unit_factor'
        ) }} as unit_price,
        {{ odoo_in_company_currency('price_subtotal', 'currency_rate') }} as net_value,
        planned_day as requested_date,
        {{ absent_columns(first_confirmed_date='date') }},
        case when order_state in ('purchase', 'done') then planned_day end as confirmed_date,
        case
            when order_state = 'cancel' then 'cancelled'
            when order_state = 'done' or qty_received >= product_qty then 'completed'
            else 'open'
        end as line_status,
        is_subcontract,
        cast(production_id as varchar) as production_order_id,
        {{ absent_columns(uom='varchar') }},
        {{ odoo_in_base_unit('qty_received', 'line_factor', 'unit_factor') }} as received_quantity,
        {{ absent_columns(rejected_quantity='decimal(18, 6)') }},
        _source,
        'purchase_order_line' as _source_table,
        _row_number
    from dated
)

select * from final
