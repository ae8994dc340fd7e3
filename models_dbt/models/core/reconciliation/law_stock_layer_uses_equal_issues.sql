-- One row per item × location whose layer uses do not add up to what its movements took out.
with

movements as (

    select * from {{ ref('fct_stock_movements') }}

),

layers as (

    select * from {{ ref('fct_stock_layers') }}

),

uses as (

    select * from {{ ref('fct_stock_layer_uses') }}

),

coverage as (

    select source
    from {{ ref('int_source_coverage') }}
    where reports_all_stock_movements = 1

),

first_sources as (

    select min(source) as source
    from coverage

),

issues as (

    select
        movements.item_id,
        movements.from_location_id as location_id,
        min(movements.source) as source,
        sum(movements.quantity) as quantity
    from movements
    inner join coverage
        on movements.source = coverage.source
    where
        movements.is_from_own_stock = 1
        and movements.from_location_id <> movements.to_location_id
        and movements.moved_date <= {{ as_of() }}
    group by
        movements.item_id,
        movements.from_location_id

),

used as (

    select
        item_id,
        location_id,
        sum(quantity) as quantity
    from uses
    group by
        item_id,
        location_id

),

-- What left without ever having come stands as a negative layer.
uncovered as (

    select
        item_id,
        location_id,
        -sum(quantity) as quantity
    from layers
    where quantity < 0
    group by
        item_id,
        location_id

),

both_sides as (

    select
        item_id,
        location_id,
        source,
        quantity as expected_quantity,
        cast(0 as decimal(18, 6)) as actual_quantity
    from issues

    union all

    select
        item_id,
        location_id,
        cast(null as varchar) as source,
        cast(0 as decimal(18, 6)) as expected_quantity,
        quantity as actual_quantity
    from used

    union all

    select
        item_id,
        location_id,
        cast(null as varchar) as source,
        cast(0 as decimal(18, 6)) as expected_quantity,
        quantity as actual_quantity
    from uncovered

),

compared as (

    select
        coalesce(min(both_sides.source), min(first_sources.source)) as source,
        both_sides.item_id || ' · ' || both_sides.location_id as subject,
        sum(both_sides.expected_quantity) as expected_value,
        sum(both_sides.actual_quantity) as actual_value,
        cast(null as varchar) as detail
    from both_sides
    cross join first_sources
    group by
        both_sides.item_id,
        both_sides.location_id

),

{{ law_differences('stock_layer_uses_equal_issues') }}
