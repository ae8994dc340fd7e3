-- One row per ledger entry whose debits are not its credits.
with

ledger_entries as (

    select * from {{ ref('cnl_ledger_entries') }}

),

compared as (

    select
        _source as source,
        entry_id as subject,
        sum(debit_value) as expected_value,
        sum(credit_value) as actual_value,
        cast(min(entry_date) as varchar) as detail
    from ledger_entries
    group by
        _source,
        entry_id

),

{{ law_differences('ledger_entries_balance') }}
