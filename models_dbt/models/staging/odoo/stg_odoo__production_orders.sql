-- One row per manufacturing order, those of subcontractors included.
{{ config(enabled='odoo' in var('adapters')) }}
with orders as (
    select * from {{ source('odoo', 'mrp_production') }}
),

boms as (
    {{ odoo_boms() }}
),

types as (
    select * from {{ source('odoo', 'stock_picking_type') }}
),

places as (
    {{ odoo_places() }}
),

done as (
    {{ odoo_done_lines() }}
),

made as (
    select
        production_id,
        product_id,
        sum(quantity) as quantity,
        _source
    from done
    where production_id is not null and not scrapped
    group by production_id, product_id, _source
),

scrapped as (
    select
        scraps.production_id,
        scraps.product_id,
        sum(scraps.scrap_qty) as quantity,
        scraps._source
    from {{ source('odoo', 'stock_scrap') }} as scraps
    where scraps.state = 'done' and scraps.production_id is not null
    group by scraps.production_id, scraps.product_id, scraps._source
),

-- An order made for a customer: the move that asked for it belongs to the group of the sale.
pegged as (
    select
        moves.created_production_id as production_id,
        min(lines.id) as sale_line_id,
        moves._source
    from {{ source('odoo', 'stock_move') }} as moves
    inner join {{ source('odoo', 'sale_order') }} as sales
        on
            moves.group_id = sales.procurement_group_id
            and moves._source = sales._source
    inner join {{ source('odoo', 'sale_order_line') }} as lines
        on
            sales.id = lines.order_id
            and moves.product_id = lines.product_id
            and moves._source = lines._source
    where moves.created_production_id is not null
    group by moves.created_production_id, moves._source
),

final as (
    select
        cast(orders.id as varchar) as production_order_id,
        cast(orders.product_id as varchar) as item_id,
        coalesce('W' || cast(types.warehouse_id as varchar), places.place_id) as location_id,
        boms.bom_id,
        orders.base_qty as ordered_quantity,
        cast(coalesce(made.quantity, 0) as decimal(18, 6)) as completed_quantity,
        cast(coalesce(scrapped.quantity, 0) as decimal(18, 6)) as scrapped_quantity,
        case orders.state
            when 'draft' then 'planned'
            when 'progress' then 'in_progress'
            when 'to_close' then 'in_progress'
            when 'done' then 'completed'
            when 'cancel' then 'cancelled'
            else orders.state
        end as order_status,
        orders.create_date as created_at,
        orders.planned_start_day as planned_start_date,
        -- From Odoo 17 the plan of a finished order is overwritten by what happened: what is left of it is the day of need.
        case
            when
                orders.has_own_plan
                then coalesce(orders.planned_finish_day, orders.deadline_day, orders.planned_start_day)
            when orders.state = 'done' then coalesce(orders.deadline_day, orders.planned_finish_day)
            else coalesce(orders.planned_finish_day, orders.deadline_day, orders.planned_start_day)
        end as planned_finish_date,
        case when orders.state in ('progress', 'to_close', 'done') then orders.date_start end as started_at,
        case when orders.state = 'done' then orders.date_finished end as finished_at,
        cast(coalesce(orders.sale_line_id, pegged.sale_line_id) as varchar) as sales_order_line_id,
        cast(case when orders.priority = '1' then 1 end as integer) as priority,
        orders.state <> 'draft' as is_firm,
        orders.subcontractor_id is not null as is_subcontract,
        {{ absent_columns(uom='varchar') }},
        orders._source,
        'mrp_production' as _source_table,
        orders._row_number
    from orders
    left join boms
        on
            orders.bom_id = boms.raw_bom_id
            and orders.product_id = boms.product_id
            and orders._source = boms._source
    left join types
        on
            orders.picking_type_id = types.id
            and orders._source = types._source
    left join places
        on
            orders.location_dest_id = places.location_id
            and orders._source = places._source
    left join made
        on
            orders.id = made.production_id
            and orders.product_id = made.product_id
            and orders._source = made._source
    left join scrapped
        on
            orders.id = scrapped.production_id
            and orders.product_id = scrapped.product_id
            and orders._source = scrapped._source
    left join pegged
        on
            orders.id = pegged.production_id
            and orders._source = pegged._source
)

select * from final
