-- One row per service case, with the names of what it is about and what the customer is worth.
with

cases as (

    select * from {{ ref('fct_service_cases') }}

),

items as (

    select * from {{ ref('dim_items') }}

),

customers as (

    select * from {{ ref('dim_customers') }}

),

revenue as (

    select
        customer_id,
        sum(net_value) as revenue_year_value
    from {{ ref('fct_delivery_lines') }}
    where
        shipped_date > cast({{ dbt.dateadd('day', -365, as_of()) }} as date)
        and shipped_date <= {{ as_of() }}
    group by
        customer_id

),

books as (

    select
        customer_id,
        sum(open_value) as open_order_value
    from {{ ref('fct_sales_order_lines') }}
    where is_open = 1
    group by
        customer_id

),

final as (

    select
        cases.case_id,
        cases.customer_id,
        customers.customer_name,
        customers.customer_type,
        customers.segment,
        customers.sales_rep_name,
        cases.opened_date,
        cases.opened_at,
        cases.first_response_at,
        cases.resolved_at,
        cases.case_type,
        cases.severity,
        cases.item_id,
        items.item_name,
        items.item_name_zh,
        items.product_family,
        cases.sales_order_line_id,
        cases.sales_order_id,
        cases.first_delivered_date,
        cases.days_in_use,
        cases.batch_count,
        cases.batch_kind,
        cases.batch_id,
        cases.production_order_id,
        cases.is_open,
        cases.is_failure,
        cases.first_response_hours,
        cases.resolution_hours,
        cases.hours_open,
        cases.first_response_target_hours,
        cases.resolution_target_hours,
        cases.is_first_response_in_target,
        cases.is_resolution_in_target,
        cases.is_repeat,
        cases.repeat_reason,
        cases.previous_case_id,
        cases.cost_value,
        cases.warranty_cost_value,
        revenue.revenue_year_value,
        books.open_order_value
    from cases
    left join customers
        on cases.customer_id = customers.customer_id
    left join items
        on cases.item_id = items.item_id
    left join revenue
        on cases.customer_id = revenue.customer_id
    left join books
        on cases.customer_id = books.customer_id

)

select * from final
