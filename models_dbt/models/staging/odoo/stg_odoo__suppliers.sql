-- One row per company that goods or services are bought from.
{{ config(enabled='odoo' in var('adapters')) }}
with partners as (
    select * from {{ source('odoo', 'res_partner') }}
),

families as (
    {{ odoo_partners() }}
),

subcontractors as (
    {{ odoo_companies(source('odoo', 'mrp_bom_subcontractor'), 'families') }}
),

referred as (
    select
        id as partner_id,
        _source
    from partners
    where supplier_rank > 0
    union
    select
        partner_id,
        _source
    from {{ source('odoo', 'purchase_order') }}
    union
    select
        partner_id,
        _source
    from {{ source('odoo', 'product_supplierinfo') }}
    union
    select
        partner_id,
        _source
    from {{ source('odoo', 'account_payment') }}
    where partner_type = 'supplier'
    union
    select
        partner_id,
        _source
    from {{ source('odoo', 'account_move') }}
    where move_type in ('in_invoice', 'in_refund', 'in_receipt')
),

suppliers as (
    {{ odoo_companies('referred', 'families') }}
),

terms as (
    {{ odoo_payment_days(source('odoo', 'partner_supplier_payment_term')) }}
),

final as (
    select
        suppliers.company_partner_id as supplier_id,
        coalesce(partners.name, suppliers.company_partner_id) as supplier_name,
        partners.country_code,
        nullif(partners.latitude, 0) as latitude,
        nullif(partners.longitude, 0) as longitude,
        {{ absent_columns(calendar_id='varchar') }},
        cast(terms.nb_days as integer) as payment_terms_days,
        subcontractors.company_partner_id is not null as is_subcontractor,
        case when partners.active then 'qualified' else 'blocked' end as supplier_status,
        partners._source,
        'res_partner' as _source_table,
        partners._row_number
    from suppliers
    inner join partners
        on
            suppliers.company_partner_id = cast(partners.id as varchar)
            and suppliers._source = partners._source
    left join subcontractors
        on
            suppliers.company_partner_id = subcontractors.company_partner_id
            and suppliers._source = subcontractors._source
    left join terms
        on
            partners.id = terms.partner_id
            and partners._source = terms._source
)

select * from final
