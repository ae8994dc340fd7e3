-- One row per reconciliation check × source: whether the law holds there.
with

checks as (

    select * from {{ ref('reconciliation_checks') }}

),

connections as (

    select * from {{ ref('int_reconciliation_connections') }}

),

counts as (

    select * from {{ ref('int_reconciliation_counts') }}

),

differences as (

    select
        check_name,
        source,
        count(*) as differing_rows,
        sum(difference_value) as difference_value
    from {{ ref('reconciliation_differences') }}
    group by
        check_name,
        source

),

final as (

    select
        checks.law_number,
        connections.check_name,
        connections.source,
        checks.severity,
        case
            when connections.is_connected = 0 then 'not_connected'
            when differences.differing_rows > 0 then 'differs'
            else 'holds'
        end as status,
        case when connections.is_connected = 1 then cast(coalesce(counts.checked_rows, 0) as bigint) end
            as checked_rows,
        case when connections.is_connected = 1 then cast(coalesce(differences.differing_rows, 0) as bigint) end
            as differing_rows,
        case when connections.is_connected = 1 then {{ amount('coalesce(differences.difference_value, 0)') }} end
            as difference_value
    from connections
    inner join checks
        on connections.check_name = checks.check_name
    left join counts
        on
            connections.check_name = counts.check_name
            and connections.source = counts.source
    left join differences
        on
            connections.check_name = differences.check_name
            and connections.source = differences.source

)

select * from final
