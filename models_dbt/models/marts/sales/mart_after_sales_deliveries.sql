-- One row per sales order line and day on which goods of it arrived, with their batch where all of the line is of one.
with

arrived as (

    select * from {{ ref('fct_delivery_batches') }}
    where sales_order_line_id is not null

),

lines as (

    select
        sales_order_line_id,
        count(distinct batch_kind || '/' || coalesce(batch_id, '')) as batch_count,
        min(batch_kind) as batch_kind,
        min(batch_id) as batch_id
    from arrived
    group by
        sales_order_line_id

),

days as (

    select
        sales_order_line_id,
        item_id,
        customer_id,
        location_id,
        delivered_date,
        sum(quantity) as delivered_quantity
    from arrived
    group by
        sales_order_line_id,
        item_id,
        customer_id,
        location_id,
        delivered_date

),

items as (

    select * from {{ ref('dim_items') }}

),

customers as (

    select * from {{ ref('dim_customers') }}

),

final as (

    select
        days.sales_order_line_id,
        days.item_id,
        items.product_family,
        days.customer_id,
        customers.segment,
        days.location_id,
        days.delivered_date,
        {{ amount('days.delivered_quantity') }} as delivered_quantity,
        case
            when lines.batch_count > 1 then 'several'
            else lines.batch_kind
        end as batch_kind,
        case when lines.batch_count = 1 then lines.batch_id end as batch_id
    from days
    inner join lines
        on days.sales_order_line_id = lines.sales_order_line_id
    left join items
        on days.item_id = items.item_id
    left join customers
        on days.customer_id = customers.customer_id

)

select * from final
