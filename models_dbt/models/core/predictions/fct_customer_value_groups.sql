-- One row per group of customers.
with

customer_value_groups as (

    select * from {{ source('engine', 'customer_value_groups') }}

),

final as (

    select
        customer_value_groups.customer_group,
        cast(customer_value_groups.customers as integer) as customers,
        cast(customer_value_groups.repeaters as integer) as repeaters,
        cast(customer_value_groups.is_fitted as boolean) as is_fitted,
        cast(customer_value_groups.value_dependence as double) as value_dependence,
        customer_value_groups.value_by,
        customer_value_groups.churn_by,
        customer_value_groups.churn_reason,
        cast(customer_value_groups.asked_customers as integer) as asked_customers,
        cast(customer_value_groups.held_out_customers as integer) as held_out_customers,
        cast(customer_value_groups.held_out_came as double) as held_out_came,
        cast(customer_value_groups.held_out_expected as double) as held_out_expected,
        cast(customer_value_groups.held_out_error as double) as held_out_error,
        cast(customer_value_groups.held_out_plain_error as double) as held_out_plain_error,
        cast(customer_value_groups.held_out_rank as double) as held_out_rank,
        cast(customer_value_groups.is_better_than_plain as boolean) as is_better_than_plain
    from customer_value_groups

)

select * from final
