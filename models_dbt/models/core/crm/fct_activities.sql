-- One row per activity: a call, a visit, an e-mail, a meeting, a demonstration.
with

activities as (

    select * from {{ ref('cnl_activities') }}

),

final as (

    select
        activities.activity_id,
        activities.activity_type,
        cast(activities.activity_at as date) as activity_date,
        activities.customer_id,
        activities.opportunity_id,
        activities.sales_rep_id,
        activities._source as source
    from activities

)

select * from final
