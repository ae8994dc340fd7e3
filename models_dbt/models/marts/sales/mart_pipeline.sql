-- One row per opportunity, with its names, its stage, its chance and what it came from.
with

opportunities as (

    select * from {{ ref('fct_opportunities') }}

),

customers as (

    select * from {{ ref('dim_customers') }}

),

sales_reps as (

    select * from {{ ref('dim_sales_reps') }}

),

campaigns as (

    select * from {{ ref('fct_campaigns') }}

),

predictions as (

    select * from {{ ref('fct_win_predictions') }}

),

last_stages as (

    select
        opportunity_id,
        stage,
        stage_sequence,
        entered_date,
        row_number() over (
            partition by opportunity_id
            order by visit desc
        ) as place
    from {{ ref('fct_opportunity_stages') }}
    where is_closing = 0

),

activities as (

    select
        opportunity_id,
        count(*) as activities,
        max(activity_date) as last_activity_date
    from {{ ref('fct_activities') }}
    where opportunity_id is not null
    group by
        opportunity_id

),

final as (

    select
        opportunities.opportunity_id,
        opportunities.customer_id,
        customers.customer_name,
        customers.segment,
        opportunities.sales_rep_id,
        sales_reps.sales_rep_name,
        sales_reps.team,
        opportunities.campaign_id,
        campaigns.campaign_name,
        campaigns.channel as campaign_channel,
        opportunities.lead_id,
        opportunities.lead_source,
        opportunities.opportunity_status,
        coalesce(last_stages.stage, opportunities.stage) as last_stage,
        last_stages.stage_sequence,
        opportunities.created_date,
        opportunities.closed_date,
        opportunities.expected_close_date,
        opportunities.expected_value,
        opportunities.lost_reason,
        opportunities.is_open,
        opportunities.is_won,
        opportunities.is_lost,
        opportunities.sales_cycle_days,
        case when opportunities.is_open = 1 then opportunities.probability_rate end as stated_probability,
        predictions.win_probability,
        predictions.stage_average,
        predictions.probability_by,
        case
            when opportunities.is_open = 1
                then {{ times('opportunities.expected_value', 'predictions.win_probability') }}
        end as chance_value,
        case
            when opportunities.is_open = 1 then {{ days_from('opportunities.created_date', as_of()) }}
        end as age_days,
        case
            when opportunities.is_open = 1 then {{ days_from('last_stages.entered_date', as_of()) }}
        end as days_in_stage,
        cast(coalesce(activities.activities, 0) as integer) as activities,
        activities.last_activity_date
    from opportunities
    left join customers
        on opportunities.customer_id = customers.customer_id
    left join sales_reps
        on opportunities.sales_rep_id = sales_reps.sales_rep_id
    left join campaigns
        on opportunities.campaign_id = campaigns.campaign_id
    left join predictions
        on opportunities.opportunity_id = predictions.opportunity_id
    left join last_stages
        on opportunities.opportunity_id = last_stages.opportunity_id and last_stages.place = 1
    left join activities
        on opportunities.opportunity_id = activities.opportunity_id

)

select * from final
