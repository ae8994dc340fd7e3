-- One row per action or exception message of the plan, with the words that a person reads.
with

messages as (

    select * from {{ ref('fct_plan_messages') }}

),

catalogue as (

    select * from {{ ref('action_messages') }}

),

items as (

    select * from {{ ref('dim_items') }}

),

locations as (

    select * from {{ ref('dim_locations') }}

),

final as (

    select
        messages.message_number,
        messages.code,
        catalogue.urgency,
        catalogue.title,
        catalogue.title_zh,
        catalogue.meaning,
        catalogue.meaning_zh,
        catalogue.suggested_action,
        catalogue.suggested_action_zh,
        messages.item_id,
        items.item_name,
        items.item_name_zh,
        items.base_uom,
        messages.location_id,
        locations.plant_id,
        locations.plant_name,
        messages.planner,
        messages.work_centre_id,
        messages.supplier_id,
        messages.order_type,
        messages.order_id,
        messages.demand_type,
        messages.demand_id,
        messages.finding_kind,
        messages.message_date,
        messages.to_date,
        messages.days,
        messages.quantity,
        messages.value,
        messages.served_value
    from messages
    left join catalogue
        on messages.code = catalogue.code
    left join items
        on messages.item_id = items.item_id
    left join locations
        on messages.location_id = locations.location_id

)

select * from final
