-- One row per activity that was done for a lead or opportunity.
{{ config(enabled='odoo' in var('adapters')) }}
with activities as (
    select * from {{ source('odoo', 'crm_activity') }}
),

leads as (
    select * from {{ source('odoo', 'crm_lead') }}
),

families as (
    {{ odoo_partners() }}
),

final as (
    select
        cast(activities.id as varchar) as activity_id,
        case
            when activities.category = 'phonecall' then 'call'
            when activities.category = 'meeting' then 'meeting'
            when lower(activities.activity_type) like '%mail%' then 'email'
            when lower(activities.activity_type) like '%demo%' then 'demo'
            else 'other'
        end as activity_type,
        activities.happened_at as activity_at,
        families.company_partner_id as customer_id,
        cast(case when leads.type = 'opportunity' then leads.id end as varchar) as opportunity_id,
        cast(leads.user_id as varchar) as sales_rep_id,
        activities._source,
        'crm_activity' as _source_table,
        activities._row_number
    from activities
    left join leads
        on
            activities.lead_id = leads.id
            and activities._source = leads._source
    left join families
        on
            leads.partner_id = families.partner_id
            and leads._source = families._source
)

select * from final
