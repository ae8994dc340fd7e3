-- One row per item and supplier that have an agreement on the as-of date.
with

agreements as (

    select
        item_id,
        supplier_id,
        priority,
        lead_time_days,
        unit_price,
        min_order_quantity,
        weekly_capacity_quantity,
        allocation_rate,
        _source,
        row_number() over (
            partition by item_id, supplier_id
            order by coalesce(valid_from_date, cast('0001-01-01' as date)) desc
        ) as newest
    from {{ ref('cnl_item_suppliers') }}
    where
        coalesce(valid_from_date, cast('0001-01-01' as date)) <= {{ as_of() }}
        and coalesce(valid_to_date, cast('9999-12-31' as date)) >= {{ as_of() }}

),

suppliers as (

    select
        supplier_id,
        supplier_status
    from {{ ref('dim_suppliers') }}

),

usable as (

    select
        agreements.*,
        {{ flag("coalesce(suppliers.supplier_status, 'qualified') <> 'blocked'") }} as is_usable
    from agreements
    left join suppliers
        on agreements.supplier_id = suppliers.supplier_id
    where agreements.newest = 1

),

sources_of_item as (

    select
        item_id,
        sum(is_usable) as usable_suppliers
    from usable
    group by
        item_id

),

final as (

    select
        usable.item_id,
        usable.supplier_id,
        usable.priority,
        usable.lead_time_days,
        usable.unit_price,
        usable.min_order_quantity,
        usable.weekly_capacity_quantity,
        usable.allocation_rate,
        usable.is_usable,
        cast(sources_of_item.usable_suppliers as integer) as usable_suppliers,
        {{ flag('usable.is_usable = 1 and sources_of_item.usable_suppliers = 1') }} as is_single_source,
        usable._source as source
    from usable
    inner join sources_of_item
        on usable.item_id = sources_of_item.item_id

)

select * from final
