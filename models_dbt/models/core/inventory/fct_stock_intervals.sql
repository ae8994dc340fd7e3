-- One row per item × location × day on which its stock changed; quantity and value hold until the to-date, which is exclusive.
{% set last_day = "cast('9999-12-31' as date)" %}
with

movements as (

    select
        item_id,
        from_location_id,
        to_location_id,
        is_from_own_stock,
        is_to_own_stock,
        moved_date,
        quantity,
        value,
        case when value is null then 1 else 0 end as is_unvalued,
        source
    from {{ ref('fct_stock_movements') }}
    where is_from_own_stock <> is_to_own_stock or from_location_id <> to_location_id

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
        is_unvalued,
        source
    from complete_movements
    where is_to_own_stock = 1

    union all

    select
        item_id,
        from_location_id as location_id,
        moved_date,
        -quantity as quantity,
        -value as value,
        is_unvalued,
        source
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
        max(is_unvalued) as is_unvalued,
        min(source) as source
    from legs
    group by
        item_id,
        location_id,
        moved_date

),

-- From the first movement without a value on, the value of what is there is not known.
movement_intervals as (

    select
        item_id,
        location_id,
        moved_date as valid_from_date,
        coalesce(lead(moved_date) over (partition by item_id, location_id order by moved_date), {{ last_day }})
            as valid_to_date,
        sum(quantity) over (partition by item_id, location_id order by moved_date) as quantity,
        case
            when max(is_unvalued) over (partition by item_id, location_id order by moved_date) = 0
                then sum(value) over (partition by item_id, location_id order by moved_date)
        end as value,
        source
    from changes

),

moved_items as (

    select
        item_id,
        location_id
    from changes
    group by
        item_id,
        location_id

),

stated as (

    select
        balances._source as source,
        balances.item_id,
        balances.location_id,
        balances.as_of_date,
        balances.quantity,
        coalesce(balances.value, {{ times('balances.quantity', standard_cost()) }}) as value
    from balances
    inner join own_locations
        on balances.location_id = own_locations.location_id
    left join coverage
        on balances._source = coverage.source
    {{ join_standard_costs('balances.item_id', 'balances.location_id', 'balances.as_of_date') }}
    where coalesce(coverage.reports_all_stock_movements, 0) = 0

),

stated_totals as (

    select
        source,
        item_id,
        location_id,
        as_of_date,
        sum(quantity) as quantity,
        case when max(case when value is null then 1 else 0 end) = 0 then sum(value) end as value
    from stated
    group by
        source,
        item_id,
        location_id,
        as_of_date

),

-- A statement holds until the source makes the next one, also for items that the next one leaves out.
statements as (

    select
        source,
        as_of_date,
        coalesce(lead(as_of_date) over (partition by source order by as_of_date), {{ last_day }}) as valid_to_date
    from stated_totals
    group by
        source,
        as_of_date

),

-- Where another source reports every movement of the item at the place, its movements win.
balance_intervals as (

    select
        stated_totals.item_id,
        stated_totals.location_id,
        stated_totals.as_of_date as valid_from_date,
        statements.valid_to_date,
        stated_totals.quantity,
        stated_totals.value,
        stated_totals.source
    from stated_totals
    inner join statements
        on
            stated_totals.source = statements.source
            and stated_totals.as_of_date = statements.as_of_date
    left join moved_items
        on
            stated_totals.item_id = moved_items.item_id
            and stated_totals.location_id = moved_items.location_id
    where moved_items.item_id is null

),

final as (

    select
        item_id,
        location_id,
        valid_from_date,
        valid_to_date,
        cast(quantity as decimal(18, 6)) as quantity,
        cast(value as decimal(18, 6)) as value,
        'movements' as basis,
        source
    from movement_intervals

    union all

    select
        item_id,
        location_id,
        valid_from_date,
        valid_to_date,
        cast(quantity as decimal(18, 6)) as quantity,
        cast(value as decimal(18, 6)) as value,
        'balance' as basis,
        source
    from balance_intervals

)

select * from final
