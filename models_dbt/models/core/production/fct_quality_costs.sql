-- One row per document that poor quality, or the search for it, cost something: class, kind, day, item and value.
with

outputs as (

    select
        outputs.*,
        work_centres.cost_per_hour
    from {{ ref('fct_operation_output') }} as outputs
    inner join {{ ref('dim_work_centres') }} as work_centres
        on outputs.work_centre_id = work_centres.work_centre_id

),

costs as (

    -- Time that the inspecting operations of the routings took.
    select
        'appraisal' as cost_class,
        'inspection_operations' as cost_kind,
        cast(null as varchar) as reason,
        'work_order' as document_type,
        work_orders.work_order_id as document_id,
        work_orders.item_id,
        work_orders.location_id,
        work_orders.work_centre_id,
        work_orders.finished_date as cost_date,
        cast(cast(work_orders.actual_hours as double) * cast(work_centres.cost_per_hour as double) as decimal(18, 6))
            as value,
        work_orders.source
    from {{ ref('fct_work_orders') }} as work_orders
    inner join {{ ref('cnl_work_orders') }} as documents
        on work_orders.work_order_id = documents.work_order_id
    inner join {{ ref('cnl_routing_operations') }} as operations
        on documents.operation_id = operations.operation_id
    inner join {{ ref('dim_work_centres') }} as work_centres
        on work_orders.work_centre_id = work_centres.work_centre_id
    where operations.is_inspection and work_orders.finished_date is not null

    union all

    -- Each scrapped unit of an order at the standard cost of the item made, on the day the order finished.
    select
        'internal_failure' as cost_class,
        'scrapped_production' as cost_kind,
        cast(null as varchar) as reason,
        'production_order' as document_type,
        production_order_id as document_id,
        item_id,
        location_id,
        cast(null as varchar) as work_centre_id,
        finished_date as cost_date,
        scrapped_value as value,
        source
    from {{ ref('fct_production_orders') }}
    where scrapped_quantity > 0 and finished_date is not null

    union all

    -- Nobody records the time that rework took: each unit counts one more run of its operation.
    select
        'internal_failure' as cost_class,
        'rework' as cost_kind,
        cast(null as varchar) as reason,
        'work_order' as document_type,
        work_order_id as document_id,
        item_id,
        location_id,
        work_centre_id,
        produced_date as cost_date,
        cast(
            run_hours_per_unit * cast(rework_quantity as double) * cast(cost_per_hour as double) as decimal(18, 6)
        ) as value,
        source
    from outputs
    where rework_quantity > 0

    union all

    select
        'internal_failure' as cost_class,
        'scrapped_stock' as cost_kind,
        cast(null as varchar) as reason,
        'stock_movement' as document_type,
        movement_id as document_id,
        item_id,
        from_location_id as location_id,
        cast(null as varchar) as work_centre_id,
        moved_date as cost_date,
        value,
        source
    from {{ ref('fct_stock_movements') }}
    where movement_type = 'scrap' and coalesce(reference_type, 'none') <> 'customer_return'

    union all

    -- A change of mind is no fault of the goods.
    select
        'external_failure' as cost_class,
        'customer_returns' as cost_kind,
        customer_returns.return_reason as reason,
        'customer_return' as document_type,
        customer_returns.return_line_id as document_id,
        customer_returns.item_id,
        cast(null as varchar) as location_id,
        cast(null as varchar) as work_centre_id,
        cast(customer_returns.returned_at as date) as cost_date,
        cast(customer_returns.credit_value as decimal(18, 6)) as value,
        customer_returns._source as source
    from {{ ref('cnl_customer_returns') }} as customer_returns
    where coalesce(customer_returns.return_reason, '') <> 'changed_mind'

    union all

    select
        'external_failure' as cost_class,
        'service_cases' as cost_kind,
        service_cases.case_type as reason,
        'service_case' as document_type,
        service_cases.case_id as document_id,
        service_cases.item_id,
        cast(null as varchar) as location_id,
        cast(null as varchar) as work_centre_id,
        cast(service_cases.opened_at as date) as cost_date,
        cast(service_cases.cost_value as decimal(18, 6)) as value,
        service_cases._source as source
    from {{ ref('cnl_service_cases') }} as service_cases
    where service_cases.case_type in ('complaint', 'warranty', 'repair', 'return_request')

),

final as (

    select
        cost_kind || '/' || document_id || '/' || cast(
            row_number() over (partition by cost_kind, document_id order by cost_date, value) as varchar
        ) as quality_cost_id,
        cost_class,
        cost_kind,
        reason,
        document_type,
        document_id,
        item_id,
        location_id,
        work_centre_id,
        cost_date,
        value,
        source
    from costs
    where value is not null and value <> 0

)

select * from final
