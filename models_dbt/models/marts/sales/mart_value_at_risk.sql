-- One row per open sales order line that is late or likely to be, with the future value of its customer that hangs on it.
with

order_lines as (

    select * from {{ ref('fct_sales_order_lines') }}
    where is_open = 1

),

chances as (

    select * from {{ ref('fct_plan_probability') }}
    where demand_type = 'sales_order_line'

),

planned as (

    select * from {{ ref('fct_plan_demands') }}
    where demand_type = 'sales_order_line'

),

customer_values as (

    select * from {{ ref('fct_customer_values') }}

),

customers as (

    select * from {{ ref('dim_customers') }}

),

items as (

    select * from {{ ref('dim_items') }}

),

judged as (

    select
        order_lines.sales_order_line_id,
        order_lines.sales_order_id,
        order_lines.line_number,
        order_lines.customer_id,
        order_lines.item_id,
        order_lines.location_id,
        order_lines.requested_date,
        order_lines.promised_date,
        planned.possible_date,
        chances.p90_date,
        order_lines.open_value,
        case when order_lines.is_past_due = 1 then 1 else 1 - chances.in_time_rate end as late_probability,
        case
            when order_lines.is_past_due = 1 then 'past_due'
            when planned.late_days > 0 then 'planned_late'
            when chances.in_time_rate < 0.5 then 'likely_late'
        end as risk
    from order_lines
    left join chances
        on
            order_lines.sales_order_line_id = chances.demand_id
            and order_lines.item_id = chances.item_id
            and order_lines.location_id = chances.location_id
    left join planned
        on
            order_lines.sales_order_line_id = planned.demand_id
            and order_lines.item_id = planned.item_id
            and order_lines.location_id = planned.location_id

),

final as (

    select
        judged.sales_order_line_id,
        judged.sales_order_id,
        judged.line_number,
        judged.customer_id,
        customers.customer_name,
        customers.customer_type,
        customers.segment,
        customers.region,
        customers.sales_rep_id,
        customers.sales_rep_name,
        customer_values.customer_group,
        judged.item_id,
        items.item_name,
        items.item_name_zh,
        judged.location_id,
        judged.requested_date,
        judged.promised_date,
        judged.possible_date,
        judged.p90_date,
        judged.open_value,
        judged.risk,
        cast(judged.late_probability as double) as late_probability,
        customer_values.lifetime_value,
        customer_values.late_churn_increase,
        case
            when customer_values.lifetime_value > 0
                then customer_values.lifetime_value * customer_values.late_churn_increase
        end as future_value_at_risk
    from judged
    left join customer_values
        on judged.customer_id = customer_values.customer_id
    left join customers
        on judged.customer_id = customers.customer_id
    left join items
        on judged.item_id = items.item_id
    where judged.risk is not null

)

select * from final
