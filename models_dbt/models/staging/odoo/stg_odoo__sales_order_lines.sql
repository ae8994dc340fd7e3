-- One row per product line of a confirmed order; sections, notes and down payments are none.
{{ config(enabled='odoo' in var('adapters')) }}
with lines as (
    select * from {{ source('odoo', 'sale_order_line') }}
),

orders as (
    select * from {{ source('odoo', 'sale_order') }}
),

products as (
    {{ odoo_products() }}
),

units as (
    select * from {{ source('odoo', 'uom_uom') }}
),

-- A cancelled order was one, and no mere quotation, where goods were ever to move for it.
moved as (
    select distinct
        lines.order_id,
        lines._source
    from {{ source('odoo', 'sale_order_line') }} as lines
    inner join {{ source('odoo', 'stock_move') }} as moves
        on
            lines.id = moves.sale_line_id
            and lines._source = moves._source
),

dated as (
    select
        lines.*,
        orders.state as order_state,
        orders.currency_rate,
        orders.warehouse_id,
        -- Odoo promises the day of the order and the longest lead time where nobody promised another.
        coalesce(
            orders.commitment_day,
            cast(
                {{ dbt.dateadd('day', 'cast(coalesce(lines.customer_lead, 0) as integer)', 'orders.ordered_day') }} as date  -- noqa: LT05
            )
        ) as promised_day,
        units.factor as line_factor,
        products.unit_factor
    from lines
    inner join orders
        on
            lines.order_id = orders.id
            and lines._source = orders._source
    left join moved
        on
            orders.id = moved.order_id
            and orders._source = moved._source
    left join products
        on
            lines.product_id = products.product_id
            and lines._source = products._source
    left join units
        on
            lines.uom_id = units.id
            and lines._source = units._source
    where
        lines.display_type is null
        and not lines.is_downpayment
        and (
            orders.state in ('sale', 'done')
            or (orders.state = 'cancel' and moved.order_id is not null)
        )
),

final as (
    select
        cast(id as varchar) as sales_order_line_id,
        cast(order_id as varchar) as sales_order_id,
        cast(row_number() over (partition by _source, order_id order by sequence, id) as integer) as line_number,
        cast(product_id as varchar) as item_id,
        'W' || cast(warehouse_id as varchar) as ship_from_location_id,
        {{ odoo_in_base_unit('product_uom_qty', 'line_factor', 'unit_factor') }} as ordered_quantity,
        case
            when order_state = 'cancel' then {{ odoo_in_base_unit('product_uom_qty', 'line_factor', 'unit_factor') }}
            else cast(0 as decimal(18, 6))
        end as cancelled_quantity,
        {{ odoo_price_of_base_unit(
            odoo_in_company_currency('price_unit', 'currency_rate'), 'line_factor', 'unit_factor'
        ) }} as unit_price,
        discount / 100 as discount_rate,
        {{ odoo_in_company_currency('price_subtotal', 'currency_rate') }} as net_value,
        promised_day as requested_date,
        {{ absent_columns(first_promised_date='date') }},
        promised_day as promised_date,
        case
            when order_state = 'cancel' then 'cancelled'
            when qty_delivered >= product_uom_qty then 'completed'
            else 'open'
        end as line_status,
        {{ absent_columns(uom='varchar') }},
        _source,
        'sale_order_line' as _source_table,
        _row_number
    from dated
)

select * from final
