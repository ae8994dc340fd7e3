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

placed as (

    select
        dated.*,
        row_number() over (
            partition by dated.opportunity_id, dated.stage, dated.is_closing
            order by dated.visit
        ) as place_in_stage,
        max(case when dated.is_closing = 0 then dated.stage_sequence end)
            over (partition by dated.opportunity_id)
            as last_sequence
    from dated

),

final as (

    select
        placed.opportunity_id,
        cast(placed.visit as integer) as visit,
        placed.customer_id,
        placed.sales_rep_id,
        placed.stage,
        placed.stage_sequence,
        placed.entered_date,
        case when placed.is_closing = 0 then placed.ended_date end as left_date,
        placed.next_stage,
        case
            when placed.is_closing = 0 then {{ days_from('placed.entered_date', 'placed.ended_date') }}
        end as days_in_stage,
        placed.is_closing,
        {{ flag("placed.is_closing = 0 and placed.stage_sequence is not null and placed.place_in_stage = 1") }}
            as is_first_entry,
        {{ flag("placed.last_sequence > placed.stage_sequence or placed.opportunity_status = 'won'") }} as is_advanced,
        {{ flag("placed.opportunity_status = 'open' and placed.next_changed_at is null") }} as is_current,
        placed.source
    from placed

)

select * from final
