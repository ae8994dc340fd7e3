-- One row per item × own place that holds stock, is planned, or was moved: what is there, how it is planned, how it was used.
with

places as (

    select * from {{ ref('int_stock_places') }}
    where is_transit = 0

),

stock as (

    select
        item_id,
        location_id,
        sum(quantity) as on_hand_quantity,
        sum(case when stock_status in ('unrestricted', 'reserved') then quantity else 0 end) as usable_quantity,
        sum(case when stock_status = 'inspection' then quantity else 0 end) as inspection_quantity,
        sum(case when stock_status = 'blocked' then quantity else 0 end) as blocked_quantity,
        sum(case when stock_status = 'consigned' then quantity else 0 end) as consigned_quantity
    from {{ ref('int_stock_by_status') }}
    group by
        item_id,
        location_id

),

valued as (

    select
        intervals.item_id,
        places.place_id as location_id,
        sum(intervals.quantity) as quantity,
        case when max(case when intervals.value is null then 1 else 0 end) = 0 then sum(intervals.value) end as value
    from {{ ref('fct_stock_intervals') }} as intervals
    inner join places
        on intervals.location_id = places.location_id
    where
        intervals.valid_from_date <= {{ as_of() }}
        and intervals.valid_to_date > {{ as_of() }}
    group by
        intervals.item_id,
        places.place_id

),

policies as (

    select * from {{ ref('cnl_planning_policies') }}

),

item_suppliers as (

    select
        item_id,
        lead_time_days,
        row_number() over (partition by item_id order by coalesce(priority, 1), supplier_id) as choice
    from {{ ref('cnl_item_suppliers') }}
    where
        coalesce(valid_from_date, {{ as_of() }}) <= {{ as_of() }}
        and coalesce(valid_to_date, {{ as_of() }}) >= {{ as_of() }}

),

lanes as (

    select
        from_location_id,
        to_location_id,
        min(lead_time_days) as lead_time_days
    from {{ ref('cnl_transport_lanes') }}
    group by
        from_location_id,
        to_location_id

),

safety_targets as (

    select
        item_id,
        location_id,
        quantity,
        row_number() over (partition by item_id, location_id order by valid_from_date desc) as newest
    from {{ ref('cnl_safety_stock_targets') }}
    where valid_from_date <= {{ as_of() }}

),

reservations as (

    select
        reservations.item_id,
        places.place_id as location_id,
        sum(reservations.quantity) as reserved_quantity
    from {{ ref('cnl_stock_reservations') }} as reservations
    inner join places
        on reservations.location_id = places.location_id
    group by
        reservations.item_id,
        places.place_id

),

windows as (

    select
        max(case when status_code = 'slow' then window_days end) as slow_days,
        max(case when status_code = 'dead' then window_days end) as dead_days
    from {{ ref('inventory_statuses') }}

),

dated_uses as (

    select
        uses.*,
        {{ days_from('uses.moved_date', as_of()) }} as days_ago,
        windows.slow_days,
        windows.dead_days
    from {{ ref('int_stock_uses') }} as uses
    cross join windows

),

uses as (

    select
        item_id,
        location_id,
        min(received_date) as first_receipt_date,
        max(case when received_quantity > 0 then moved_date end) as last_receipt_date,
        max(case when gross_issued_quantity > 0 then moved_date end) as last_issue_date,
        sum(case when days_ago < 30 then issued_quantity else 0 end) as issued_30_quantity,
        sum(case when days_ago < 90 then issued_quantity else 0 end) as issued_90_quantity,
        sum(case when days_ago < 365 then issued_quantity else 0 end) as issued_365_quantity,
        sum(case when days_ago < slow_days then issued_quantity else 0 end) as issued_slow_quantity,
        sum(case when days_ago < 365 then used_quantity else 0 end) as used_365_quantity
    from dated_uses
    group by
        item_id,
        location_id

),

keys as (

    select
        item_id,
        location_id
    from stock

    union

    select
        item_id,
        location_id
    from policies

    union

    select
        item_id,
        location_id
    from uses

),

-- Without all movements nobody knows what was issued, nor since when an item is there.
history as (

    select
        movements.source,
        min(movements.moved_date) as first_date
    from {{ ref('fct_stock_movements') }} as movements
    inner join {{ ref('int_source_coverage') }} as coverage
        on
            movements.source = coverage.source
            and coverage.reports_all_stock_movements = 1
    group by
        movements.source

),

known_since as (

    select min(first_date) as history_from_date
    from history

),

final as (

    select
        keys.item_id,
        keys.location_id,
        policies.planner,
        policies.supply_type,
        policies.strategy,
        policies.lot_rule,
        case when policies.item_id is null then 0 else 1 end as has_policy,
        {{ amount('coalesce(stock.on_hand_quantity, 0)') }} as on_hand_quantity,
        {{ amount('coalesce(stock.usable_quantity, 0)') }} as usable_quantity,
        {{ amount('coalesce(stock.inspection_quantity, 0)') }} as inspection_quantity,
        {{ amount('coalesce(stock.blocked_quantity, 0)') }} as blocked_quantity,
        {{ amount('coalesce(stock.consigned_quantity, 0)') }} as consigned_quantity,
        {{ amount('coalesce(reservations.reserved_quantity, 0)') }} as reserved_quantity,
        {{ amount(
            'case when valued.quantity > 0 then cast(valued.value as double) / cast(valued.quantity as double) '
            ~ 'else ' ~ standard_cost() ~ ' end'
        ) }} as unit_cost,
        {{ amount(
            'case when valued.quantity = stock.on_hand_quantity then valued.value '
            ~ 'when valued.quantity > 0 then cast(stock.on_hand_quantity as double) * cast(valued.value as double) '
            ~ '/ cast(valued.quantity as double) '
            ~ 'when coalesce(stock.on_hand_quantity, 0) = 0 then 0 '
            ~ 'else cast(stock.on_hand_quantity as double) * cast(' ~ standard_cost() ~ ' as double) end'
        ) }} as on_hand_value,
        {{ amount('coalesce(safety_targets.quantity, policies.safety_stock_quantity)') }} as safety_stock_quantity,
        policies.reorder_point_quantity,
        policies.max_stock_quantity,
        policies.target_service_rate,
        policies.holding_rate,
        cast(
            coalesce(
                policies.lead_time_days,
                case when policies.supply_type in ('buy', 'subcontract') then item_suppliers.lead_time_days end,
                case when policies.supply_type = 'transfer' then lanes.lead_time_days end
            ) + coalesce(policies.receiving_days, 0) as double
        ) as lead_time_days,
        uses.first_receipt_date,
        uses.last_receipt_date,
        uses.last_issue_date,
        case when known_since.history_from_date is null then null else coalesce(uses.issued_30_quantity, 0) end
            as issued_30_quantity,
        case when known_since.history_from_date is null then null else coalesce(uses.issued_90_quantity, 0) end
            as issued_90_quantity,
        case when known_since.history_from_date is null then null else coalesce(uses.issued_365_quantity, 0) end
            as issued_365_quantity,
        case when known_since.history_from_date is null then null else coalesce(uses.issued_slow_quantity, 0) end
            as issued_slow_quantity,
        case when known_since.history_from_date is null then null else coalesce(uses.used_365_quantity, 0) end
            as used_365_quantity,
        known_since.history_from_date
    from keys
    inner join places
        on
            keys.location_id = places.location_id
            and places.location_id = places.place_id
    left join stock
        on
            keys.item_id = stock.item_id
            and keys.location_id = stock.location_id
    left join valued
        on
            keys.item_id = valued.item_id
            and keys.location_id = valued.location_id
    left join policies
        on
            keys.item_id = policies.item_id
            and keys.location_id = policies.location_id
    left join item_suppliers
        on
            keys.item_id = item_suppliers.item_id
            and item_suppliers.choice = 1
    left join lanes
        on
            policies.source_location_id = lanes.from_location_id
            and keys.location_id = lanes.to_location_id
    left join safety_targets
        on
            keys.item_id = safety_targets.item_id
            and keys.location_id = safety_targets.location_id
            and safety_targets.newest = 1
    left join reservations
        on
            keys.item_id = reservations.item_id
            and keys.location_id = reservations.location_id
    left join uses
        on
            keys.item_id = uses.item_id
            and keys.location_id = uses.location_id
    cross join known_since
    {{ join_standard_costs('keys.item_id', 'keys.location_id', as_of()) }}

),

typed as (

    select
        item_id,
        location_id,
        planner,
        supply_type,
        strategy,
        lot_rule,
        has_policy,
        on_hand_quantity,
        usable_quantity,
        inspection_quantity,
        blocked_quantity,
        consigned_quantity,
        reserved_quantity,
        unit_cost,
        on_hand_value,
        safety_stock_quantity,
        cast(reorder_point_quantity as decimal(18, 6)) as reorder_point_quantity,
        cast(max_stock_quantity as decimal(18, 6)) as max_stock_quantity,
        cast(target_service_rate as double) as target_service_rate,
        cast(holding_rate as double) as holding_rate,
        lead_time_days,
        first_receipt_date,
        last_receipt_date,
        last_issue_date,
        cast(issued_30_quantity as decimal(18, 6)) as issued_30_quantity,
        cast(issued_90_quantity as decimal(18, 6)) as issued_90_quantity,
        cast(issued_365_quantity as decimal(18, 6)) as issued_365_quantity,
        cast(issued_slow_quantity as decimal(18, 6)) as issued_slow_quantity,
        cast(used_365_quantity as decimal(18, 6)) as used_365_quantity,
        history_from_date
    from final

)

select * from typed
