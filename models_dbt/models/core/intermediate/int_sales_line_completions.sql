-- One row per sales order line that was delivered on more than one day: when what is wanted of it was complete.
-- Apart from the fact, because only these lines need a running sum: sorting all lines for the few would be the dearest step of the layer.
with

deliveries as (

    select
        sales_order_line_id,
        shipped_date,
        delivered_date,
        shipped_quantity,
        delivered_quantity,
        case when shipped_date is null then 1 else 0 end as is_undated_shipment,
        case when delivery_status = 'delivered' and delivered_date is null then 1 else 0 end as is_undated_receipt
    from {{ ref('fct_delivery_lines') }}
    where delivery_status in ('shipped', 'delivered')

),

order_lines as (

    select
        sales_order_line_id,
        sales_order_id,
        line_status,
        ordered_quantity,
        cancelled_quantity
    from {{ ref('cnl_sales_order_lines') }}

),

orders as (

    select
        sales_order_id,
        order_status
    from {{ ref('cnl_sales_orders') }}

),

partial_lines as (

    select sales_order_line_id
    from deliveries
    group by
        sales_order_line_id
    having
        min(shipped_date) < max(shipped_date)
        or min(delivered_date) < max(delivered_date)
        or max(is_undated_shipment) = 1
        or max(is_undated_receipt) = 1

),

wanted as (

    select
        order_lines.sales_order_line_id,
        order_lines.ordered_quantity - {{ cancelled_quantity('order_lines', 'orders') }} as required_quantity
    from partial_lines
    inner join order_lines
        on partial_lines.sales_order_line_id = order_lines.sales_order_line_id
    inner join orders
        on order_lines.sales_order_id = orders.sales_order_id

),

-- A part without a date comes last: what only it completes is complete on an unknown day.
running_totals as (

    select
        wanted.sales_order_line_id,
        wanted.required_quantity,
        deliveries.shipped_date,
        deliveries.delivered_date,
        sum(deliveries.shipped_quantity) over (
            partition by wanted.sales_order_line_id order by deliveries.shipped_date asc nulls last
        ) as shipped_so_far,
        sum(deliveries.delivered_quantity) over (
            partition by wanted.sales_order_line_id order by deliveries.delivered_date asc nulls last
        ) as delivered_so_far
    from wanted
    inner join deliveries
        on wanted.sales_order_line_id = deliveries.sales_order_line_id

),

final as (

    select
        sales_order_line_id,
        min(case when shipped_so_far >= required_quantity then shipped_date end) as shipped_in_full_date,
        min(case when delivered_so_far >= required_quantity then delivered_date end) as received_in_full_date
    from running_totals
    group by
        sales_order_line_id

)

select * from final
