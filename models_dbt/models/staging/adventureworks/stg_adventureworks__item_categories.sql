-- One row per category: categories and, below them, subcategories. Both number from 1, so the ids carry a letter.
{{ config(enabled='adventureworks' in var('adapters')) }}
with categories as (
    select * from {{ source('adventureworks', 'ProductCategory') }}
),

subcategories as (
    select * from {{ source('adventureworks', 'ProductSubcategory') }}
),

final as (
    select
        'C' || cast(ProductCategoryID as varchar) as category_id,
        Name as category_name,
        {{ absent_columns(category_name_zh='varchar', parent_category_id='varchar') }},
        _source,
        'ProductCategory' as _source_table,
        _row_number
    from categories
    union all
    select
        'S' || cast(ProductSubcategoryID as varchar) as category_id,
        Name as category_name,
        {{ absent_columns(category_name_zh='varchar') }},
        'C' || cast(ProductCategoryID as varchar) as parent_category_id,
        _source,
        'ProductSubcategory' as _source_table,
        _row_number
    from subcategories
)

select * from final
