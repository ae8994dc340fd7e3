-- One row per active customer and rank.
with

next_products as (

    select * from {{ source('engine', 'next_products') }}

),

final as (

    select
        next_products.customer_id,
        next_products.customer_group,
        cast(next_products.rank as integer) as rank,
        next_products.item_id,
        next_products.way,
        cast(next_products.score as double) as score,
        next_products.because_item_id,
        cast(next_products.common_buyers as integer) as common_buyers,
        cast(next_products.because_buyers as integer) as because_buyers,
        cast(next_products.support as double) as support,
        cast(next_products.lift as double) as lift,
        cast(next_products.popularity as double) as popularity,
        cast(next_products.alike_customers as integer) as alike_customers,
        cast(next_products.alike_buyers as integer) as alike_buyers
    from next_products

)

select * from final
