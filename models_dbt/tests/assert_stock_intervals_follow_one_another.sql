-- The intervals of an item at a place touch or leave a gap, but never overlap, and none is empty.
with

intervals as (

    select
        item_id,
        location_id,
        valid_from_date,
        valid_to_date,
        lead(valid_from_date) over (partition by item_id, location_id order by valid_from_date) as next_from_date
    from {{ ref('fct_stock_intervals') }}

)

select *
from intervals
where
    valid_to_date <= valid_from_date
    or valid_to_date > next_from_date
