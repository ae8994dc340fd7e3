-- One row per place of a subcontractor and item that is sent there for work, with names.
with

balances as (

    select * from {{ ref('fct_subcontract_balances') }}

),

items as (

    select * from {{ ref('dim_items') }}

),

locations as (

    select * from {{ ref('dim_locations') }}

),

suppliers as (

    select * from {{ ref('dim_suppliers') }}

),

final as (

    select
        balances.location_id,
        locations.location_name,
        balances.supplier_id,
        suppliers.supplier_name,
        balances.item_id,
        items.item_name,
        items.item_name_zh,
        items.base_uom,
        balances.opening_quantity,
        balances.sent_quantity,
        balances.in_transit_quantity,
        balances.arrived_quantity,
        balances.returned_quantity,
        balances.equivalent_quantity,
        balances.in_work_quantity,
        balances.on_hand_quantity,
        balances.unaccounted_quantity,
        balances.unaccounted_value
    from balances
    left join items
        on balances.item_id = items.item_id
    left join locations
        on balances.location_id = locations.location_id
    left join suppliers
        on balances.supplier_id = suppliers.supplier_id

)

select * from final
