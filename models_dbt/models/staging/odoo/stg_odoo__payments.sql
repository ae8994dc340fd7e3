-- One row per posted payment.
{{ config(enabled='odoo' in var('adapters')) }}
with payments as (
    select * from {{ source('odoo', 'account_payment') }}
    where state not in ('draft', 'cancel', 'canceled', 'rejected')
),

families as (
    {{ odoo_partners() }}
),

final as (
    select
        cast(payments.id as varchar) as payment_id,
        case payments.payment_type when 'inbound' then 'in' else 'out' end as direction,
        case when payments.partner_type = 'customer' then families.company_partner_id end as customer_id,
        case when payments.partner_type = 'supplier' then families.company_partner_id end as supplier_id,
        cast(payments.paid_day as timestamp) as paid_at,
        payments.amount as paid_value,
        {{ absent_columns(currency_code='varchar') }},
        payments._source,
        'account_payment' as _source_table,
        payments._row_number
    from payments
    left join families
        on
            payments.partner_id = families.partner_id
            and payments._source = families._source
)

select * from final
