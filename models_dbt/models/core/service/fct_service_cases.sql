-- One row per service case: how long it took, whether its targets were kept, what it cost, and which goods it is about.
with

cases as (

    select
        cases.*,
        cast(cases.opened_at as date) as opened_date,
        -- The build knows everything up to the end of the as-of day.
        cast({{ dbt.dateadd('day', 1, as_of()) }} as timestamp) as known_until,
        case when cases.resolved_at is null then 1 else 0 end as is_open
    from {{ ref('cnl_service_cases') }} as cases

),

order_lines as (

    select
        sales_order_line_id,
        sales_order_id,
        item_id
    from {{ ref('fct_sales_order_lines') }}

),

deliveries as (

    select
        sales_order_line_id,
        min(delivered_date) as first_delivered_date,
        count(distinct batch_kind || '/' || coalesce(batch_id, '')) as batch_count,
        min(batch_kind) as batch_kind,
        min(batch_id) as batch_id,
        min(production_order_id) as production_order_id
    from {{ ref('fct_delivery_batches') }}
    where sales_order_line_id is not null
    group by
        sales_order_line_id

),

measured as (

    select
        cases.*,
        coalesce(types.is_failure, 0) as is_failure,
        coalesce(types.is_warranty, 0) as is_warranty,
        types.repeat_days,
        order_lines.sales_order_id,
        coalesce(cases.item_id, order_lines.item_id) as known_item_id,
        deliveries.first_delivered_date,
        coalesce(deliveries.batch_count, 0) as batch_count,
        case when deliveries.batch_count = 1 then deliveries.batch_kind end as batch_kind,
        case when deliveries.batch_count = 1 then deliveries.batch_id end as batch_id,
        case when deliveries.batch_count = 1 then deliveries.production_order_id end as production_order_id,
        coalesce(targets.first_response_hours, others.first_response_hours) as first_response_target_hours,
        coalesce(targets.resolution_hours, others.resolution_hours) as resolution_target_hours,
        {{ hours_from('cases.opened_at', 'cases.first_response_at') }} as first_response_hours,
        {{ hours_from('cases.opened_at', 'cases.resolved_at') }} as resolution_hours,
        case when cases.is_open = 1 then {{ hours_from('cases.opened_at', 'cases.known_until') }} end as hours_open
    from cases
    left join order_lines
        on cases.sales_order_line_id = order_lines.sales_order_line_id
    left join deliveries
        on cases.sales_order_line_id = deliveries.sales_order_line_id
    left join {{ ref('service_case_types') }} as types
        on cases.case_type = types.case_type
    left join {{ ref('service_targets') }} as targets
        on cases.severity = targets.severity
    left join {{ ref('service_targets') }} as others
        on others.severity = '*'

),

failures as (

    select
        case_id,
        case
            when known_item_id is not null
                then lag(case_id) over (partition by customer_id, known_item_id order by opened_at, case_id)
        end as previous_at_customer,
        case
            when known_item_id is not null
                then lag(opened_date) over (partition by customer_id, known_item_id order by opened_at, case_id)
        end as previous_date_at_customer,
        case
            when batch_kind = 'lot'
                then lag(case_id) over (partition by batch_kind, batch_id, known_item_id order by opened_at, case_id)
        end as previous_of_lot,
        case
            when batch_kind = 'lot'
                then lag(opened_date)
                    over (partition by batch_kind, batch_id, known_item_id order by opened_at, case_id)
        end as previous_date_of_lot
    from measured
    where is_failure = 1

),

repeated as (

    select
        measured.*,
        failures.previous_at_customer,
        failures.previous_of_lot,
        {{ flag(days_from('failures.previous_date_at_customer', 'measured.opened_date') ~ ' <= measured.repeat_days') }}
            as is_repeat_at_customer,
        {{ flag(days_from('failures.previous_date_of_lot', 'measured.opened_date') ~ ' <= measured.repeat_days') }}
            as is_repeat_of_lot
    from measured
    left join failures
        on measured.case_id = failures.case_id

),

final as (

    select
        case_id,
        customer_id,
        opened_date,
        opened_at,
        first_response_at,
        resolved_at,
        case_type,
        severity,
        known_item_id as item_id,
        sales_order_line_id,
        sales_order_id,
        first_delivered_date,
        case
            when first_delivered_date <= opened_date then {{ days_from('first_delivered_date', 'opened_date') }}
        end as days_in_use,
        cast(batch_count as integer) as batch_count,
        batch_kind,
        batch_id,
        production_order_id,
        is_open,
        is_failure,
        is_warranty,
        first_response_hours,
        resolution_hours,
        hours_open,
        first_response_target_hours,
        resolution_target_hours,
        {{ within_hours('first_response_hours', 'is_open', 'hours_open', 'first_response_target_hours') }}
            as is_first_response_in_target,
        {{ within_hours('resolution_hours', 'is_open', 'hours_open', 'resolution_target_hours') }}
            as is_resolution_in_target,
        case when is_failure = 1 then greatest(is_repeat_at_customer, is_repeat_of_lot) end as is_repeat,
        case
            when is_repeat_at_customer = 1 then 'same_customer'
            when is_repeat_of_lot = 1 then 'same_lot'
        end as repeat_reason,
        case
            when is_repeat_at_customer = 1 then previous_at_customer
            when is_repeat_of_lot = 1 then previous_of_lot
        end as previous_case_id,
        cost_value,
        case when is_warranty = 1 then cost_value end as warranty_cost_value,
        _source as source
    from repeated

)

select * from final
