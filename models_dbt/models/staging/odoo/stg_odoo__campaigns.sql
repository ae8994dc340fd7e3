-- One row per campaign.
{{ config(enabled='odoo' in var('adapters')) }}
with final as (
    select
        cast(id as varchar) as campaign_id,
        name as campaign_name,
        {{ absent_columns(
            channel='varchar', start_date='date', end_date='date', budget_value='decimal(18, 6)',
            cost_value='decimal(18, 6)'
        ) }},
        _source,
        'utm_campaign' as _source_table,
        _row_number
    from {{ source('odoo', 'utm_campaign') }}
)

select * from final
