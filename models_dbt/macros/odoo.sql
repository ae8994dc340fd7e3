{#- What the Odoo staging models share. Every join is within a source: two companies of one database are two sources. -#}

{#- A quantity of a line's unit in the item's own unit; equal where Odoo knows no factor. -#}
{% macro odoo_in_base_unit(quantity, line_factor, item_factor) -%}
    case
            when {{ line_factor }} is null or {{ item_factor }} is null or {{ line_factor }} = {{ item_factor }}
                then cast({{ quantity }} as decimal(18, 6))
            else cast(cast({{ quantity }} as double) / {{ line_factor }} * {{ item_factor }} as decimal(18, 6))
        end
{%- endmacro %}

{#- The price of one of the item's own unit from that of one of the line's unit. -#}
{% macro odoo_price_of_base_unit(price, line_factor, item_factor) -%}
    case
            when {{ line_factor }} is null or {{ item_factor }} is null or {{ line_factor }} = {{ item_factor }}
                then cast({{ price }} as decimal(18, 6))
            else cast(cast({{ price }} as double) * {{ line_factor }} / {{ item_factor }} as decimal(18, 6))
        end
{%- endmacro %}

{#- An amount in company currency: Odoo keeps with a document how many of its currency make one of the company's. -#}
{% macro odoo_in_company_currency(amount, currency_rate) -%}
    cast(cast({{ amount }} as double) / coalesce(nullif({{ currency_rate }}, 0), 1) as decimal(18, 6))
{%- endmacro %}

{#- Products with their template and the factor of their unit: (product_id, template_id, uom_id, unit_factor, _source). -#}
{% macro odoo_products() -%}
    select
        products.id as product_id,
        products.product_tmpl_id as template_id,
        products.active as is_active_variant,
        templates.uom_id,
        units.factor as unit_factor,
        products._source
    from {{ source('odoo', 'product_product') }} as products
    inner join {{ source('odoo', 'product_template') }} as templates
        on products.product_tmpl_id = templates.id
        and products._source = templates._source
    left join {{ source('odoo', 'uom_uom') }} as units
        on templates.uom_id = units.id
        and templates._source = units._source
{%- endmacro %}

{#- Where a location of Odoo stands for us: all places of a warehouse are that warehouse. (location_id, place_id,
    place_type, is_own_stock, _source). -#}
{% macro odoo_places() -%}
    select
        id as location_id,
        case
            when usage in ('internal', 'transit', 'view') and warehouse_id is not null
                then 'W' || cast(warehouse_id as varchar)
            else 'L' || cast(id as varchar)
        end as place_id,
        case
            when usage in ('internal', 'transit', 'view') and warehouse_id is not null then 'warehouse'
            when usage = 'internal' and is_subcontracting then 'subcontractor'
            when usage = 'internal' then 'warehouse'
            when usage = 'inventory' and is_scrap then 'scrap'
            when usage = 'inventory' then 'adjustment'
            else usage
        end as place_type,
        case
            when usage = 'internal' then true
            when usage = 'transit' then has_company
            else false
        end as is_own_stock,
        _source
    from {{ source('odoo', 'stock_location') }}
{%- endmacro %}

{#- The partner that documents are added up on: (partner_id, company_partner_id, _source). -#}
{% macro odoo_partners() -%}
    select
        id as partner_id,
        cast(coalesce(commercial_partner_id, id) as varchar) as company_partner_id,
        _source
    from {{ source('odoo', 'res_partner') }}
{%- endmacro %}

{#- Bills of material by product: one of a template is that of each of its variants. The first keeps the bill's number.
    (raw_bom_id, bom_id, suffix, product_id, _source). -#}
{% macro odoo_boms() -%}
    select
        raw_bom_id,
        product_id,
        case when place_in_template = 1 then '' else '-' || cast(product_id as varchar) end as suffix,
        cast(raw_bom_id as varchar)
        || case when place_in_template = 1 then '' else '-' || cast(product_id as varchar) end as bom_id,
        _source
    from (
        select
            boms.id as raw_bom_id,
            variants.id as product_id,
            row_number() over (
                partition by boms._source, boms.id
                order by case when variants.active then 0 else 1 end, variants.id
            ) as place_in_template,
            boms._source
        from {{ source('odoo', 'mrp_bom') }} as boms
        inner join {{ source('odoo', 'product_product') }} as variants
            on boms.product_tmpl_id = variants.product_tmpl_id
            and boms._source = variants._source
            and (boms.product_id is null or boms.product_id = variants.id)
    ) as boms_of_variants
{%- endmacro %}

{#- Done moves by lot, with both places: (line_id, move columns, quantity in the item's unit). -#}
{% macro odoo_done_lines() -%}
    select
        lines.id as line_id,
        lines.move_id,
        lines.product_id,
        lines.lot_id,
        lines._row_number,
        lines._source,
        coalesce(lines.base_quantity, {{ odoo_in_base_unit('lines.quantity', 'line_units.factor', 'products.unit_factor') }}) as quantity,
        origins.place_id as from_place_id,
        origins.place_type as from_place_type,
        origins.is_own_stock as is_from_own_stock,
        destinations.place_id as to_place_id,
        destinations.place_type as to_place_type,
        destinations.is_own_stock as is_to_own_stock,
        moves.date as moved_at,
        moves.picking_id,
        moves.sale_line_id,
        moves.purchase_line_id,
        moves.raw_material_production_id,
        moves.production_id,
        moves.unbuild_id,
        moves.scrapped,
        moves.is_inventory,
        moves.partner_id
    from {{ source('odoo', 'stock_move_line') }} as lines
    inner join {{ source('odoo', 'stock_move') }} as moves
        on lines.move_id = moves.id
        and lines._source = moves._source
    left join ({{ odoo_products() }}) as products
        on lines.product_id = products.product_id
        and lines._source = products._source
    left join {{ source('odoo', 'uom_uom') }} as line_units
        on lines.uom_id = line_units.id
        and lines._source = line_units._source
    left join ({{ odoo_places() }}) as origins
        on lines.location_id = origins.location_id
        and lines._source = origins._source
    left join ({{ odoo_places() }}) as destinations
        on lines.location_dest_id = destinations.location_id
        and lines._source = destinations._source
    where moves.state = 'done'
{%- endmacro %}

{#- The companies behind the partners that a relation names, each once: (company_partner_id, _source). `families` is what
    odoo_partners() gives. -#}
{% macro odoo_companies(relation, families) -%}
    select distinct
        {{ families }}.company_partner_id,
        {{ families }}._source
    from {{ relation }} as named
    inner join {{ families }}
        on
            named.partner_id = {{ families }}.partner_id
            and named._source = {{ families }}._source
{%- endmacro %}

{#- The days until the last part of a partner's payment term falls due: (partner_id, nb_days, _source). -#}
{% macro odoo_payment_days(partner_terms) -%}
    select
        payment_terms.partner_id,
        max(term_lines.nb_days) as nb_days,
        payment_terms._source
    from {{ partner_terms }} as payment_terms
    inner join {{ source('odoo', 'account_payment_term_line') }} as term_lines
        on
            payment_terms.payment_term_id = term_lines.payment_id
            and payment_terms._source = term_lines._source
    group by payment_terms.partner_id, payment_terms._source
{%- endmacro %}
