-- One row per reconciliation check × source, with the words that a person reads.
with

summary as (

    select * from {{ ref('reconciliation_summary') }}

),

checks as (

    select * from {{ ref('reconciliation_checks') }}

),

final as (

    select
        summary.law_number,
        summary.check_name,
        checks.title,
        checks.title_zh,
        checks.description,
        checks.description_zh,
        summary.source,
        summary.severity,
        summary.status,
        summary.checked_rows,
        summary.differing_rows,
        summary.difference_value
    from summary
    inner join checks
        on summary.check_name = checks.check_name

)

select * from final
