-- One row per open production order, with what is in it: material issued, hours earned, less what has been received.
with

production_orders as (

    select * from {{ ref('fct_production_orders') }}
    where is_open = 1

),

coverage as (

    select
        source,
        reports_all_stock_movements
    from {{ ref('int_source_coverage') }}

),

issued as (

    select
        reference_id as production_order_id,
        sum(case when movement_type = 'production_return' then -value else value end) as issued_value
    from {{ ref('fct_stock_movements') }}
    where
        movement_type in ('production_issue', 'production_return')
        and reference_type = 'production_order'
    group by
        reference_id

),

components as (

    select
        production_order_id,
        count(*) as part_count,
        sum(case when issued_quantity is null then 1 else 0 end) as unknown_count,
        sum(case when open_quantity > 0 then 1 else 0 end) as open_part_count,
        sum(issued_standard_value) as issued_standard_value
    from {{ ref('fct_production_order_components') }}
    group by
        production_order_id

),

operations as (

    select
        production_order_id,
        count(*) as operation_count,
        sum(is_finished) as finished_operation_count,
        sum(case when standard_hours is null then 1 else 0 end) as unknown_count,
        sum(case when earned_hours > 0 and earned_value is null then 1 else 0 end) as unpriced_count,
        sum(standard_hours) as standard_hours,
        sum(earned_hours) as earned_hours,
        sum(earned_value) as earned_value,
        sum(scrap_quantity) as scrap_quantity,
        sum(rework_quantity) as rework_quantity,
        min(case when is_finished = 0 then sequence end) as current_sequence
    from {{ ref('fct_operation_progress') }}
    group by
        production_order_id

),

joined as (

    select
        production_orders.*,
        operations.operation_count,
        operations.finished_operation_count,
        operations.current_sequence,
        operations.rework_quantity,
        components.part_count,
        components.open_part_count,
        case when operations.unknown_count = 0 then operations.standard_hours end as standard_hours,
        case when operations.unknown_count = 0 then operations.earned_hours end as earned_hours,
        coalesce(production_orders.scrapped_quantity, operations.scrap_quantity) as known_scrap_quantity,
        -- A source that tells every movement tells that nothing was issued, too.
        case
            when coverage.reports_all_stock_movements = 1 then coalesce(issued.issued_value, 0)
            when components.unknown_count = 0 then components.issued_standard_value
        end as material_value,
        case
            when operations.production_order_id is null then 0
            when operations.unknown_count = 0 and operations.unpriced_count = 0
                then coalesce(operations.earned_value, 0)
        end as conversion_value,
        case
            when coalesce(production_orders.completed_quantity, 0) = 0 then 0
            else production_orders.completed_value
        end as received_value
    from production_orders
    left join coverage
        on production_orders.source = coverage.source
    left join issued
        on production_orders.production_order_id = issued.production_order_id
    left join components
        on production_orders.production_order_id = components.production_order_id
    left join operations
        on production_orders.production_order_id = operations.production_order_id

),

final as (

    select
        joined.production_order_id,
        joined.item_id,
        joined.location_id,
        joined.order_status,
        joined.created_date,
        cast(joined.operation_count as integer) as operation_count,
        cast(joined.finished_operation_count as integer) as finished_operation_count,
        cast(joined.current_sequence as integer) as current_sequence,
        cast(joined.standard_hours as double) as standard_hours,
        cast(joined.earned_hours as double) as earned_hours,
        cast(joined.part_count as integer) as part_count,
        cast(joined.open_part_count as integer) as open_part_count,
        cast(joined.known_scrap_quantity as decimal(18, 6)) as scrapped_quantity,
        cast(joined.rework_quantity as decimal(18, 6)) as rework_quantity,
        cast(joined.material_value as decimal(18, 6)) as material_value,
        cast(joined.conversion_value as decimal(18, 6)) as conversion_value,
        cast(joined.received_value as decimal(18, 6)) as received_value,
        -- `greatest` would pass over a part that is not known and call the whole nought.
        cast(
            case
                when joined.material_value + joined.conversion_value - joined.received_value < 0 then 0
                else joined.material_value + joined.conversion_value - joined.received_value
            end as decimal(18, 6)
        ) as work_in_process_value,
        joined.source
    from joined

)

select * from final
