-- One row per sales order line and step of its journey, with the names of what and whom it is about.
with

hops as (

    select * from {{ ref('fct_order_hops') }}

),

items as (

    select
        item_id,
        item_name,
        item_name_zh
    from {{ ref('dim_items') }}

),

parties as (

    select
        'supplier' as party_type,
        supplier_id as party_id,
        supplier_name as party_name
    from {{ ref('dim_suppliers') }}

    union all

    select
        'work_centre' as party_type,
        work_centre_id as party_id,
        work_centre_name as party_name
    from {{ ref('dim_work_centres') }}

    union all

    select
        'location' as party_type,
        location_id as party_id,
        location_name as party_name
    from {{ ref('dim_locations') }}

    union all

    select
        'customer' as party_type,
        customer_id as party_id,
        customer_name as party_name
    from {{ ref('dim_customers') }}

),

final as (

    select
        hops.*,
        items.item_name,
        items.item_name_zh,
        coalesce(parties.party_name, hops.party_id) as party_name
    from hops
    left join items
        on hops.item_id = items.item_id
    left join parties
        on hops.party_type = parties.party_type and hops.party_id = parties.party_id

)

select * from final
