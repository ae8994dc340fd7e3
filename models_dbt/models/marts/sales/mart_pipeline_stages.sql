-- One row per opportunity and stage that it entered, or passed by on the way to a later one.
with

opportunities as (

    select * from {{ ref('fct_opportunities') }}

),

entries as (

    select * from {{ ref('fct_opportunity_stages') }}
    where is_closing = 0 and stage_sequence is not null

),

ladder as (

    select
        source,
        stage,
        min(stage_sequence) as stage_sequence
    from entries
    group by
        source,
        stage

),

steps as (

    select
        opportunities.opportunity_id,
        opportunities.customer_id,
        opportunities.sales_rep_id,
        opportunities.campaign_id,
        opportunities.expected_value,
        opportunities.opportunity_status,
        ladder.stage,
        ladder.stage_sequence,
        min(case when entries.stage = ladder.stage then entries.entered_date end) as entered_date,
        min(case when entries.stage_sequence >= ladder.stage_sequence then entries.entered_date end)
            as first_beyond_date,
        max(opportunities.closed_date) as closed_date,
        max(opportunities.is_won) as is_won,
        max(case when entries.stage_sequence > ladder.stage_sequence then 1 else 0 end) as is_beyond,
        sum(case when entries.stage = ladder.stage then entries.days_in_stage end) as days_in_stage,
        max(case when entries.stage = ladder.stage then entries.is_current else 0 end) as is_current
    from opportunities
    inner join entries
        on opportunities.opportunity_id = entries.opportunity_id
    inner join ladder
        on opportunities.source = ladder.source
    group by
        opportunities.opportunity_id,
        opportunities.customer_id,
        opportunities.sales_rep_id,
        opportunities.campaign_id,
        opportunities.expected_value,
        opportunities.opportunity_status,
        ladder.stage,
        ladder.stage_sequence

),

final as (

    select
        opportunity_id,
        customer_id,
        sales_rep_id,
        campaign_id,
        expected_value,
        opportunity_status,
        stage,
        stage_sequence,
        entered_date,
        coalesce(first_beyond_date, closed_date) as reached_date,
        {{ flag('entered_date is not null') }} as is_entered,
        {{ flag('is_beyond = 1 or is_won = 1') }} as is_advanced,
        is_current,
        cast(days_in_stage as double) as days_in_stage
    from steps
    -- Who won has passed every stage; who did not, only those up to the furthest one.
    where first_beyond_date is not null or is_won = 1

)

select * from final
