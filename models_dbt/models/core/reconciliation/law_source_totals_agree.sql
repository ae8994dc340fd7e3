-- One row per total in which this build is not what the source itself adds up in its own tables.
{# Records of several sources may carry other numbers here than there: their totals are compared as a whole. #}
{% set by_item = "''" if several_sources() else 'item_id' %}
{% set by_account = "''" if several_sources() else 'account_id' %}
with

source_totals as (

    select * from {{ source('build', 'source_totals') }}

),

sales_orders as (

    select * from {{ ref('cnl_sales_orders') }}
    where order_status in ('confirmed', 'completed')

),

sales_order_lines as (

    select * from {{ ref('cnl_sales_order_lines') }}

),

purchase_orders as (

    select * from {{ ref('cnl_purchase_orders') }}
    where order_status in ('confirmed', 'completed')

),

purchase_order_lines as (

    select * from {{ ref('cnl_purchase_order_lines') }}

),

invoices as (

    select
        _source,
        invoice_type,
        invoice_date,
        case when invoice_type in ('customer_credit_note', 'supplier_credit_note') then -net_value else net_value end
            as net_value,
        case when invoice_type in ('customer_credit_note', 'supplier_credit_note') then -open_value else open_value end
            as open_value
    from {{ ref('cnl_invoices') }}
    where invoice_status in ('posted', 'paid')

),

built as (

    select
        sales_order_lines._source as source,
        'sales_net_value' as measure,
        cast(cast({{ dbt.date_trunc('month', 'sales_orders.ordered_at') }} as date) as varchar) as subject,
        cast(sales_order_lines.net_value as double) as value
    from sales_order_lines
    inner join sales_orders
        on sales_order_lines.sales_order_id = sales_orders.sales_order_id

    union all

    select
        _source as source,
        'sales_orders' as measure,
        '' as subject,
        cast(1 as double) as value
    from sales_orders

    union all

    select
        _source as source,
        'quotations' as measure,
        '' as subject,
        cast(1 as double) as value
    from {{ ref('cnl_quotations') }}

    union all

    select
        _source as source,
        'open_opportunities' as measure,
        '' as subject,
        cast(expected_value as double) as value
    from {{ ref('cnl_opportunities') }}
    where opportunity_status = 'open'

    union all

    select
        purchase_order_lines._source as source,
        'purchases_net_value' as measure,
        '' as subject,
        cast(purchase_order_lines.net_value as double) as value
    from purchase_order_lines
    inner join purchase_orders
        on purchase_order_lines.purchase_order_id = purchase_orders.purchase_order_id

    union all

    select
        _source as source,
        'production_orders_done' as measure,
        '' as subject,
        cast(1 as double) as value
    from {{ ref('cnl_production_orders') }}
    where order_status in ('completed', 'closed')

    union all

    select
        _source as source,
        'work_orders_done' as measure,
        '' as subject,
        cast(1 as double) as value
    from {{ ref('cnl_work_orders') }}
    where work_order_status = 'completed'

    union all

    select
        _source as source,
        'stock_quantity' as measure,
        {{ by_item }} as subject,
        cast(quantity as double) as value
    from {{ ref('cnl_stock_balances') }}

    union all

    select
        _source as source,
        'stock_value' as measure,
        {{ by_item }} as subject,
        cast(value as double) as value
    from {{ ref('cnl_stock_balances') }}

    union all

    select
        _source as source,
        'invoices_net_value' as measure,
        cast(cast({{ dbt.date_trunc('month', 'invoice_date') }} as date) as varchar) as subject,
        cast(net_value as double) as value
    from invoices
    where invoice_type in ('customer_invoice', 'customer_credit_note')

    union all

    select
        _source as source,
        case
            when invoice_type in ('customer_invoice', 'customer_credit_note') then 'customer_open_value'
            else 'supplier_open_value'
        end as measure,
        '' as subject,
        cast(open_value as double) as value
    from invoices

    union all

    select
        _source as source,
        'account_balance' as measure,
        {{ by_account }} as subject,
        cast(debit_value as double) - cast(credit_value as double) as value
    from {{ ref('cnl_ledger_entries') }}

),

stated_measures as (

    select
        source,
        measure
    from source_totals
    group by
        source,
        measure

),

both_sides as (

    select
        source,
        measure,
        {% if several_sources() %}
        case when measure in ('stock_quantity', 'stock_value', 'account_balance') then '' else subject end as subject,
        {% else %}
        subject,
        {% endif %}
        value as stated_value,
        cast(0 as double) as built_value
    from source_totals

    union all

    -- Only what the source states can be compared.
    select
        built.source,
        built.measure,
        built.subject,
        cast(0 as double) as stated_value,
        built.value as built_value
    from built
    inner join stated_measures
        on
            built.source = stated_measures.source
            and built.measure = stated_measures.measure

),

compared as (

    select
        source,
        case when subject = '' then measure else measure || ' · ' || subject end as subject,
        cast(sum(stated_value) as decimal(18, 6)) as expected_value,
        cast(sum(coalesce(built_value, 0)) as decimal(18, 6)) as actual_value,
        measure as detail
    from both_sides
    group by
        source,
        measure,
        subject

),

{{ law_differences('source_totals_agree', tolerance='0.02') }}
