-- One row per sales order line and step of its journey: planned and done, its time on the path, its days of lateness.
with

hops as (

    select * from {{ source('engine', 'order_hops') }}

),

lines as (

    select
        sales_order_line_id,
        customer_id,
        location_id
    from {{ ref('fct_sales_order_lines') }}

),

final as (

    select
        hops.sales_order_line_id,
        lines.customer_id,
        lines.location_id as line_location_id,
        hops.hop,
        cast(hops.level as integer) as level,
        cast(hops.sequence as integer) as sequence,
        hops.nature,
        cast(hops.is_on_path as integer) as is_on_path,
        hops.document_type,
        hops.document_id,
        hops.party_type,
        hops.party_id,
        hops.item_id,
        hops.location_id,
        cast(hops.planned_date as date) as planned_date,
        cast(hops.actual_date as date) as actual_date,
        cast(hops.needed_date as date) as needed_date,
        cast(hops.begin_date as date) as begin_date,
        cast(hops.end_date as date) as end_date,
        cast(hops.days as double) as days,
        cast(hops.touch_days as double) as touch_days,
        cast(hops.late_days as double) as late_days,
        cast(hops.planned_late_days as double) as planned_late_days,
        cast(hops.short_notice_days as double) as short_notice_days,
        cast(hops.unexplained_days as double) as unexplained_days
    from hops
    inner join lines
        on hops.sales_order_line_id = lines.sales_order_line_id

)

select * from final
