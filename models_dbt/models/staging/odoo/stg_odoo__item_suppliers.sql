-- One row per product, supplier and day from which a price holds: of several quantities the price of the smallest.
{{ config(enabled='odoo' in var('adapters')) }}
with prices as (
    select * from {{ source('odoo', 'product_supplierinfo') }}
),

products as (
    {{ odoo_products() }}
),

families as (
    {{ odoo_partners() }}
),

templates as (
    select * from {{ source('odoo', 'product_template') }}
),

units as (
    select * from {{ source('odoo', 'uom_uom') }}
),

rates as (
    select
        currency_id,
        rate,
        row_number() over (partition by _source, currency_id order by rate_date desc) as place,
        _source
    from {{ source('odoo', 'res_currency_rate') }}
    where rate_date <= {{ as_of() }}
),

of_products as (
    select
        products.product_id,
        products.unit_factor,
        units.factor as purchase_factor,
        families.company_partner_id,
        prices.*,
        row_number() over (
            partition by prices._source, products.product_id, families.company_partner_id, prices.date_start
            order by prices.min_qty, prices.sequence, prices.id
        ) as place
    from prices
    inner join products
        on
            prices._source = products._source
            and (
                prices.product_id = products.product_id
                or (prices.product_id is null and prices.product_tmpl_id = products.template_id)
            )
    inner join families
        on
            prices.partner_id = families.partner_id
            and prices._source = families._source
    left join templates
        on
            products.template_id = templates.id
            and products._source = templates._source
    left join units
        on
            coalesce(prices.product_uom_id, templates.uom_po_id) = units.id
            and prices._source = units._source
),

final as (
    select
        cast(of_products.product_id as varchar) as item_id,
        of_products.company_partner_id as supplier_id,
        cast(of_products.sequence as integer) as priority,
        coalesce(of_products.delay, 0) as lead_time_days,
        {{ odoo_price_of_base_unit(
            "cast(cast(of_products.price as double) * (1 - coalesce(of_products.discount, 0) / 100) / coalesce(rates.rate, 1) as decimal(18, 6))",
            'of_products.purchase_factor', 'of_products.unit_factor'
        ) }} as unit_price,
        {{ odoo_in_base_unit('of_products.min_qty', 'of_products.purchase_factor', 'of_products.unit_factor') }}
            as min_order_quantity,
        -- Whole purchase units: a roll of 100 m, a box of 200.
        case
            when of_products.purchase_factor < of_products.unit_factor
                then cast(of_products.unit_factor / of_products.purchase_factor as decimal(18, 6))
        end as order_multiple,
        {{ absent_columns(weekly_capacity_quantity='decimal(18, 6)', allocation_rate='double') }},
        of_products.date_start as valid_from_date,
        of_products.date_end as valid_to_date,
        of_products._source,
        'product_supplierinfo' as _source_table,
        of_products._row_number
    from of_products
    left join rates
        on
            of_products.currency_id = rates.currency_id
            and of_products._source = rates._source
            and rates.place = 1
    where of_products.place = 1
)

select * from final
