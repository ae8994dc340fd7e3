-- One row per item × location × lot whose movements do not add up to the stock that its source states.
with

balances as (

    select * from {{ ref('cnl_stock_balances') }}

),

movements as (

    select
        item_id,
        from_location_id,
        to_location_id,
        is_from_own_stock,
        is_to_own_stock,
        moved_date,
        lot_id,
        quantity,
        source
    from {{ ref('fct_stock_movements') }}

),

own_locations as (

    select location_id
    from {{ ref('dim_locations') }}
    where is_own_stock = 1

),

coverage as (

    select
        source,
        tells_lots_of_stock
    from {{ ref('int_source_coverage') }}
    where reports_all_stock_movements = 1

),

latest_statements as (

    select
        _source as source,
        max(as_of_date) as as_of_date
    from balances
    group by
        _source

),

compared_sources as (

    select
        latest_statements.source,
        latest_statements.as_of_date,
        coverage.tells_lots_of_stock
    from latest_statements
    inner join coverage
        on latest_statements.source = coverage.source

),

legs as (

    select
        source,
        item_id,
        to_location_id as location_id,
        lot_id,
        moved_date,
        quantity
    from movements
    where is_to_own_stock = 1

    union all

    select
        source,
        item_id,
        from_location_id as location_id,
        lot_id,
        moved_date,
        -quantity as quantity
    from movements
    where is_from_own_stock = 1

),

both_sides as (

    select
        balances._source as source,
        balances.item_id,
        balances.location_id,
        case when compared_sources.tells_lots_of_stock = 1 then coalesce(balances.lot_id, '') else '' end as lot_id,
        balances.quantity as expected_quantity,
        cast(0 as decimal(18, 6)) as actual_quantity
    from balances
    inner join compared_sources
        on
            balances._source = compared_sources.source
            and balances.as_of_date = compared_sources.as_of_date
    inner join own_locations
        on balances.location_id = own_locations.location_id

    union all

    select
        legs.source,
        legs.item_id,
        legs.location_id,
        case when compared_sources.tells_lots_of_stock = 1 then coalesce(legs.lot_id, '') else '' end as lot_id,
        cast(0 as decimal(18, 6)) as expected_quantity,
        legs.quantity as actual_quantity
    from legs
    inner join compared_sources
        on
            legs.source = compared_sources.source
            and legs.moved_date <= compared_sources.as_of_date

),

compared as (

    select
        source,
        item_id || ' · ' || location_id || case when lot_id = '' then '' else ' · ' || lot_id end as subject,
        sum(expected_quantity) as expected_value,
        sum(actual_quantity) as actual_value,
        cast(null as varchar) as detail
    from both_sides
    group by
        source,
        item_id,
        location_id,
        lot_id

),

{{ law_differences('stock_movements_equal_balances') }}
