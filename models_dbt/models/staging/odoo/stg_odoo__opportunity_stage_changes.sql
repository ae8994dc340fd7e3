-- One row per stage that an opportunity came to. Odoo writes no change for the first one: it is what the next change left.
{{ config(enabled='odoo' in var('adapters')) }}
with changes as (
    select * from {{ source('odoo', 'crm_stage_change') }}
),

stages as (
    select * from {{ source('odoo', 'crm_stage') }}
),

leads as (
    select * from {{ source('odoo', 'crm_lead') }}
    where type = 'opportunity'
),

numbered as (
    select
        lead_id,
        old_stage_id,
        old_stage,
        row_number() over (partition by _source, lead_id order by changed_at, id) as place,
        _source
    from changes
),

first_stages as (
    select
        leads.id as lead_id,
        coalesce(numbered.old_stage_id, leads.stage_id) as stage_id,
        numbered.old_stage as stage_label,
        leads.create_date as changed_at,
        'crm_lead' as _source_table,
        leads._source,
        leads._row_number
    from leads
    left join numbered
        on
            leads.id = numbered.lead_id
            and leads._source = numbered._source
            and numbered.place = 1
),

later_stages as (
    select
        changes.lead_id,
        changes.new_stage_id as stage_id,
        changes.new_stage as stage_label,
        changes.changed_at,
        'crm_stage_change' as _source_table,
        changes._source,
        changes._row_number
    from changes
    inner join leads
        on
            changes.lead_id = leads.id
            and changes._source = leads._source
),

all_stages as (
    select * from first_stages
    union all
    select * from later_stages
),

final as (
    select
        cast(all_stages.lead_id as varchar) as opportunity_id,
        all_stages.changed_at,
        coalesce(stages.name, all_stages.stage_label) as stage,
        cast(stages.sequence as integer) as stage_sequence,
        all_stages._source,
        all_stages._source_table,
        all_stages._row_number
    from all_stages
    left join stages
        on
            all_stages.stage_id = stages.id
            and all_stages._source = stages._source
)

select * from final
