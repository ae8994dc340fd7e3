-- One row per quotation: every order of Odoo was one, on the day it was created.
{{ config(enabled='odoo' in var('adapters')) }}
with orders as (
    select * from {{ source('odoo', 'sale_order') }}
),

families as (
    {{ odoo_partners() }}
),

final as (
    select
        cast(orders.id as varchar) as quotation_id,
        families.company_partner_id as customer_id,
        cast(orders.opportunity_id as varchar) as opportunity_id,
        cast(orders.user_id as varchar) as sales_rep_id,
        orders.create_date as quoted_at,
        {{ odoo_in_company_currency('orders.amount_untaxed', 'orders.currency_rate') }} as net_value,
        case
            when orders.state in ('sale', 'done') then 'ordered'
            when orders.state = 'cancel' then 'rejected'
            when orders.validity_date < {{ as_of() }} then 'expired'
            else 'open'
        end as quotation_status,
        cast(case when orders.state in ('sale', 'done') then orders.id end as varchar) as sales_order_id,
        orders._source,
        'sale_order' as _source_table,
        orders._row_number
    from orders
    left join families
        on
            orders.partner_id = families.partner_id
            and orders._source = families._source
)

select * from final
