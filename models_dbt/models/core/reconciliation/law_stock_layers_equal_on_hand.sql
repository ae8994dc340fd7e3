-- One row per item × location whose remaining layers do not add up to the stock on hand of its movements.
with

intervals as (

    select * from {{ ref('fct_stock_intervals') }}
    where basis = 'movements'

),

layers as (

    select * from {{ ref('fct_stock_layers') }}

),

places as (

    select
        item_id,
        location_id,
        min(source) as source
    from intervals
    group by
        item_id,
        location_id

),

both_sides as (

    select
        item_id,
        location_id,
        quantity as expected_quantity,
        cast(0 as decimal(18, 6)) as actual_quantity
    from intervals
    where
        valid_from_date <= {{ as_of() }}
        and valid_to_date > {{ as_of() }}

    union all

    select
        item_id,
        location_id,
        cast(0 as decimal(18, 6)) as expected_quantity,
        quantity as actual_quantity
    from layers

),

totals as (

    select
        item_id,
        location_id,
        sum(expected_quantity) as expected_value,
        sum(actual_quantity) as actual_value
    from both_sides
    group by
        item_id,
        location_id

),

first_sources as (

    select min(source) as source
    from {{ ref('int_source_coverage') }}
    where reports_all_stock_movements = 1

),

-- A layer where nothing moved is an error of our own as well: it is shown under the first source that reports movements.
compared as (

    select
        coalesce(places.source, first_sources.source) as source,
        totals.item_id || ' · ' || totals.location_id as subject,
        totals.expected_value,
        totals.actual_value,
        cast(null as varchar) as detail
    from totals
    cross join first_sources
    left join places
        on
            totals.item_id = places.item_id
            and totals.location_id = places.location_id

),

{{ law_differences('stock_layers_equal_on_hand') }}
