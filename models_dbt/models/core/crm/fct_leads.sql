-- One row per lead.
with

leads as (

    select
        *,
        cast(created_at as date) as created_date,
        cast(converted_at as date) as converted_date
    from {{ ref('cnl_leads') }}

),

final as (

    select
        leads.lead_id,
        leads.customer_id,
        leads.opportunity_id,
        leads.campaign_id,
        leads.lead_source,
        leads.lead_status,
        leads.created_date,
        leads.converted_date,
        leads.disqualified_reason,
        leads.score,
        {{ flag("leads.lead_status = 'converted'") }} as is_converted,
        {{ flag("leads.lead_status = 'disqualified'") }} as is_disqualified,
        {{ days_from('leads.created_date', 'leads.converted_date') }} as days_to_convert,
        leads._source as source
    from leads

)

select * from final
