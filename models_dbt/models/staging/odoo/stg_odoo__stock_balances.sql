-- One row per product, place and lot in stock, with its share of the value of the product in the books.
{{ config(enabled='odoo' in var('adapters')) }}
with quants as (
    select * from {{ source('odoo', 'stock_quant') }}
),

places as (
    {{ odoo_places() }}
),

layer_values as (
    select
        product_id,
        sum(value) as value,
        _source
    from {{ source('odoo', 'stock_valuation_layer') }}
    group by product_id, _source
),

held as (
    select
        quants.product_id,
        places.place_id,
        quants.lot_id,
        sum(quants.quantity) as quantity,
        min(quants._row_number) as _row_number,
        quants._source
    from quants
    inner join places
        on
            quants.location_id = places.location_id
            and quants._source = places._source
    where places.is_own_stock
    group by quants.product_id, places.place_id, quants.lot_id, quants._source
),

totals as (
    select
        product_id,
        sum(quantity) as quantity,
        _source
    from held
    group by product_id, _source
),

final as (
    select
        {{ as_of() }} as as_of_date,
        cast(held.product_id as varchar) as item_id,
        held.place_id as location_id,
        cast(held.lot_id as varchar) as lot_id,
        {{ absent_columns(stock_status='varchar') }},
        cast(held.quantity as decimal(18, 6)) as quantity,
        cast(
            cast(layer_values.value as double) * cast(held.quantity as double)
            / cast(nullif(totals.quantity, 0) as double) as decimal(18, 6)
        ) as value,
        {{ absent_columns(uom='varchar') }},
        held._source,
        'stock_quant' as _source_table,
        held._row_number
    from held
    left join totals
        on
            held.product_id = totals.product_id
            and held._source = totals._source
    left join layer_values
        on
            held.product_id = layer_values.product_id
            and held._source = layer_values._source
    where held.quantity <> 0
)

select * from final
