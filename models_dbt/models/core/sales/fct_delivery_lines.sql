-- One row per delivery line, with the customer and the money of the order line that it delivers.
with

deliveries as (

    select
        delivery_id,
        customer_id,
        from_location_id,
        carrier,
        planned_ship_date,
        cast(shipped_at as date) as shipped_date,
        expected_arrival_date,
        cast(delivered_at as date) as delivered_date,
        delivery_status
    from {{ ref('cnl_deliveries') }}

),

delivery_lines as (

    select * from {{ ref('cnl_delivery_lines') }}

),

order_lines as (

    select
        sales_order_line_id,
        sales_order_id,
        ship_from_location_id,
        ordered_quantity,
        net_value
    from {{ ref('cnl_sales_order_lines') }}

),

orders as (

    select
        sales_order_id,
        customer_id,
        sales_rep_id,
        channel,
        cast(ordered_at as date) as ordered_date
    from {{ ref('cnl_sales_orders') }}

),

coverage as (

    select
        source,
        reports_customer_receipts
    from {{ ref('int_source_coverage') }}

),

joined as (

    select
        delivery_lines.delivery_line_id,
        delivery_lines.delivery_id,
        delivery_lines.sales_order_line_id,
        order_lines.sales_order_id,
        delivery_lines.item_id,
        coalesce(orders.customer_id, deliveries.customer_id) as customer_id,
        orders.sales_rep_id,
        orders.channel,
        coalesce(deliveries.from_location_id, order_lines.ship_from_location_id) as location_id,
        deliveries.carrier,
        delivery_lines.lot_id,
        orders.ordered_date,
        deliveries.planned_ship_date,
        case when deliveries.delivery_status in ('shipped', 'delivered') then deliveries.shipped_date end
            as shipped_date,
        deliveries.expected_arrival_date,
        case when deliveries.delivery_status = 'delivered' then deliveries.delivered_date end as delivered_date,
        deliveries.delivery_status,
        delivery_lines.shipped_quantity as stated_quantity,
        case
            when deliveries.delivery_status in ('shipped', 'delivered') then delivery_lines.shipped_quantity
            else 0
        end as shipped_quantity,
        case
            when deliveries.delivery_status = 'delivered' then delivery_lines.delivered_quantity
            when coverage.reports_customer_receipts = 1 then 0
        end as delivered_quantity,
        order_lines.ordered_quantity,
        order_lines.net_value as line_net_value,
        delivery_lines._source as source
    from delivery_lines
    inner join deliveries
        on delivery_lines.delivery_id = deliveries.delivery_id
    left join order_lines
        on delivery_lines.sales_order_line_id = order_lines.sales_order_line_id
    left join orders
        on order_lines.sales_order_id = orders.sales_order_id
    left join coverage
        on delivery_lines._source = coverage.source

),

valued as (

    select
        joined.*,
        case
            when joined.shipped_quantity = 0 then cast(0 as decimal(18, 6))
            else {{ portion('joined.line_net_value', 'joined.shipped_quantity', 'joined.ordered_quantity') }}
        end as net_value,
        {{ times('joined.shipped_quantity', standard_cost()) }} as cost_value
    from joined
    {{ join_standard_costs('joined.item_id', 'joined.location_id', 'coalesce(joined.shipped_date, ' ~ as_of() ~ ')') }}

),

final as (

    select
        valued.delivery_line_id,
        valued.delivery_id,
        valued.sales_order_line_id,
        valued.sales_order_id,
        valued.item_id,
        valued.customer_id,
        valued.sales_rep_id,
        valued.channel,
        valued.location_id,
        valued.carrier,
        valued.lot_id,
        valued.ordered_date,
        valued.planned_ship_date,
        valued.shipped_date,
        valued.expected_arrival_date,
        valued.delivered_date,
        valued.delivery_status,
        {{ amount("case when valued.delivery_status = 'planned' then valued.stated_quantity else 0 end") }}
            as planned_quantity,
        {{ amount('valued.shipped_quantity') }} as shipped_quantity,
        {{ amount('valued.delivered_quantity') }} as delivered_quantity,
        valued.net_value,
        valued.cost_value,
        {{ amount('valued.net_value - valued.cost_value') }} as margin_value,
        {{ days_from('valued.shipped_date', 'valued.delivered_date') }} as transit_days,
        valued.source
    from valued

)

select * from final
