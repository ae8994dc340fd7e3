-- One row per opportunity: lost is what was archived without a chance, archived otherwise is lost too.
{{ config(enabled='odoo' in var('adapters')) }}
with leads as (
    select * from {{ source('odoo', 'crm_lead') }}
),

families as (
    {{ odoo_partners() }}
),

stages as (
    select * from {{ source('odoo', 'crm_stage') }}
),

reasons as (
    select * from {{ source('odoo', 'crm_lost_reason') }}
),

final as (
    select
        cast(leads.id as varchar) as opportunity_id,
        families.company_partner_id as customer_id,
        cast(case when leads.date_conversion is not null then leads.id end as varchar) as lead_id,
        cast(leads.user_id as varchar) as sales_rep_id,
        cast(leads.campaign_id as varchar) as campaign_id,
        leads.create_date as created_at,
        stages.name as stage,
        case
            when stages.is_won and leads.active then 'won'
            when not leads.active then 'lost'
            else 'open'
        end as opportunity_status,
        leads.probability / 100 as probability_rate,
        coalesce(leads.expected_revenue, 0) as expected_value,
        leads.date_deadline as expected_close_date,
        leads.date_closed as closed_at,
        case when not leads.active then reasons.name end as lost_reason,
        leads._source,
        'crm_lead' as _source_table,
        leads._row_number
    from leads
    left join families
        on
            leads.partner_id = families.partner_id
            and leads._source = families._source
    left join stages
        on
            leads.stage_id = stages.id
            and leads._source = stages._source
    left join reasons
        on
            leads.lost_reason_id = reasons.id
            and leads._source = reasons._source
    where leads.type = 'opportunity'
)

select * from final
