-- One row per purchase order and request for quotation.
{{ config(enabled='odoo' in var('adapters')) }}
with orders as (
    select * from {{ source('odoo', 'purchase_order') }}
),

families as (
    {{ odoo_partners() }}
),

users as (
    select * from {{ source('odoo', 'res_users') }}
),

final as (
    select
        cast(orders.id as varchar) as purchase_order_id,
        families.company_partner_id as supplier_id,
        -- `date_order` is the day by which to order, which may lie ahead: what happened is the confirmation.
        coalesce(orders.date_approve, orders.create_date) as ordered_at,
        {{ absent_columns(currency_code='varchar') }},
        users.name as buyer,
        case
            when orders.state = 'cancel' then 'cancelled'
            when orders.state = 'draft' then 'draft'
            when orders.state in ('sent', 'to approve') then 'sent'
            when orders.state = 'done' or orders.receipt_status = 'full' then 'completed'
            when orders.state = 'purchase' then 'confirmed'
            else orders.state
        end as order_status,
        orders.date_approve as confirmed_at,
        orders._source,
        'purchase_order' as _source_table,
        orders._row_number
    from orders
    left join families
        on
            orders.partner_id = families.partner_id
            and orders._source = families._source
    left join users
        on
            orders.user_id = users.id
            and orders._source = users._source
)

select * from final
