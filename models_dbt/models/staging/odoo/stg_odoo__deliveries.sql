-- One row per picking that takes goods to a customer, drop shipments of suppliers included.
{{ config(enabled='odoo' in var('adapters')) }}
with pickings as (
    select * from {{ source('odoo', 'stock_picking') }}
),

places as (
    {{ odoo_places() }}
),

families as (
    {{ odoo_partners() }}
),

-- The address of a delivery is a contact; where there is none, the order knows the customer.
to_customers as (
    select
        moves.picking_id,
        min(orders.partner_id) as partner_id,
        moves._source
    from {{ source('odoo', 'stock_move') }} as moves
    inner join {{ source('odoo', 'sale_order_line') }} as lines
        on
            moves.sale_line_id = lines.id
            and moves._source = lines._source
    inner join {{ source('odoo', 'sale_order') }} as orders
        on
            lines.order_id = orders.id
            and lines._source = orders._source
    inner join places
        on
            moves.location_dest_id = places.location_id
            and moves._source = places._source
    where places.place_type = 'customer' and moves.picking_id is not null
    group by moves.picking_id, moves._source
),

final as (
    select
        cast(pickings.id as varchar) as delivery_id,
        families.company_partner_id as customer_id,
        origins.place_id as from_location_id,
        {{ absent_columns(carrier='varchar') }},
        pickings.planned_day as planned_ship_date,
        pickings.date_done as shipped_at,
        {{ absent_columns(expected_arrival_date='date', delivered_at='timestamp') }},
        case pickings.state
            when 'done' then 'shipped'
            when 'cancel' then 'cancelled'
            else 'planned'
        end as delivery_status,
        {{ absent_columns(freight_cost='decimal(18, 6)') }},
        pickings._source,
        'stock_picking' as _source_table,
        pickings._row_number
    from pickings
    inner join to_customers
        on
            pickings.id = to_customers.picking_id
            and pickings._source = to_customers._source
    left join families
        on
            to_customers.partner_id = families.partner_id
            and to_customers._source = families._source
    left join places as origins
        on
            pickings.location_id = origins.location_id
            and pickings._source = origins._source
)

select * from final
