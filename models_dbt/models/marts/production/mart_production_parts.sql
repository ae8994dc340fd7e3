-- One row per component line of an open production order: required, issued, and what is there for the rest.
with

components as (

    select * from {{ ref('fct_production_order_components') }}
    where is_open = 1

),

stock as (

    select
        item_id,
        location_id,
        quantity
    from {{ ref('fct_stock_intervals') }}
    where
        valid_from_date <= {{ as_of() }}
        and valid_to_date > {{ as_of() }}

),

kits as (

    select
        order_id,
        item_id,
        sum(missing_quantity) as missing_quantity,
        max(covered_date) as covered_date,
        max(case when missing_quantity > 0 then receipt_type end) as receipt_type,
        max(case when missing_quantity > 0 then receipt_id end) as receipt_id
    from {{ ref('fct_clear_to_build_lines') }}
    where order_type = 'production_order'
    group by
        order_id,
        item_id

),

items as (

    select * from {{ ref('dim_items') }}

),

final as (

    select
        components.production_order_id,
        components.component_line,
        components.item_id,
        items.item_name,
        items.item_name_zh,
        items.base_uom,
        components.location_id,
        components.required_date,
        components.required_quantity,
        components.issued_quantity,
        components.open_quantity,
        stock.quantity as stock_quantity,
        -- What other orders that come first leave over, by the default rule of clear to build.
        cast(
            case
                when kits.missing_quantity > components.open_quantity then components.open_quantity
                else kits.missing_quantity
            end as decimal(18, 6)
        ) as short_quantity,
        kits.covered_date,
        kits.receipt_type,
        kits.receipt_id
    from components
    left join stock
        on components.item_id = stock.item_id and components.location_id = stock.location_id
    left join kits
        on components.production_order_id = kits.order_id and components.item_id = kits.item_id
    left join items
        on components.item_id = items.item_id

)

select * from final
