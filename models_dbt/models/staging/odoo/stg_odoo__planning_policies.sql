-- One row per product that is stocked and the warehouse that is its own: its reordering rule, or none but its bill and vendors.
{{ config(enabled='odoo' in var('adapters')) }}
with variants as (
    select * from {{ source('odoo', 'product_product') }}
),

templates as (
    select * from {{ source('odoo', 'product_template') }}
),

orderpoints as (
    select
        product_id,  -- noqa: RF02
        coalesce(places.place_id, 'W' || cast(rules.warehouse_id as varchar)) as place_id,
        rules.product_min_qty,
        rules.product_max_qty,
        rules.qty_multiple,
        rules.route_id,
        row_number() over (
            partition by
                rules._source, rules.product_id, coalesce(places.place_id, 'W' || cast(rules.warehouse_id as varchar))
            order by rules.id
        ) as place,
        rules._source,
        rules._row_number
    from {{ source('odoo', 'stock_warehouse_orderpoint') }} as rules
    left join ({{ odoo_places() }}) as places  -- noqa: ST05
        on
            rules.location_id = places.location_id
            and rules._source = places._source
    where rules.active
),

main_warehouses as (
    select
        coalesce(min(case when makes then id end), min(id)) as warehouse_id,
        _source
    from {{ source('odoo', 'stock_warehouse') }}
    where active
    group by _source
),

bills as (
    select
        boms.product_id,
        min(case when raw_boms.type = 'normal' then 1 when raw_boms.type = 'subcontract' then 2 else 3 end) as kind,
        min(case when raw_boms.type = 'normal' then raw_boms.produce_delay end) as produce_delay,
        boms._source
    from ({{ odoo_boms() }}) as boms
    inner join {{ source('odoo', 'mrp_bom') }} as raw_boms
        on
            boms.raw_bom_id = raw_boms.id
            and boms._source = raw_boms._source
    where raw_boms.active
    group by boms.product_id, boms._source
),

-- Routes of a product by which an order is replenished for itself, or not made but bought.
routes_of_products as (
    select
        chosen.product_tmpl_id,
        max(
            case
                when
                    rules.action = 'pull'
                    and rules.procure_method in ('make_to_order', 'mts_else_mto')
                    and routes.supplier_wh_id is null
                    then 1
                else 0
            end
        ) as has_pull_to_order,
        max(case when rules.action = 'buy' then 1 else 0 end) as has_buy,
        max(case when rules.action = 'manufacture' then 1 else 0 end) as has_manufacture,
        chosen._source
    from {{ source('odoo', 'stock_route_product') }} as chosen
    inner join {{ source('odoo', 'stock_route') }} as routes
        on
            chosen.route_id = routes.id
            and chosen._source = routes._source
    inner join {{ source('odoo', 'stock_rule') }} as rules
        on
            chosen.route_id = rules.route_id
            and chosen._source = rules._source
            and rules.active
    group by chosen.product_tmpl_id, chosen._source
),

-- A route that says "make" brings rules of pull with it: to order is only a route that does nothing else.
to_order as (
    select distinct
        chosen.product_tmpl_id,
        chosen._source
    from {{ source('odoo', 'stock_route_product') }} as chosen
    inner join (  -- noqa: ST05
        select
            route_id,
            _source
        from {{ source('odoo', 'stock_rule') }}
        where active
        group by route_id, _source
        having
            min(case when action = 'pull' then 1 else 0 end) = 1
            and max(case when procure_method in ('make_to_order', 'mts_else_mto') then 1 else 0 end) = 1
    ) as pulling
        on
            chosen.route_id = pulling.route_id
            and chosen._source = pulling._source
    inner join {{ source('odoo', 'stock_route') }} as routes
        on
            chosen.route_id = routes.id
            and chosen._source = routes._source
            and routes.supplier_wh_id is null
            and routes.active
),

resupplied as (
    select
        id as route_id,
        supplier_wh_id,
        _source
    from {{ source('odoo', 'stock_route') }}
    where supplier_wh_id is not null
),

stocked as (
    select
        variants.id as product_id,
        variants.product_tmpl_id,
        variants._source,
        variants._row_number
    from variants
    inner join templates
        on
            variants.product_tmpl_id = templates.id
            and variants._source = templates._source
    where templates.type = 'product' and variants.active and templates.active
),

pairs as (
    select
        stocked.product_id,
        orderpoints.place_id,
        stocked._source
    from stocked
    inner join orderpoints
        on
            stocked.product_id = orderpoints.product_id
            and stocked._source = orderpoints._source
            and orderpoints.place = 1
    union
    select
        stocked.product_id,
        'W' || cast(main_warehouses.warehouse_id as varchar) as place_id,
        stocked._source
    from stocked
    inner join main_warehouses
        on stocked._source = main_warehouses._source
),

final as (
    select
        cast(pairs.product_id as varchar) as item_id,
        pairs.place_id as location_id,
        case
            when resupplied.supplier_wh_id is not null then 'transfer'
            when
                bills.kind = 1
                and not (
                    coalesce(routes_of_products.has_buy, 0) = 1 and coalesce(routes_of_products.has_manufacture, 0) = 0
                )
                then 'make'
            when bills.kind = 2 then 'subcontract'
            -- A kit is put together on the way out.
            when bills.kind = 3 then 'make'
            else 'buy'
        end as supply_type,
        case
            when
                orderpoints.product_id is null and (to_order.product_tmpl_id is not null or bills.kind = 3)
                then 'make_to_order'
            else 'make_to_stock'
        end as strategy,
        case when orderpoints.product_max_qty > orderpoints.product_min_qty then 'min_max' else 'lot_for_lot' end
            as lot_rule,
        {{ absent_columns(
            fixed_lot_quantity='decimal(18, 6)', min_lot_quantity='decimal(18, 6)',
            max_lot_quantity='decimal(18, 6)'
        ) }},
        nullif(orderpoints.qty_multiple, 0) as lot_multiple,
        {{ absent_columns(
            periods_of_supply='integer', ordering_cost='decimal(18, 6)', holding_rate='double',
            safety_stock_quantity='decimal(18, 6)', safety_time_days='double', target_service_rate='double'
        ) }},
        case when bills.kind = 1 and resupplied.supplier_wh_id is null then bills.produce_delay end as lead_time_days,
        orderpoints.product_min_qty as reorder_point_quantity,
        case when orderpoints.product_max_qty > orderpoints.product_min_qty then orderpoints.product_max_qty end
            as max_stock_quantity,
        'W' || cast(resupplied.supplier_wh_id as varchar) as source_location_id,
        {{ absent_columns(
            yield_rate='double', planning_fence_days='double', frozen_fence_days='double',
            demand_time_fence_days='double', forecast_backward_days='double', forecast_forward_days='double',
            days_of_cover='double', receiving_days='double', planner='varchar'
        ) }},
        pairs._source,
        'product_product' as _source_table,
        stocked._row_number
    from pairs
    inner join stocked
        on
            pairs.product_id = stocked.product_id
            and pairs._source = stocked._source
    left join orderpoints
        on
            pairs.product_id = orderpoints.product_id
            and pairs.place_id = orderpoints.place_id
            and pairs._source = orderpoints._source
            and orderpoints.place = 1
    left join bills
        on
            pairs.product_id = bills.product_id
            and pairs._source = bills._source
    left join routes_of_products
        on
            stocked.product_tmpl_id = routes_of_products.product_tmpl_id
            and stocked._source = routes_of_products._source
    left join to_order
        on
            stocked.product_tmpl_id = to_order.product_tmpl_id
            and stocked._source = to_order._source
    left join resupplied
        on
            orderpoints.route_id = resupplied.route_id
            and orderpoints._source = resupplied._source
)

select * from final
