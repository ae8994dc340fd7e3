-- One row per month since the first invoice: what days of working capital are measured from.
{#- A balance is held against the flow of its month and the two before it. -#}
{% set window_months = 3 %}
with

invoices as (

    select
        invoice_date,
        due_date,
        invoice_id,
        case when invoice_type in ('customer_invoice', 'customer_credit_note') then 1 else 0 end as is_receivable,
        cast(case when invoice_type like '%credit_note' then -gross_value else gross_value end as double)
            as signed_value
    from {{ ref('fct_invoices') }}
    where
        invoice_status <> 'cancelled'
        and invoice_date <= {{ as_of() }}

),

settled as (

    select
        invoices.is_receivable,
        invoices.invoice_date,
        invoices.due_date,
        settlements.settled_date,
        cast(settlements.signed_settled_value as double) as value
    from {{ ref('fct_settlements') }} as settlements
    inner join invoices
        on settlements.invoice_id = invoices.invoice_id

),

bounds as (

    select
        cast({{ dbt.date_trunc('month', 'min(invoice_date)') }} as date) as first_day
    from invoices

),

months as (

    select
        cast({{ dbt.date_trunc('month', 'dim_dates.date_day') }} as date) as month_start_date,
        max(dim_dates.date_day) as ended_date,
        count(*) as days
    from {{ ref('dim_dates') }} as dim_dates
    inner join bounds
        on dim_dates.date_day >= bounds.first_day
    where dim_dates.date_day <= {{ as_of() }}
    group by cast({{ dbt.date_trunc('month', 'dim_dates.date_day') }} as date)

),

billed as (

    select
        months.month_start_date,
        sum(
            case
                when invoices.is_receivable = 1 and invoices.invoice_date >= months.month_start_date
                    then invoices.signed_value
                else 0
            end
        ) as sales,
        sum(case when invoices.is_receivable = 1 then invoices.signed_value else 0 end) as receivables,
        sum(
            case
                when invoices.is_receivable = 1 and invoices.due_date >= months.ended_date then invoices.signed_value
                else 0
            end
        ) as current_receivables,
        sum(case when invoices.is_receivable = 0 then invoices.signed_value else 0 end) as payables
    from months
    inner join invoices
        on months.ended_date >= invoices.invoice_date
    group by months.month_start_date

),

paid as (

    select
        months.month_start_date,
        sum(case when settled.is_receivable = 1 then settled.value else 0 end) as receivables,
        sum(
            case when settled.is_receivable = 1 and settled.due_date >= months.ended_date then settled.value else 0 end
        ) as current_receivables,
        sum(case when settled.is_receivable = 0 then settled.value else 0 end) as payables
    from months
    inner join settled
        on
            months.ended_date >= settled.settled_date
            and months.ended_date >= settled.invoice_date
    group by months.month_start_date

),

ledger as (

    select
        month_start_date,
        sum(case when account_type = 'inventory' then cast(closing_value as double) end) as inventory,
        sum(
            case
                when account_type = 'cost_of_goods_sold' then cast(debit_value as double) - cast(credit_value as double)
            end
        ) as cost
    from {{ ref('fct_ledger_balances') }}
    group by month_start_date

),

balances as (

    select
        months.month_start_date,
        months.days,
        coalesce(billed.sales, 0) as sales,
        coalesce(billed.receivables, 0) - coalesce(paid.receivables, 0) as receivables,
        coalesce(billed.current_receivables, 0) - coalesce(paid.current_receivables, 0) as current_receivables,
        coalesce(billed.payables, 0) - coalesce(paid.payables, 0) as payables,
        ledger.inventory,
        ledger.cost,
        row_number() over (order by months.month_start_date) as place
    from months
    left join billed
        on months.month_start_date = billed.month_start_date
    left join paid
        on months.month_start_date = paid.month_start_date
    left join ledger
        on months.month_start_date = ledger.month_start_date

),

windows as (

    select
        balances.*,
        sum(balances.days)
            over (order by balances.place rows between {{ window_months - 1 }} preceding and current row)
            as window_days,
        sum(balances.sales)
            over (order by balances.place rows between {{ window_months - 1 }} preceding and current row)
            as window_sales,
        sum(balances.cost)
            over (order by balances.place rows between {{ window_months - 1 }} preceding and current row)
            as window_cost,
        lag(balances.receivables) over (order by balances.place) as opening_receivables
    from balances

),

-- Counting back: from the month itself backwards, with what the months after each have taken off already.
back as (

    select
        windows.place,
        windows.receivables,
        earlier.days,
        earlier.sales,
        sum(case when earlier.sales > 0 then earlier.sales else 0 end) over (
            partition by windows.place order by earlier.place desc
            rows between unbounded preceding and current row
        ) as taken,
        windows.place - earlier.place as months_back,
        windows.place as month_count
    from windows
    inner join balances as earlier
        on windows.place >= earlier.place

),

counted as (

    select
        place,
        sum(
            case
                when receivables <= taken - case when sales > 0 then sales else 0 end then 0
                when sales > 0 and receivables < taken then days * (receivables - (taken - sales)) / sales
                else days
            end
        ) as countback_days,
        max(taken) as all_sales
    from back
    group by place

),

measured as (

    select
        windows.*,
        case
            when windows.receivables <= 0 then 0
            when counted.all_sales >= windows.receivables then counted.countback_days
        end as countback_days,
        {{ flag('windows.place >= ' ~ window_months ~ ' and windows.window_sales > 0') }} as has_sales,
        {{ flag('windows.place >= ' ~ window_months ~ ' and windows.window_cost > 0') }} as has_cost
    from windows
    left join counted
        on windows.place = counted.place

),

final as (

    select
        measured.month_start_date,
        cast(measured.days as integer) as days,
        {{ amount('measured.sales') }} as sales_value,
        {{ amount('measured.receivables') }} as receivables_value,
        {{ amount('measured.current_receivables') }} as current_receivables_value,
        {{ amount('measured.payables') }} as payables_value,
        {{ amount('measured.inventory') }} as inventory_value,
        {{ amount('measured.cost') }} as cost_value,
        case when measured.has_sales = 1 then cast(measured.window_sales as double) end as window_sales,
        case when measured.has_cost = 1 then cast(measured.window_cost as double) end as window_cost,
        case when measured.has_sales = 1 then measured.receivables * measured.window_days end as receivable_days,
        case when measured.has_sales = 1 then measured.current_receivables * measured.window_days end
            as current_receivable_days,
        case when measured.has_cost = 1 then measured.payables * measured.window_days end as payable_days,
        case when measured.has_cost = 1 then measured.inventory * measured.window_days end as inventory_days,
        cast(measured.countback_days as double) as countback_days,
        case
            when measured.has_cost = 1
                then
                    measured.countback_days
                    + (measured.inventory - measured.payables) * measured.window_days / measured.window_cost
        end as cash_to_cash_days,
        measured.opening_receivables + measured.sales - measured.receivables as collected_value,
        measured.opening_receivables + measured.sales - measured.current_receivables as collectable_value,
        cast(null as varchar) as customer_id,
        cast(null as varchar) as location_id
    from measured

)

select * from final
