-- One row per thing that is not planned as it was stated.
with

plan_findings as (

    select * from {{ source('engine', 'plan_findings') }}

),

final as (

    select
        cast(plan_findings.finding_number as integer) as finding_number,
        plan_findings.kind as finding_kind,
        plan_findings.item_id,
        plan_findings.location_id,
        plan_findings.reference
    from plan_findings

)

select * from final
