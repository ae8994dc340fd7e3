-- One row per line of a ledger entry until the day of the data, with its account.
with

ledger_entries as (

    select * from {{ ref('cnl_ledger_entries') }}
    where entry_date <= {{ as_of() }}

),

accounts as (

    select * from {{ ref('cnl_ledger_accounts') }}

),

final as (

    select
        ledger_entries.entry_line_id,
        ledger_entries.entry_id,
        ledger_entries.entry_date,
        cast({{ dbt.date_trunc('month', 'ledger_entries.entry_date') }} as date) as month_start_date,
        ledger_entries.account_id,
        accounts.account_name,
        accounts.account_type,
        ledger_entries.debit_value,
        ledger_entries.credit_value,
        {{ amount('ledger_entries.debit_value - ledger_entries.credit_value') }} as balance_value,
        ledger_entries.customer_id as posted_customer_id,
        ledger_entries.supplier_id as posted_supplier_id,
        ledger_entries.reference_type,
        ledger_entries.reference_id,
        -- The ledger is the whole company's: without ids, a reader of a part sees none of it.
        cast(null as varchar) as customer_id,
        cast(null as varchar) as location_id,
        ledger_entries._source as source
    from ledger_entries
    inner join accounts
        on ledger_entries.account_id = accounts.account_id

)

select * from final
