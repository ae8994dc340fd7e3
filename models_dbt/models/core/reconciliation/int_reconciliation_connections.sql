-- One row per reconciliation check × source: whether the source fills everything that the check compares.
with

checks as (

    select * from {{ ref('reconciliation_checks') }}

),

inputs as (

    select * from {{ ref('reconciliation_inputs') }}

),

source_coverage as (

    select * from {{ source('build', 'source_coverage') }}

),

sources as (

    select source
    from source_coverage
    group by
        source

),

answered_inputs as (

    select
        sources.source,
        inputs.check_name,
        max(
            case
                when source_coverage.status = 'full' then 1
                when source_coverage.status = 'partial' and inputs.required_status = 'any' then 1
                else 0
            end
        ) as is_answered
    from sources
    cross join inputs
    left join source_coverage
        on
            sources.source = source_coverage.source
            and inputs.table_name = source_coverage.table_name
            and coalesce(inputs.column_name, '') = source_coverage.column_name
    group by
        sources.source,
        inputs.check_name,
        inputs.table_name,
        coalesce(inputs.column_name, '')

),

connected as (

    select
        source,
        check_name,
        min(is_answered) as is_connected
    from answered_inputs
    group by
        source,
        check_name

),

-- Only a source that can be asked states totals.
stating_sources as (

    select source
    from {{ source('build', 'source_totals') }}
    group by
        source

),

final as (

    select
        checks.check_name,
        sources.source,
        -- A check without inputs looks at the loads themselves, which every source has.
        case
            when checks.check_name = 'source_totals_agree'
                then case when stating_sources.source is null then 0 else 1 end
            else coalesce(connected.is_connected, 1)
        end as is_connected
    from checks
    cross join sources
    left join connected
        on
            checks.check_name = connected.check_name
            and sources.source = connected.source
    left join stating_sources
        on sources.source = stating_sources.source

)

select * from final
