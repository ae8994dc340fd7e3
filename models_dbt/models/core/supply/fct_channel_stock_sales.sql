-- One row per distributor or retailer, item and week that it reported: what it sold on and what it had at the end of the week.
with

reports as (

    select
        customer_id,
        item_id,
        week_start_date,
        sold_quantity,
        stock_quantity,
        _source as source
    from {{ ref('cnl_channel_stock_sales') }}

),

items as (

    select
        item_id,
        standard_cost
    from {{ ref('dim_items') }}

),

dated as (

    select
        reports.*,
        max(reports.week_start_date) over (partition by reports.source) as last_week_start_date,
        max(reports.week_start_date) over (partition by reports.customer_id) as customer_last_week_start_date
    from reports

),

final as (

    select
        dated.customer_id,
        dated.item_id,
        dated.week_start_date,
        dated.sold_quantity,
        dated.stock_quantity,
        {{ times('dated.sold_quantity', 'items.standard_cost') }} as sold_cost_value,
        {{ times('dated.stock_quantity', 'items.standard_cost') }} as stock_cost_value,
        cast({{ dbt.datediff('dated.week_start_date', 'dated.last_week_start_date', 'day') }} / 7 as integer)
            as weeks_before_last,
        {{ flag('dated.customer_last_week_start_date = dated.last_week_start_date') }} as is_reporting,
        dated.source
    from dated
    left join items
        on dated.item_id = items.item_id

)

select * from final
