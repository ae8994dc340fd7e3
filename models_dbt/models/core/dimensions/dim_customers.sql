-- One row per customer.
with

customers as (

    select * from {{ ref('cnl_customers') }}

),

sales_reps as (

    select * from {{ ref('cnl_sales_reps') }}

),

first_orders as (

    select
        customer_id,
        cast(min(ordered_at) as date) as first_ordered_date
    from {{ ref('cnl_sales_orders') }}
    where order_status in ('confirmed', 'completed')
    group by
        customer_id

),

final as (

    select
        customers.customer_id,
        customers.customer_name,
        customers.customer_type,
        customers.segment,
        customers.country_code,
        customers.region,
        customers.sales_rep_id,
        sales_reps.sales_rep_name,
        sales_reps.team,
        customers.credit_limit_value,
        customers.payment_terms_days,
        customers.created_date,
        first_orders.first_ordered_date
    from customers
    left join sales_reps
        on customers.sales_rep_id = sales_reps.sales_rep_id
    left join first_orders
        on customers.customer_id = first_orders.customer_id

)

select * from final
