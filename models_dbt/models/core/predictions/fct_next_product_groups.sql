-- One row per group of customers.
with

next_product_groups as (

    select * from {{ source('engine', 'next_product_groups') }}

),

final as (

    select
        next_product_groups.customer_group,
        next_product_groups.way,
        next_product_groups.reason,
        cast(next_product_groups.customers as integer) as customers,
        cast(next_product_groups.advised_customers as integer) as advised_customers,
        cast(next_product_groups.items as integer) as items,
        cast(next_product_groups.judged_customers as integer) as judged_customers,
        cast(next_product_groups.substitute_pairs as integer) as substitute_pairs
    from next_product_groups

)

select * from final
