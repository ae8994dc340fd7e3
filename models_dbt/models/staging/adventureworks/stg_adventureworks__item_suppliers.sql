-- One row per product and vendor.
{{ config(enabled='adventureworks' in var('adapters')) }}
with offers as (
    select * from {{ source('adventureworks', 'ProductVendor') }}
),

final as (
    select
        cast(ProductID as varchar) as item_id,
        cast(BusinessEntityID as varchar) as supplier_id,
        {{ absent_columns(priority='integer') }},
        cast(AverageLeadTime as double) as lead_time_days,
        cast(StandardPrice as decimal(18, 6)) as unit_price,
        cast(MinOrderQty as decimal(18, 6)) as min_order_quantity,
        {{ absent_columns(
            order_multiple='decimal(18, 6)', weekly_capacity_quantity='decimal(18, 6)', allocation_rate='double',
            valid_from_date='date', valid_to_date='date'
        ) }},
        _source,
        'ProductVendor' as _source_table,
        _row_number
    from offers
)

select * from final
