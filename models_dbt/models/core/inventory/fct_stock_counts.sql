-- One row per stock count, with the difference and whether it is within what the item's class tolerates.
with

counts as (

    select * from {{ ref('cnl_stock_counts') }}

),

items as (

    select * from {{ ref('fct_inventory_classes') }}

),

tolerances as (

    select * from {{ ref('count_tolerances') }}

),

-- What was not used in a year is counted with the tolerance of the last class.
final as (

    select
        counts.count_id,
        cast(counts.counted_at as date) as counted_date,
        counts.item_id,
        counts.location_id,
        counts.lot_id,
        counts.book_quantity,
        counts.counted_quantity,
        cast(counts.counted_quantity - counts.book_quantity as decimal(18, 6)) as difference_quantity,
        coalesce(items.abc_class, 'C') as abc_class,
        tolerances.tolerance_rate,
        case
            when
                abs(cast(counts.counted_quantity - counts.book_quantity as double))
                <= tolerances.tolerance_rate * abs(cast(counts.book_quantity as double))
                then 1
            else 0
        end as is_within_tolerance,
        counts._source as source
    from counts
    left join items
        on counts.item_id = items.item_id
    left join tolerances
        on coalesce(items.abc_class, 'C') = tolerances.abc_class

)

select * from final
