-- One row per month at whose end the inventory accounts do not hold the value of the movements so far.
with

ledger_entries as (

    select * from {{ ref('cnl_ledger_entries') }}

),

inventory_accounts as (

    select account_id
    from {{ ref('cnl_ledger_accounts') }}
    where account_type = 'inventory'

),

movements as (

    select
        source,
        moved_date,
        (is_to_own_stock - is_from_own_stock) * value as value
    from {{ ref('fct_stock_movements') }}
    where is_to_own_stock <> is_from_own_stock

),

both_sides as (

    select
        ledger_entries._source as source,
        cast({{ dbt.date_trunc('month', 'ledger_entries.entry_date') }} as date) as month_start_date,
        ledger_entries.debit_value - ledger_entries.credit_value as ledger_value,
        cast(0 as decimal(18, 6)) as moved_value
    from ledger_entries
    inner join inventory_accounts
        on ledger_entries.account_id = inventory_accounts.account_id

    union all

    select
        movements.source,
        cast({{ dbt.date_trunc('month', 'movements.moved_date') }} as date) as month_start_date,
        cast(0 as decimal(18, 6)) as ledger_value,
        movements.value as moved_value
    from movements

),

months as (

    select
        source,
        month_start_date,
        sum(ledger_value) as ledger_value,
        sum(moved_value) as moved_value
    from both_sides
    group by
        source,
        month_start_date

),

compared as (

    select
        source,
        cast(month_start_date as varchar) as subject,
        sum(moved_value) over (partition by source order by month_start_date) as expected_value,
        sum(ledger_value) over (partition by source order by month_start_date) as actual_value,
        cast(null as varchar) as detail
    from months

),

{{ law_differences('ledger_stock_value_equals_movements', tolerance='0.005') }}
