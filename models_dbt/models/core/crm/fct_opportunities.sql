-- One row per opportunity.
with

opportunities as (

    select
        *,
        cast(created_at as date) as created_date,
        cast(closed_at as date) as closed_date
    from {{ ref('cnl_opportunities') }}

),

leads as (

    select * from {{ ref('cnl_leads') }}

),

final as (

    select
        opportunities.opportunity_id,
        opportunities.customer_id,
        opportunities.sales_rep_id,
        opportunities.lead_id,
        leads.lead_source,
        coalesce(opportunities.campaign_id, leads.campaign_id) as campaign_id,
        opportunities.created_date,
        opportunities.closed_date,
        opportunities.stage,
        opportunities.opportunity_status,
        opportunities.probability_rate,
        opportunities.expected_value,
        opportunities.expected_close_date,
        opportunities.lost_reason,
        -- What is won or lost is no longer weighted.
        case
            when opportunities.opportunity_status = 'open'
                then {{ times('opportunities.expected_value', 'opportunities.probability_rate') }}
        end as weighted_value,
        {{ flag("opportunities.opportunity_status = 'won'") }} as is_won,
        {{ flag("opportunities.opportunity_status = 'lost'") }} as is_lost,
        {{ flag("opportunities.opportunity_status = 'open'") }} as is_open,
        {{ days_from('opportunities.created_date', 'opportunities.closed_date') }} as sales_cycle_days,
        opportunities._source as source
    from opportunities
    left join leads
        on opportunities.lead_id = leads.lead_id

)

select * from final
