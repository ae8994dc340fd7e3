-- One row per item that is made, bought or part of a bill of material: how it is supplied, and which master data says how.
with

items as (

    select
        item_id,
        item_type,
        lifecycle_status,
        _source as source
    from {{ ref('cnl_items') }}

),

signs as (

    select
        item_id,
        case when supply_type in ('make', 'subcontract') then 1 else 0 end as is_made,
        case when supply_type = 'buy' then 1 else 0 end as is_bought,
        0 as is_in_bill,
        0 as is_phantom,
        0 as has_bill,
        0 as has_supplier,
        1 as has_policy
    from {{ ref('cnl_planning_policies') }}

    union all

    select
        item_id,
        1 as is_made,
        0 as is_bought,
        0 as is_in_bill,
        0 as is_phantom,
        0 as has_bill,
        0 as has_supplier,
        0 as has_policy
    from {{ ref('fct_production_orders') }}
    where order_status <> 'cancelled'
    group by
        item_id

    union all

    select
        item_id,
        0 as is_made,
        1 as is_bought,
        0 as is_in_bill,
        0 as is_phantom,
        0 as has_bill,
        0 as has_supplier,
        0 as has_policy
    from {{ ref('fct_purchase_order_lines') }}
    where is_cancelled = 0
    group by
        item_id

    union all

    select
        item_id,
        0 as is_made,
        0 as is_bought,
        case when bom_type = 'phantom' then 0 else 1 end as is_in_bill,
        case when bom_type = 'phantom' then 1 else 0 end as is_phantom,
        {{ flag(
            'coalesce(valid_from_date, ' ~ as_of() ~ ') <= ' ~ as_of()
            ~ ' and coalesce(valid_to_date, ' ~ as_of() ~ ') >= ' ~ as_of()
        ) }} as has_bill,
        0 as has_supplier,
        0 as has_policy
    from {{ ref('cnl_boms') }}

    union all

    select
        component_item_id as item_id,
        0 as is_made,
        0 as is_bought,
        case when coalesce(is_by_product, false) then 0 else 1 end as is_in_bill,
        0 as is_phantom,
        0 as has_bill,
        0 as has_supplier,
        0 as has_policy
    from {{ ref('cnl_bom_components') }}

    union all

    select
        item_id,
        0 as is_made,
        0 as is_bought,
        0 as is_in_bill,
        0 as is_phantom,
        0 as has_bill,
        1 as has_supplier,
        0 as has_policy
    from {{ ref('cnl_item_suppliers') }}

),

totals as (

    select
        item_id,
        max(is_made) as is_made,
        max(is_bought) as is_bought,
        max(is_in_bill) as is_in_bill,
        max(is_phantom) as is_phantom,
        max(has_bill) as has_bill,
        max(has_supplier) as has_supplier,
        max(has_policy) as has_policy
    from signs
    group by
        item_id

),

final as (

    select
        items.item_id,
        items.source,
        totals.is_made,
        totals.is_bought,
        totals.is_in_bill,
        totals.has_bill,
        totals.has_supplier,
        totals.has_policy,
        case
            when items.item_type = 'service' or coalesce(items.lifecycle_status, '') = 'obsolete' then 0
            -- A phantom is blown through, never planned itself, unless it is made all the same.
            when totals.is_phantom = 1 and totals.is_made = 0 and totals.is_bought = 0 then 0
            else greatest(totals.is_made, totals.is_bought, totals.is_in_bill)
        end as is_planned
    from items
    inner join totals
        on items.item_id = totals.item_id

)

select * from final
