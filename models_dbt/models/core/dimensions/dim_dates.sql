-- One row per day, from the first document to two years after the as-of date.
with

first_days as (

    select min(ordered_date) as first_day
    from {{ ref('fct_sales_order_lines') }}

    union all

    select min(created_date) as first_day
    from {{ ref('fct_production_orders') }}

    union all

    select min(ordered_date) as first_day
    from {{ ref('fct_purchase_order_lines') }}

    union all

    select min(moved_date) as first_day
    from {{ ref('fct_stock_movements') }}

    union all

    select min(invoice_date) as first_day
    from {{ ref('fct_invoices') }}

    union all

    select min(created_date) as first_day
    from {{ ref('fct_opportunities') }}

    union all

    -- A build without any document still has a calendar.
    select {{ as_of() }} as first_day

),

bounds as (

    select
        min(first_day) as first_day,
        cast({{ dbt.dateadd('year', 2, as_of()) }} as date) as last_day
    from first_days

),

days as (

    select {{ each_day('first_day', 'last_day') }} as date_day
    from bounds

),

final as (

    select
        days.date_day,
        cast({{ dbt.date_trunc('week', 'days.date_day') }} as date) as week_start_date,
        cast({{ dbt.date_trunc('month', 'days.date_day') }} as date) as month_start_date,
        cast({{ dbt.date_trunc('quarter', 'days.date_day') }} as date) as quarter_start_date,
        cast({{ dbt.date_trunc('year', 'days.date_day') }} as date) as year_start_date,
        cast(extract(year from days.date_day) as integer) as year_number,
        cast(extract(month from days.date_day) as integer) as month_number
    from days

)

select * from final
