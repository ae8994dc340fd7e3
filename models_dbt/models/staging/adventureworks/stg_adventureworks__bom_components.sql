-- One row per component of an assembly and period. Rows without an assembly mark the top of a tree: no components.
{{ config(enabled='adventureworks' in var('adapters')) }}
with components as (
    select * from {{ source('adventureworks', 'BillOfMaterials') }}
),

final as (
    select
        cast(BillOfMaterialsID as varchar) as bom_component_id,
        cast(ProductAssemblyID as varchar) as bom_id,
        cast(ComponentID as varchar) as component_item_id,
        cast(PerAssemblyQty as decimal(18, 6)) as quantity,
        {{ absent_columns(is_fixed_quantity='boolean', scrap_rate='double', operation_id='varchar') }},
        cast(StartDate as date) as valid_from_date,
        cast(EndDate as date) as valid_to_date,
        {{ absent_columns(
            substitute_group='varchar', substitute_priority='integer', is_by_product='boolean', uom='varchar'
        ) }},
        _source,
        'BillOfMaterials' as _source_table,
        _row_number
    from components
    where ProductAssemblyID is not null
)

select * from final
