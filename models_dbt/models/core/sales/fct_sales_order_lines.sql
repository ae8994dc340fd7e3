-- One row per sales order line of an order that is more than a draft.
with

orders as (

    select
        sales_order_id,
        customer_id,
        sales_rep_id,
        channel,
        cast(ordered_at as date) as ordered_date,
        currency_code,
        order_status
    from {{ ref('cnl_sales_orders') }}
    where order_status <> 'draft'

),

order_lines as (

    select * from {{ ref('cnl_sales_order_lines') }}

),

deliveries as (

    select
        sales_order_line_id,
        shipped_date,
        delivered_date,
        shipped_quantity,
        delivered_quantity,
        case when delivery_status = 'delivered' and delivered_quantity is null then 1 else 0 end as is_uncounted_receipt
    from {{ ref('fct_delivery_lines') }}
    where delivery_status in ('shipped', 'delivered')

),

-- The few lines that came in parts; every other line was complete on the one day that it came.
completions as (

    select * from {{ ref('int_sales_line_completions') }}

),

coverage as (

    select
        source,
        reports_shipments,
        reports_customer_receipts
    from {{ ref('int_source_coverage') }}

),

delivered_totals as (

    select
        sales_order_line_id,
        sum(shipped_quantity) as shipped_quantity,
        sum(delivered_quantity) as delivered_quantity,
        min(shipped_date) as first_shipped_date,
        max(shipped_date) as last_shipped_date,
        max(delivered_date) as last_delivered_date,
        max(is_uncounted_receipt) as has_uncounted_receipts
    from deliveries
    group by
        sales_order_line_id

),

required as (

    select
        order_lines.sales_order_line_id,
        order_lines.sales_order_id,
        order_lines.line_number,
        order_lines.item_id,
        orders.customer_id,
        orders.sales_rep_id,
        orders.channel,
        order_lines.ship_from_location_id as location_id,
        orders.ordered_date,
        order_lines.requested_date,
        order_lines.first_promised_date,
        order_lines.promised_date,
        orders.order_status,
        order_lines.line_status,
        orders.currency_code,
        order_lines.unit_price,
        order_lines.net_value as stated_net_value,
        order_lines.net_value_document as stated_net_value_document,
        order_lines.ordered_quantity,
        {{ cancelled_quantity('order_lines', 'orders') }} as cancelled_quantity,
        order_lines._source as source
    from order_lines
    inner join orders
        on order_lines.sales_order_id = orders.sales_order_id

),

progress as (

    select
        required.*,
        {{ amount('greatest(required.ordered_quantity - required.cancelled_quantity, 0)') }} as required_quantity,
        coalesce(coverage.reports_shipments, 0) as reports_shipments,
        coalesce(coverage.reports_customer_receipts, 0) as reports_customer_receipts,
        case
            when coverage.reports_shipments = 1 then coalesce(delivered_totals.shipped_quantity, 0)
        end as shipped_quantity,
        case
            when coverage.reports_customer_receipts = 1 then coalesce(delivered_totals.delivered_quantity, 0)
        end as delivered_quantity,
        delivered_totals.first_shipped_date,
        delivered_totals.last_shipped_date,
        delivered_totals.last_delivered_date,
        coalesce(delivered_totals.has_uncounted_receipts, 0) as has_uncounted_receipts
    from required
    left join coverage
        on required.source = coverage.source
    left join delivered_totals
        on required.sales_order_line_id = delivered_totals.sales_order_line_id

),

completed as (

    select
        progress.*,
        {{ flag('progress.required_quantity = 0') }} as is_cancelled,
        case
            when progress.reports_shipments = 0 or progress.required_quantity = 0 then null
            when progress.shipped_quantity >= progress.required_quantity then 1
            else 0
        end as is_shipped_in_full,
        case
            when progress.reports_customer_receipts = 0 or progress.required_quantity = 0 then null
            when progress.delivered_quantity >= progress.required_quantity then 1
            when progress.has_uncounted_receipts = 1 then null
            else 0
        end as is_received_in_full,
        case
            when progress.required_quantity = 0 or progress.shipped_quantity < progress.required_quantity then null
            when completions.sales_order_line_id is not null then completions.shipped_in_full_date
            else progress.last_shipped_date
        end as shipped_in_full_date,
        case
            when progress.required_quantity = 0 or progress.delivered_quantity < progress.required_quantity then null
            when completions.sales_order_line_id is not null then completions.received_in_full_date
            else progress.last_delivered_date
        end as received_in_full_date,
        case
            when progress.required_quantity = 0 or progress.line_status <> 'open' then 0
            when progress.shipped_quantity >= progress.required_quantity then 0
            else 1
        end as is_open
    from progress
    left join completions
        on progress.sales_order_line_id = completions.sales_order_line_id

),

flagged as (

    select
        completed.*,
        case
            when completed.is_open = 0 then cast(0 as decimal(18, 6))
            else completed.required_quantity - completed.shipped_quantity
        end as open_quantity,
        {{ portion('completed.stated_net_value', 'completed.required_quantity', 'completed.ordered_quantity') }}
            as net_value,
        {{ portion(
            'completed.stated_net_value_document', 'completed.required_quantity', 'completed.ordered_quantity'
        ) }} as net_value_document,
        {{ times('completed.required_quantity', standard_cost()) }} as cost_value,
        {{ flag('completed.is_cancelled = 0 and completed.requested_date <= ' ~ as_of()) }} as is_due_by_requested,
        {{ flag('completed.is_cancelled = 0 and completed.first_promised_date <= ' ~ as_of()) }}
            as is_due_by_first_promised,
        {{ flag('completed.is_cancelled = 0 and completed.promised_date <= ' ~ as_of()) }} as is_due_by_promised
    from completed
    {{ join_standard_costs('completed.item_id', 'completed.location_id', 'completed.ordered_date') }}

),

final as (

    select
        flagged.sales_order_line_id,
        flagged.sales_order_id,
        flagged.line_number,
        flagged.item_id,
        flagged.customer_id,
        flagged.sales_rep_id,
        flagged.channel,
        flagged.location_id,
        flagged.ordered_date,
        flagged.requested_date,
        flagged.first_promised_date,
        flagged.promised_date,
        flagged.order_status,
        flagged.line_status,
        flagged.ordered_quantity,
        {{ amount('flagged.cancelled_quantity') }} as cancelled_quantity,
        {{ amount('flagged.shipped_quantity') }} as shipped_quantity,
        {{ amount('flagged.delivered_quantity') }} as delivered_quantity,
        {{ amount('flagged.open_quantity') }} as open_quantity,
        flagged.unit_price,
        flagged.net_value,
        {{ amount('flagged.stated_net_value - flagged.net_value') }} as cancelled_value,
        flagged.net_value_document,
        flagged.currency_code,
        flagged.cost_value,
        {{ amount('flagged.net_value - flagged.cost_value') }} as margin_value,
        case
            when flagged.is_open = 0 then cast(0 as decimal(18, 6))
            else {{ portion('flagged.net_value', 'flagged.open_quantity', 'flagged.required_quantity') }}
        end as open_value,
        flagged.first_shipped_date,
        flagged.shipped_in_full_date,
        flagged.received_in_full_date,
        flagged.is_cancelled,
        flagged.is_open,
        {{ flag('flagged.is_open = 1 and flagged.requested_date < ' ~ as_of()) }} as is_past_due,
        flagged.is_due_by_requested,
        flagged.is_due_by_first_promised,
        flagged.is_due_by_promised,
        flagged.is_shipped_in_full,
        flagged.is_received_in_full,
        {% for measured, done_date in [('shipped', 'shipped_in_full_date'), ('received', 'received_in_full_date')] %}
        {% for due in ['requested', 'first_promised', 'promised'] %}
        {{ done_by(
            'flagged.is_due_by_' ~ due,
            'flagged.' ~ ('reports_shipments' if measured == 'shipped' else 'reports_customer_receipts'),
            'flagged.is_' ~ measured ~ '_in_full',
            'flagged.' ~ done_date,
            'flagged.' ~ due ~ '_date',
        ) }} as is_on_time_in_full_{{ measured }}_{{ due }},
        {% endfor %}
        {% endfor %}
        {{ done_by(
            'flagged.is_due_by_requested',
            'flagged.reports_shipments',
            'case when flagged.shipped_quantity > 0 then 1 else 0 end',
            'flagged.first_shipped_date',
            'flagged.requested_date',
        ) }} as is_shipped_on_time_requested,
        {{ days_late(
            'flagged.requested_date',
            'case when flagged.is_open = 1 then ' ~ as_of() ~ ' else flagged.shipped_in_full_date end',
        ) }} as days_late,
        {{ days_from('flagged.ordered_date', 'flagged.received_in_full_date') }} as fulfilment_days,
        {{ days_from('flagged.ordered_date', 'flagged.shipped_in_full_date') }} as shipping_cycle_days,
        flagged.source
    from flagged

)

select * from final
