-- One row per item × location × interval of one standard cost; without a location, the item's own, gapless from the first day to the last.
{% set first_day = "cast('0001-01-01' as date)" %}
{% set last_day = "cast('9999-12-31' as date)" %}
with

items as (

    select
        item_id,
        standard_cost
    from {{ ref('cnl_items') }}

),

item_costs as (

    select
        item_id,
        location_id,
        valid_from_date,
        standard_cost
    from {{ ref('cnl_item_costs') }}

),

changes as (

    select
        item_costs.item_id,
        item_costs.location_id,
        item_costs.valid_from_date,
        item_costs.standard_cost
    from item_costs

    union all

    -- Before the first dated cost, and for items without one, the master's cost is all that is known.
    select
        items.item_id,
        cast(null as varchar) as location_id,
        {{ first_day }} as valid_from_date,
        items.standard_cost
    from items

),

final as (

    select
        changes.item_id,
        changes.location_id,
        changes.valid_from_date,
        coalesce(
            lead(changes.valid_from_date)
                over (partition by changes.item_id, changes.location_id order by changes.valid_from_date),
            {{ last_day }}
        ) as valid_to_date,
        changes.standard_cost
    from changes

)

select * from final
