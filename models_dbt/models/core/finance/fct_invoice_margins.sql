-- One row per line of a customer invoice or credit note, at standard cost and with its share of the variances.
with

lines as (

    select
        invoice_lines.*,
        cast({{ dbt.date_trunc('month', 'invoice_lines.invoice_date') }} as date) as month_start_date,
        order_lines.location_id
    from {{ ref('fct_invoice_lines') }} as invoice_lines
    left join {{ ref('fct_sales_order_lines') }} as order_lines
        on invoice_lines.sales_order_line_id = order_lines.sales_order_line_id
    where invoice_lines.invoice_type in ('customer_invoice', 'customer_credit_note')

),

posted as (

    select
        source,
        month_start_date,
        sum(cast(balance_value as double)) as value
    from {{ ref('fct_ledger_lines') }}
    where account_type = 'variance'
    group by
        source,
        month_start_date

),

-- Without a ledger nobody knows what the variances are; a month in which none was posted has none.
ledgers as (

    select
        source,
        min(month_start_date) as first_month
    from {{ ref('fct_ledger_lines') }}
    group by source

),

-- What making an item cost above its standard, in the month in which its orders were finished.
made as (

    select
        source,
        item_id,
        cast({{ dbt.date_trunc('month', 'finished_date') }} as date) as month_start_date,
        sum(cast(posted_variance as double)) / nullif(sum(cast(received_value as double)), 0) as rate
    from {{ ref('fct_production_variances') }}
    group by
        source,
        item_id,
        cast({{ dbt.date_trunc('month', 'finished_date') }} as date)
    having sum(cast(received_value as double)) > 0

),

own as (

    select
        lines.*,
        case when ledgers.source is not null then cast(lines.cost_value as double) * coalesce(made.rate, 0) end
            as own_variance
    from lines
    left join ledgers
        on
            lines.source = ledgers.source
            and lines.month_start_date >= ledgers.first_month
    left join made
        on
            lines.source = made.source
            and lines.item_id = made.item_id
            and lines.month_start_date = made.month_start_date

),

months as (

    select
        own.source,
        own.month_start_date,
        (max(coalesce(posted.value, 0)) - coalesce(sum(own.own_variance), 0))
        / nullif(sum(cast(own.cost_value as double)), 0) as rate
    from own
    left join posted
        on
            own.source = posted.source
            and own.month_start_date = posted.month_start_date
    group by
        own.source,
        own.month_start_date

),

shared as (

    select
        own.*,
        -- Variances of parts and of purchases, and of what was made for stock: in proportion to standard cost.
        own.own_variance + cast(own.cost_value as double) * coalesce(months.rate, 0) as variance
    from own
    left join months
        on
            own.source = months.source
            and own.month_start_date = months.month_start_date

),

final as (

    select
        shared.invoice_line_id,
        shared.invoice_id,
        shared.invoice_type,
        shared.customer_id,
        shared.invoice_date,
        shared.item_id,
        shared.location_id,
        shared.sales_order_line_id,
        shared.channel,
        shared.quantity,
        shared.net_value,
        shared.cost_value,
        shared.margin_value,
        {{ amount('shared.own_variance') }} as own_variance_value,
        {{ amount('shared.variance') }} as variance_value,
        {{ amount('shared.cost_value + shared.variance') }} as actual_cost_value,
        {{ amount('shared.net_value - shared.cost_value - shared.variance') }} as actual_margin_value,
        shared.source
    from shared

)

select * from final
