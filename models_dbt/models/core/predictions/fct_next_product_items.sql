-- One row per group of customers and product bought within three years.
with

next_product_items as (

    select * from {{ source('engine', 'next_product_items') }}

),

final as (

    select
        next_product_items.customer_group,
        next_product_items.item_id,
        cast(next_product_items.buyers as integer) as buyers,
        cast(next_product_items.buyers_year as integer) as buyers_year,
        cast(next_product_items.value_year as double) as value_year,
        cast(next_product_items.margin_rate as double) as margin_rate,
        cast(next_product_items.usual_value_year as double) as usual_value_year,
        cast(next_product_items.available_quantity as double) as available_quantity,
        cast(next_product_items.substitutes as integer) as substitutes,
        next_product_items.left_out
    from next_product_items

)

select * from final
