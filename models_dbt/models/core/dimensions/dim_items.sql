-- One row per item, with its cost on the as-of date and the family at the top of its category tree.
with

items as (

    select * from {{ ref('cnl_items') }}

),

categories as (

    select * from {{ ref('cnl_item_categories') }}

),

category_steps as (

    select
        categories.category_id as node,
        coalesce(categories.parent_category_id, categories.category_id) as next_node
    from categories

),

{{ climb('category_steps') }},

families as (

    select
        climbed.node as category_id,
        categories.category_name as product_family,
        categories.category_name_zh as product_family_zh
    from climbed
    inner join categories
        on climbed.end_node = categories.category_id

),

current_costs as (

    select
        item_id,
        standard_cost
    from {{ ref('int_standard_costs') }}
    where
        location_id is null
        and valid_from_date <= {{ as_of() }}
        and valid_to_date > {{ as_of() }}

),

low_level_codes as (

    select
        item_id,
        low_level_code
    from {{ source('engine', 'low_level_codes') }}

),

item_supply as (

    select * from {{ ref('int_item_supply') }}

),

final as (

    select
        items.item_id,
        items.item_name,
        items.item_name_zh,
        items.item_type,
        items.category_id,
        categories.category_name,
        categories.category_name_zh,
        families.product_family,
        families.product_family_zh,
        items.base_uom,
        current_costs.standard_cost,
        items.list_price,
        items.lifecycle_status,
        items.introduced_date,
        cast(items.is_lot_tracked as integer) as is_lot_tracked,
        items.shelf_life_days,
        low_level_codes.low_level_code,
        coalesce(greatest(item_supply.is_made, item_supply.has_bill), 0) as is_made,
        coalesce(greatest(item_supply.is_bought, item_supply.has_supplier), 0) as is_bought
    from items
    left join categories
        on items.category_id = categories.category_id
    left join families
        on items.category_id = families.category_id
    left join current_costs
        on items.item_id = current_costs.item_id
    left join low_level_codes
        on items.item_id = low_level_codes.item_id
    left join item_supply
        on items.item_id = item_supply.item_id

)

select * from final
