-- One row per item × location × day on which its stock changed; the day after the last row's from-date nothing changed until its to-date.
with

movements as (

    select * from {{ ref('fct_stock_movements') }}

),

balances as (

    select * from {{ ref('cnl_stock_balances') }}

),

coverage as (

    select
        source,
        reports_all_stock_movements
    from {{ ref('int_source_coverage') }}

),

own_locations as (

    select location_id
    from {{ ref('dim_locations') }}
    where is_own_stock = 1

),

complete_movements as (

    select movements.*
    from movements
    inner join coverage
        on
            movements.source = coverage.source
            and coverage.reports_all_stock_movements = 1

),

legs as (

    select
        item_id,
        to_location_id as location_id,
        moved_date,
        quantity,
        value,
        case when value is null then 1 else 0 end as is_unvalued
    from complete_movements
    where is_to_own_stock = 1

    union all

    select
        item_id,
        from_location_id as location_id,
        moved_date,
        -quantity as quantity,
        -value as value,
        case when value is null then 1 else 0 end as is_unvalued
    from complete_movements
    where is_from_own_stock = 1

),

changes as (

    select
        item_id,
        location_id,
        moved_date,
        sum(quantity) as quantity,
        sum(value) as value,
        max(is_unvalued) as is_unvalued
    from legs
    group by
        item_id,
        location_id,
        moved_date

),

moved_intervals as (

    select
        item_id,
        location_id,
        moved_date as valid_from_date,
        coalesce(
            lead(moved_date) over (partition by item_id, location_id order by moved_date),
            cast('9999-12-31' as date)
        ) as valid_to_date,
        sum(quantity) over (partition by item_id, location_id order by moved_date) as quantity,
        -- From the first movement without a value on, the value of the stock is not known.
        case
            when max(is_unvalued) over (partition by item_id, location_id order by moved_date) = 0
                then sum(value) over (partition by item_id, location_id order by moved_date)
        end as value
    from changes

),

stated_balances as (

    select
        balances._source as source,
        balances.item_id,
        balances.location_id,
        balances.as_of_date,
        sum(balances.quantity) as quantity,
        sum(balances.value) as value,
        max(case when balances.value is null then 1 else 0 end) as is_unvalued
    from balances
    inner join own_locations
        on balances.location_id = own_locations.location_id
    left join coverage
        on balances._source = coverage.source
    where coalesce(coverage.reports_all_stock_movements, 0) = 0
    group by
        balances._source,
        balances.item_id,
        balances.location_id,
        balances.as_of_date

)

select * from stated_balances
