-- One row per sales order line that was not cancelled: how its journey went, as a variant of the process, and what made it late.
with

lines as (

    select * from {{ ref('fct_sales_order_lines') }}
    where is_cancelled = 0

),

hops as (

    select * from {{ ref('fct_order_hops') }}

),

totals as (

    select
        sales_order_line_id,
        max(case when hop = 'opportunity' then 1 else 0 end) as has_opportunity,
        max(case when hop = 'invoice' then actual_date end) as invoiced_date,
        max(case when hop = 'payment' then actual_date end) as paid_date,
        max(case when hop = 'production' and level = 0 then actual_date end) as made_date,
        max(case when hop = 'production' and level = 0 then document_id end) as production_order_id,
        max(case when hop = 'inbound' then actual_date end) as received_date,
        max(case when hop in ('inbound', 'production', 'transfer', 'stock') then 1 else 0 end) as has_supply,
        max(case when hop = 'transport' then planned_date end) as promised_arrival_date,
        sum(case when hop not in ('lead', 'opportunity', 'quotation', 'order') then days end) as order_to_cash_days,
        sum(case when hop in ('invoice', 'payment') then days end) as billing_days,
        sum(case when hop in ('lead', 'opportunity', 'quotation', 'order') then days end) as before_order_days,
        sum(case
            when hop not in ('lead', 'opportunity', 'quotation', 'order', 'invoice', 'payment')
                then touch_days
        end) as touch_days,
        sum(late_days + planned_late_days + short_notice_days + unexplained_days) as days_late
    from hops
    group by
        sales_order_line_id

),

causes as (

    select
        sales_order_line_id,
        hop,
        sequence,
        'late' as cause_kind,
        late_days as days,
        party_type,
        party_id,
        item_id,
        document_type,
        document_id
    from hops
    where late_days > 0

    union all

    select
        sales_order_line_id,
        hop,
        sequence,
        'planned_late' as cause_kind,
        planned_late_days as days,
        party_type,
        party_id,
        item_id,
        document_type,
        document_id
    from hops
    where planned_late_days > 0

    union all

    select
        sales_order_line_id,
        hop,
        sequence,
        'short_notice' as cause_kind,
        short_notice_days as days,
        party_type,
        party_id,
        item_id,
        document_type,
        document_id
    from hops
    where short_notice_days > 0

    union all

    select
        sales_order_line_id,
        hop,
        sequence,
        'unexplained' as cause_kind,
        unexplained_days as days,
        party_type,
        party_id,
        item_id,
        document_type,
        document_id
    from hops
    where unexplained_days > 0

),

ranked as (

    select
        causes.*,
        row_number()
            over (
                partition by causes.sales_order_line_id
                order by causes.days desc, causes.sequence asc, causes.cause_kind asc
            )
            as position
    from causes

),

deliveries as (

    select
        sales_order_line_id,
        count(distinct delivery_id) as delivery_count,
        max(shipped_date) as last_shipped_date
    from {{ ref('fct_delivery_lines') }}
    where shipped_date is not null
    group by
        sales_order_line_id

),

returns as (

    select
        sales_order_line_id,
        min(returned_date) as first_returned_date
    from {{ ref('fct_customer_returns') }}
    where sales_order_line_id is not null
    group by
        sales_order_line_id

),

credits as (

    select
        sales_order_line_id,
        count(*) as credit_notes
    from {{ ref('fct_invoice_lines') }}
    where invoice_type = 'customer_credit_note' and sales_order_line_id is not null
    group by
        sales_order_line_id

),

reworked as (

    select
        production_order_id,
        sum(rework_quantity) as rework_quantity
    from {{ ref('fct_operation_progress') }}
    group by
        production_order_id

),

customers as (

    select * from {{ ref('dim_customers') }}

),

items as (

    select * from {{ ref('dim_items') }}

),

judged as (

    select
        lines.*,
        totals.has_opportunity,
        totals.invoiced_date,
        totals.paid_date,
        totals.order_to_cash_days,
        totals.billing_days,
        totals.before_order_days,
        totals.touch_days,
        totals.days_late as stated_late_days,
        coalesce(lines.first_promised_date, lines.requested_date) as due_date,
        coalesce(lines.received_in_full_date, case
            when totals.promised_arrival_date is null
                then lines.shipped_in_full_date
        end) as done_date,
        case
            when lines.shipped_in_full_date is null then 'open'
            when totals.made_date > lines.ordered_date then 'made'
            when totals.made_date is null and totals.received_date > lines.ordered_date then 'bought'
            when coalesce(totals.has_supply, 0) = 0 then 'shipped'
            else 'stock'
        end as route,
        {{ flag('lines.promised_date > lines.first_promised_date') }} as is_promise_moved,
        {{ flag('deliveries.delivery_count > 1') }} as is_partial,
        {{ flag('returns.first_returned_date is not null') }} as is_returned,
        {{ flag('credits.credit_notes > 0') }} as is_credited,
        {{ flag('deliveries.last_shipped_date > returns.first_returned_date') }} as is_redelivered,
        {{ flag('reworked.rework_quantity > 0') }} as is_reworked
    from lines
    left join totals
        on lines.sales_order_line_id = totals.sales_order_line_id
    left join deliveries
        on lines.sales_order_line_id = deliveries.sales_order_line_id
    left join returns
        on lines.sales_order_line_id = returns.sales_order_line_id
    left join credits
        on lines.sales_order_line_id = credits.sales_order_line_id
    left join reworked
        on totals.production_order_id = reworked.production_order_id

),

final as (

    select
        judged.sales_order_line_id,
        judged.sales_order_id,
        judged.customer_id,
        customers.customer_name,
        customers.segment,
        judged.item_id,
        items.item_name,
        items.item_name_zh,
        items.product_family,
        items.base_uom,
        judged.location_id,
        judged.channel,
        judged.ordered_quantity,
        judged.net_value,
        judged.open_value,
        judged.is_open,
        judged.ordered_date,
        judged.requested_date,
        judged.first_promised_date,
        judged.promised_date,
        judged.due_date,
        judged.shipped_in_full_date,
        judged.received_in_full_date,
        judged.done_date,
        judged.invoiced_date,
        judged.paid_date,
        case when judged.done_date is not null then judged.stated_late_days end as days_late,
        case when judged.done_date is not null then {{ flag('judged.stated_late_days = 0') }} end as is_on_time,
        judged.order_to_cash_days,
        judged.order_to_cash_days - coalesce(judged.billing_days, 0) as order_to_delivery_days,
        judged.before_order_days,
        judged.touch_days,
        judged.route,
        coalesce(judged.has_opportunity, 0) as has_opportunity,
        judged.is_promise_moved,
        judged.is_partial,
        judged.is_returned,
        judged.is_credited,
        judged.is_redelivered,
        judged.is_reworked,
        concat(
            judged.route,
            case when judged.has_opportunity = 1 then '+quoted' else '' end,
            case when judged.is_reworked = 1 then '+reworked' else '' end,
            case when judged.is_promise_moved = 1 then '+promise_moved' else '' end,
            case when judged.is_partial = 1 then '+partial' else '' end,
            case when judged.is_returned = 1 then '+returned' else '' end,
            case when judged.is_redelivered = 1 then '+redelivered' else '' end,
            case when judged.is_credited = 1 then '+credited' else '' end
        ) as variant,
        ranked.hop as cause_hop,
        ranked.cause_kind,
        ranked.days as cause_days,
        ranked.party_type as cause_party_type,
        ranked.party_id as cause_party_id,
        ranked.item_id as cause_item_id,
        ranked.document_type as cause_document_type,
        ranked.document_id as cause_document_id,
        judged.source
    from judged
    left join customers
        on judged.customer_id = customers.customer_id
    left join items
        on judged.item_id = items.item_id
    left join ranked
        on judged.sales_order_line_id = ranked.sales_order_line_id and ranked.position = 1

)

select * from final
