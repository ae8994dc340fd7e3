-- One row per product.
{{ config(enabled='adventureworks' in var('adapters')) }}
with products as (
    select * from {{ source('adventureworks', 'Product') }}
),

-- Only bills of material state a unit of stock; no component has two.
component_units as (
    select
        ComponentID,
        min(UnitMeasureCode) as base_uom
    from {{ source('adventureworks', 'BillOfMaterials') }}
    group by ComponentID
),

final as (
    select
        cast(products.ProductID as varchar) as item_id,
        products.Name as item_name,
        {{ absent_columns(item_name_zh='varchar') }},
        'S' || cast(products.ProductSubcategoryID as varchar) as category_id,
        case
            when products.FinishedGoodsFlag then 'finished'
            when products.MakeFlag then 'semi_finished'
            else 'component'
        end as item_type,
        coalesce(component_units.base_uom, 'EA') as base_uom,
        -- Nothing costs or is sold for 0: the source writes it where it keeps no cost or price.
        cast(nullif(products.StandardCost, 0) as decimal(18, 6)) as standard_cost,
        cast(nullif(products.ListPrice, 0) as decimal(18, 6)) as list_price,
        case
            when products.DiscontinuedDate is not null then 'obsolete'
            when products.SellEndDate is not null then 'phase_out'
            else 'active'
        end as lifecycle_status,
        cast(products.SellStartDate as date) as introduced_date,
        {{ absent_columns(replaced_by_item_id='varchar', is_lot_tracked='boolean', shelf_life_days='integer') }},
        products._source,
        'Product' as _source_table,
        products._row_number
    from products
    left join component_units
        on products.ProductID = component_units.ComponentID
)

select * from final
