-- One row per company or person that documents of sales are added up on, and never per contact of it.
{{ config(enabled='odoo' in var('adapters')) }}
with partners as (
    select * from {{ source('odoo', 'res_partner') }}
),

families as (
    {{ odoo_partners() }}
),

industries as (
    select * from {{ source('odoo', 'res_partner_industry') }}
),

referred as (
    select
        id as partner_id,
        _source
    from partners
    where customer_rank > 0
    union
    select
        partner_id,
        _source
    from {{ source('odoo', 'sale_order') }}
    union
    select
        partner_id,
        _source
    from {{ source('odoo', 'crm_lead') }}
    union
    select
        partner_id,
        _source
    from {{ source('odoo', 'repair_order') }}
    union
    select
        partner_id,
        _source
    from {{ source('odoo', 'account_payment') }}
    where partner_type = 'customer'
    union
    select
        partner_id,
        _source
    from {{ source('odoo', 'account_move') }}
    where move_type in ('out_invoice', 'out_refund', 'out_receipt')
),

customers as (
    {{ odoo_companies('referred', 'families') }}
),

terms as (
    {{ odoo_payment_days(source('odoo', 'partner_payment_term')) }}
),

final as (
    select
        customers.company_partner_id as customer_id,
        coalesce(partners.name, customers.company_partner_id) as customer_name,
        {{ absent_columns(customer_type='varchar') }},
        industries.name as segment,
        partners.country_code,
        partners.region,
        cast(partners.user_id as varchar) as sales_rep_id,
        {{ absent_columns(credit_limit_value='decimal(18, 6)') }},
        cast(terms.nb_days as integer) as payment_terms_days,
        partners.created_day as created_date,
        {{ absent_columns(source_campaign_id='varchar') }},
        partners._source,
        'res_partner' as _source_table,
        partners._row_number
    from customers
    inner join partners
        on
            customers.company_partner_id = cast(partners.id as varchar)
            and customers._source = partners._source
    left join industries
        on
            partners.industry_id = industries.id
            and partners._source = industries._source
    left join terms
        on
            partners.id = terms.partner_id
            and partners._source = terms._source
)

select * from final
