-- One row per product and day from which a standard cost holds.
{{ config(enabled='adventureworks' in var('adapters')) }}
with costs as (
    select * from {{ source('adventureworks', 'ProductCostHistory') }}
),

final as (
    select
        cast(ProductID as varchar) as item_id,
        {{ absent_columns(location_id='varchar') }},
        cast(StartDate as date) as valid_from_date,
        cast(StandardCost as decimal(18, 6)) as standard_cost,
        {{ absent_columns(
            material_cost='decimal(18, 6)', labour_cost='decimal(18, 6)', overhead_cost='decimal(18, 6)'
        ) }},
        _source,
        'ProductCostHistory' as _source_table,
        _row_number
    from costs
)

select * from final
