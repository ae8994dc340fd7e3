-- One row per opportunity and stage entered, a stage that was entered again among them.
with

opportunities as (

    select * from {{ ref('cnl_opportunities') }}

),

stage_order as (

    select * from {{ ref('opportunity_stages') }}

),

changes as (

    select
        changes.opportunity_id,
        changes.changed_at,
        changes.stage,
        coalesce(changes.stage_sequence, stage_order.stage_sequence) as stage_sequence,
        lag(changes.stage) over (
            partition by changes.opportunity_id
            order by changes.changed_at, changes.stage_sequence, changes.stage
        ) as previous_stage
    from {{ ref('cnl_opportunity_stage_changes') }} as changes
    left join stage_order
        on lower(changes.stage) = stage_order.stage

),

-- A change to the stage that it is in already is none.
visits as (

    select
        opportunity_id,
        changed_at,
        stage,
        stage_sequence,
        row_number() over (
            partition by opportunity_id
            order by changed_at, stage_sequence, stage
        ) as visit,
        lead(changed_at) over (
            partition by opportunity_id
            order by changed_at, stage_sequence, stage
        ) as next_changed_at,
        lead(stage) over (
            partition by opportunity_id
            order by changed_at, stage_sequence, stage
        ) as next_stage
    from changes
    where previous_stage is null or previous_stage <> stage

),

dated as (

    select
        visits.*,
        opportunities.customer_id,
        opportunities.sales_rep_id,
        cast(visits.changed_at as date) as entered_date,
        -- Some systems write the close as a stage of its own, some leave the opportunity where it was.
        {{ flag("opportunities.opportunity_status <> 'open' and visits.changed_at >= opportunities.closed_at") }}
            as is_closing,
        opportunities.opportunity_status,
        cast(coalesce(visits.next_changed_at, opportunities.closed_at) as date) as ended_date,
        opportunities._source as source
    from visits
    inner join opportunities
        on visits.opportunity_id = opportunities.opportunity_id

),

final as (

    select
        dated.opportunity_id,
        cast(dated.visit as integer) as visit,
        dated.customer_id,
        dated.sales_rep_id,
        dated.stage,
        dated.stage_sequence,
        dated.entered_date,
        case when dated.is_closing = 0 then dated.ended_date end as left_date,
        dated.next_stage,
        case
            when dated.is_closing = 0 then {{ days_from('dated.entered_date', 'dated.ended_date') }}
        end as days_in_stage,
        dated.is_closing,
        {{ flag("dated.opportunity_status = 'open' and dated.next_changed_at is null") }} as is_current,
        dated.source
    from dated

)

select * from final
