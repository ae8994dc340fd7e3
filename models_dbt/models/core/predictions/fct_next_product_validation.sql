-- One row per group of customers, cutoff, way of ranking, number of products, and true or shuffled outcome.
with

next_product_validation as (

    select * from {{ source('engine', 'next_product_validation') }}

),

final as (

    select
        next_product_validation.customer_group,
        next_product_validation.split,
        cast(next_product_validation.cutoff_date as date) as cutoff_date,
        cast(next_product_validation.until_date as date) as until_date,
        next_product_validation.way,
        cast(next_product_validation.k as integer) as k,
        cast(next_product_validation.is_shuffled as boolean) as is_shuffled,
        cast(next_product_validation.customers as integer) as customers,
        cast(next_product_validation.hits as integer) as hits,
        cast(next_product_validation.hit_rate as double) as hit_rate,
        cast(next_product_validation.lead as double) as lead,
        cast(next_product_validation.lead_error as double) as lead_error,
        cast(next_product_validation.is_used as boolean) as is_used
    from next_product_validation

)

select * from final
