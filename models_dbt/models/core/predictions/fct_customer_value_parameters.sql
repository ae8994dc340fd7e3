-- One row per group of customers, model and parameter.
with

customer_value_parameters as (

    select * from {{ source('engine', 'customer_value_parameters') }}

),

final as (

    select
        customer_value_parameters.customer_group,
        customer_value_parameters.model,
        customer_value_parameters.parameter,
        cast(customer_value_parameters.estimate as double) as estimate,
        cast(customer_value_parameters.standard_error as double) as standard_error
    from customer_value_parameters

)

select * from final
