-- One row per opportunity.
with

opportunities as (

    select
        *,
        cast(created_at as date) as created_date,
        cast(closed_at as date) as closed_date
    from {{ ref('cnl_opportunities') }}

),

final as (

    select
        opportunities.opportunity_id,
        opportunities.customer_id,
        opportunities.sales_rep_id,
        opportunities.created_date,
        opportunities.closed_date,
        opportunities.stage,
        opportunities.opportunity_status,
        opportunities.probability_rate,
        opportunities.expected_value,
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

)

select * from final
