-- One row per account × month, from the first month of its source's ledger to the last, also where nothing was posted.
with

ledger_lines as (

    select * from {{ ref('fct_ledger_lines') }}

),

months as (

    select distinct
        source,
        month_start_date
    from ledger_lines

),

accounts as (

    select distinct
        source,
        account_id,
        account_name,
        account_type
    from ledger_lines

),

posted as (

    select
        source,
        account_id,
        month_start_date,
        sum(debit_value) as debit_value,
        sum(credit_value) as credit_value
    from ledger_lines
    group by
        source,
        account_id,
        month_start_date

),

filled as (

    select
        accounts.source,
        accounts.account_id,
        accounts.account_name,
        accounts.account_type,
        months.month_start_date,
        coalesce(posted.debit_value, 0) as debit_value,
        coalesce(posted.credit_value, 0) as credit_value
    from accounts
    inner join months
        on accounts.source = months.source
    left join posted
        on
            accounts.source = posted.source
            and accounts.account_id = posted.account_id
            and months.month_start_date = posted.month_start_date

),

running as (

    select
        filled.*,
        sum(filled.debit_value - filled.credit_value) over (
            partition by filled.source, filled.account_id order by filled.month_start_date
        ) as closing_value
    from filled

),

final as (

    select
        running.account_id,
        running.account_name,
        running.account_type,
        running.month_start_date,
        {{ amount('running.closing_value - running.debit_value + running.credit_value') }} as opening_value,
        {{ amount('running.debit_value') }} as debit_value,
        {{ amount('running.credit_value') }} as credit_value,
        {{ amount('running.closing_value') }} as closing_value,
        cast(null as varchar) as customer_id,
        cast(null as varchar) as location_id,
        running.source
    from running

)

select * from final
