-- One row per item × own place × stock status: the newest statement of each source, and its movements since, where it reports them all.
with

coverage as (

    select * from {{ ref('int_source_coverage') }}

),

places as (

    select * from {{ ref('int_stock_places') }}

),

balances as (

    select * from {{ ref('cnl_stock_balances') }}
    where as_of_date <= {{ as_of() }}

),

statements as (

    select
        _source as source,
        max(as_of_date) as stated_date
    from balances
    group by
        _source

),

movements as (

    select
        movements.item_id,
        movements.from_location_id,
        movements.to_location_id,
        movements.stock_status,
        movements.quantity
    from {{ ref('cnl_stock_movements') }} as movements
    inner join coverage
        on
            movements._source = coverage.source
            and coverage.reports_all_stock_movements = 1
    left join statements
        on movements._source = statements.source
    where
        cast(movements.moved_at as date) <= {{ as_of() }}
        and (statements.stated_date is null or cast(movements.moved_at as date) > statements.stated_date)

),

counted as (

    select
        balances.item_id,
        balances.location_id,
        balances.stock_status,
        balances.quantity
    from balances
    inner join statements
        on
            balances._source = statements.source
            and balances.as_of_date = statements.stated_date

    union all

    select
        item_id,
        to_location_id as location_id,
        stock_status,
        quantity
    from movements

    union all

    select
        item_id,
        from_location_id as location_id,
        stock_status,
        -quantity as quantity
    from movements

),

final as (

    select
        counted.item_id,
        places.place_id as location_id,
        coalesce(counted.stock_status, 'unrestricted') as stock_status,
        cast(sum(counted.quantity) as decimal(18, 6)) as quantity
    from counted
    inner join places
        on counted.location_id = places.location_id
    group by
        counted.item_id,
        places.place_id,
        coalesce(counted.stock_status, 'unrestricted')

)

select * from final
