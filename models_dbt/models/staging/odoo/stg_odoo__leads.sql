-- One row per lead, those that became an opportunity included.
{{ config(enabled='odoo' in var('adapters')) }}
with leads as (
    select * from {{ source('odoo', 'crm_lead') }}
),

families as (
    {{ odoo_partners() }}
),

origins as (
    select * from {{ source('odoo', 'utm_source') }}
),

reasons as (
    select * from {{ source('odoo', 'crm_lost_reason') }}
),

final as (
    select
        cast(leads.id as varchar) as lead_id,
        leads.create_date as created_at,
        cast(leads.campaign_id as varchar) as campaign_id,
        origins.name as lead_source,
        families.company_partner_id as customer_id,
        cast(case when leads.type = 'opportunity' then leads.id end as varchar) as opportunity_id,
        case
            when leads.type = 'opportunity' then 'converted'
            when not leads.active then 'disqualified'
            when leads.date_open is not null then 'working'
            else 'new'
        end as lead_status,
        leads.date_conversion as converted_at,
        case when leads.type = 'lead' and not leads.active then reasons.name end as disqualified_reason,
        leads.probability as score,
        leads._source,
        'crm_lead' as _source_table,
        leads._row_number
    from leads
    left join families
        on
            leads.partner_id = families.partner_id
            and leads._source = families._source
    left join origins
        on
            leads.source_id = origins.id
            and leads._source = origins._source
    left join reasons
        on
            leads.lost_reason_id = reasons.id
            and leads._source = reasons._source
    where leads.type = 'lead' or leads.date_conversion is not null
)

select * from final
