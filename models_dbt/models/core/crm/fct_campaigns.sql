-- One row per campaign.
with

campaigns as (

    select * from {{ ref('cnl_campaigns') }}

),

final as (

    select
        campaigns.campaign_id,
        campaigns.campaign_name,
        campaigns.channel,
        campaigns.start_date,
        campaigns.end_date,
        campaigns.budget_value,
        campaigns.cost_value,
        campaigns._source as source
    from campaigns

)

select * from final
