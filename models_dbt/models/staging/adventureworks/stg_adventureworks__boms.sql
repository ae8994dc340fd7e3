-- One row per assembly. What changes over time are its components.
{{ config(enabled='adventureworks' in var('adapters')) }}
with components as (
    select * from {{ source('adventureworks', 'BillOfMaterials') }}
),

final as (
    select
        cast(ProductAssemblyID as varchar) as bom_id,
        cast(ProductAssemblyID as varchar) as item_id,
        'make' as bom_type,
        cast(1 as decimal(18, 6)) as output_quantity,
        {{ absent_columns(location_id='varchar', priority='integer', valid_from_date='date', valid_to_date='date') }},
        _source,
        'BillOfMaterials' as _source_table,
        min(_row_number) as _row_number
    from components
    where ProductAssemblyID is not null
    group by ProductAssemblyID, _source
)

select * from final
