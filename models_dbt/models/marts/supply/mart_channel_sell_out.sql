-- One row per distributor or retailer, item and week that it reported: what it sold on, what it had, and what it got from us.
with

reports as (

    select * from {{ ref('fct_channel_stock_sales') }}

),

reporting_customers as (

    select
        customer_id,
        min(week_start_date) as first_week_start_date,
        max(week_start_date) as last_week_start_date,
        max(is_reporting) as is_reporting,
        -- The day from which the weeks are counted back: the same for all customers of a source.
        max(
            {{ dbt.dateadd('day', '7 * weeks_before_last', 'week_start_date') }}
        ) as counted_from
    from reports
    group by customer_id

),

items as (

    select
        item_id,
        item_name,
        item_name_zh,
        product_family,
        base_uom,
        standard_cost
    from {{ ref('dim_items') }}

),

sell_in as (

    select
        delivery_lines.customer_id,
        delivery_lines.item_id,
        cast({{ dbt.date_trunc('week', 'delivery_lines.delivered_date') }} as date) as week_start_date,
        sum(delivery_lines.delivered_quantity) as sell_in_quantity
    from {{ ref('fct_delivery_lines') }} as delivery_lines
    inner join reporting_customers
        on delivery_lines.customer_id = reporting_customers.customer_id
    where
        delivery_lines.delivered_date is not null
        and cast({{ dbt.date_trunc('week', 'delivery_lines.delivered_date') }} as date)
        between reporting_customers.first_week_start_date and reporting_customers.last_week_start_date
    group by
        delivery_lines.customer_id,
        delivery_lines.item_id,
        cast({{ dbt.date_trunc('week', 'delivery_lines.delivered_date') }} as date)

),

both_sides as (

    select
        customer_id,
        item_id,
        week_start_date,
        sold_quantity,
        stock_quantity,
        cast(0 as decimal(18, 6)) as sell_in_quantity
    from reports

    union all

    select
        customer_id,
        item_id,
        week_start_date,
        cast(0 as decimal(18, 6)) as sold_quantity,
        cast(0 as decimal(18, 6)) as stock_quantity,
        {{ amount('sell_in_quantity') }} as sell_in_quantity
    from sell_in

),

summed as (

    select
        customer_id,
        item_id,
        week_start_date,
        sum(sold_quantity) as sold_quantity,
        sum(stock_quantity) as stock_quantity,
        sum(sell_in_quantity) as sell_in_quantity
    from both_sides
    group by
        customer_id,
        item_id,
        week_start_date

),

final as (

    select
        summed.customer_id,
        summed.item_id,
        items.product_family,
        items.base_uom,
        summed.week_start_date,
        cast(
            {{ dbt.datediff('summed.week_start_date', 'cast(reporting_customers.counted_from as date)', 'day') }} / 7
            as integer
        ) as weeks_before_last,
        reporting_customers.is_reporting,
        {{ amount('summed.sold_quantity') }} as sold_quantity,
        {{ amount('summed.stock_quantity') }} as stock_quantity,
        {{ amount('summed.sell_in_quantity') }} as sell_in_quantity,
        {{ times('summed.sold_quantity', 'items.standard_cost') }} as sold_cost_value,
        {{ times('summed.stock_quantity', 'items.standard_cost') }} as stock_cost_value,
        {{ times('summed.sell_in_quantity', 'items.standard_cost') }} as sell_in_cost_value
    from summed
    inner join reporting_customers
        on summed.customer_id = reporting_customers.customer_id
    left join items
        on summed.item_id = items.item_id

)

select * from final
