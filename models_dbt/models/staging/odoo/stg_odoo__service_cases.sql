-- One row per repair order with a customer.
{{ config(enabled='odoo' in var('adapters')) }}
with repairs as (
    select * from {{ source('odoo', 'repair_order') }}
),

families as (
    {{ odoo_partners() }}
),

final as (
    select
        cast(repairs.id as varchar) as case_id,
        families.company_partner_id as customer_id,
        repairs.create_date as opened_at,
        'repair' as case_type,
        {{ absent_columns(severity='varchar') }},
        cast(repairs.product_id as varchar) as item_id,
        {{ absent_columns(
            sales_order_line_id='varchar', first_response_at='timestamp', resolved_at='timestamp',
            cost_value='decimal(18, 6)'
        ) }},
        repairs._source,
        'repair_order' as _source_table,
        repairs._row_number
    from repairs
    inner join families
        on
            repairs.partner_id = families.partner_id
            and repairs._source = families._source
)

select * from final
