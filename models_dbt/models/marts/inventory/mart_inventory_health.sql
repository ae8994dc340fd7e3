-- One row per item × own place: its one status with the figures behind it, cover back and ahead, and its safety stock checked.
{% set excess = 'greatest(judged.on_hand_quantity - judged.excess_level_quantity, 0)' %}
{% set beyond = 'greatest(judged.on_hand_quantity + judged.on_order_quantity - judged.surplus_level_quantity, 0)' %}
{% set surplus = 'least(judged.on_order_quantity, ' ~ beyond ~ ')' %}
with

positions as (

    select * from {{ ref('fct_inventory_positions') }}

),

outlook as (

    select * from {{ ref('fct_inventory_outlook') }}

),

classes as (

    select * from {{ ref('fct_inventory_classes') }}

),

policies as (

    select * from {{ ref('fct_stock_policies') }}

),

statuses as (

    select * from {{ ref('inventory_statuses') }}

),

items as (

    select * from {{ ref('dim_items') }}

),

locations as (

    select * from {{ ref('dim_locations') }}

),

windows as (

    select
        max(case when status_code = 'new' then window_days end) as new_days,
        max(case when status_code = 'dead' then window_days end) as dead_days,
        max(case when status_code = 'slow' then window_days end) as slow_days,
        max(case when status_code = 'slow' then least_rate end) as slow_rate
    from statuses

),

-- Days of the last year on which stock was known, and those at zero, at the place itself.
held as (

    select
        item_id,
        location_id,
        {{ days_from('valid_from_date', 'valid_to_date') }} as held_days,
        quantity
    from (
        select
            item_id,
            location_id,
            greatest(valid_from_date, cast({{ dbt.dateadd('day', -364, as_of()) }} as date)) as valid_from_date,
            least(valid_to_date, cast({{ dbt.dateadd('day', 1, as_of()) }} as date)) as valid_to_date,
            quantity
        from {{ ref('fct_stock_holding') }}
        where is_kept_in_stock = 1
    ) as clipped
    where valid_to_date > valid_from_date

),

readiness as (

    select
        item_id,
        location_id,
        sum(held_days) as known_days,
        sum(case when quantity > 0 then held_days else 0 end) as ready_days
    from held
    group by
        item_id,
        location_id

),

judged as (

    select
        positions.*,
        outlook.is_planned,
        outlook.is_made_for_orders,
        outlook.lead_time_days as replenishment_days,
        outlook.safety_stock_quantity as kept_safety_stock_quantity,
        outlook.on_order_quantity,
        outlook.overdue_quantity,
        outlook.demand_quantity,
        outlook.forecast_quantity,
        outlook.daily_demand_quantity,
        outlook.stocked_out_demand_quantity,
        outlook.slow_demand_quantity,
        outlook.excess_demand_quantity,
        outlook.surplus_demand_quantity,
        outlook.run_out_date,
        outlook.plan_until_date,
        windows.new_days,
        windows.slow_rate,
        policies.order_up_to_quantity,
        {{ days_from('positions.first_receipt_date', as_of()) }} as held_days,
        {{ days_from('positions.last_issue_date', as_of()) }} as issue_days,
        {{ days_from('positions.history_from_date', as_of()) }} as history_days,
        greatest(
            outlook.safety_stock_quantity + outlook.excess_demand_quantity,
            coalesce(positions.max_stock_quantity, 0),
            coalesce(policies.order_up_to_quantity, 0)
        ) as excess_level_quantity,
        greatest(
            outlook.safety_stock_quantity + outlook.surplus_demand_quantity,
            coalesce(positions.max_stock_quantity, 0),
            coalesce(policies.order_up_to_quantity, 0)
        ) as surplus_level_quantity,
        windows.slow_days,
        windows.dead_days
    from positions
    inner join outlook
        on
            positions.item_id = outlook.item_id
            and positions.location_id = outlook.location_id
    left join policies
        on
            positions.item_id = policies.item_id
            and positions.location_id = policies.location_id
    cross join windows

),

-- Which rules hold. A rule that looks back holds only where the movements reach back that far.
rules as (

    select
        judged.item_id,
        judged.location_id,
        statuses.status_code,
        statuses.precedence,
        statuses.is_shortage
    from judged
    cross join statuses
    where
        case statuses.status_code
            when 'stocked_out'
                then
                    judged.is_made_for_orders = 0
                    and judged.usable_quantity <= 0
                    and judged.stocked_out_demand_quantity > 0
            when 'potential_stock_out'
                then
                    judged.is_made_for_orders = 0
                    and {{ days_from(as_of(), 'judged.run_out_date') }} <= coalesce(judged.replenishment_days, 0)
            when 'below_safety'
                then judged.usable_quantity < judged.kept_safety_stock_quantity
            when 'new' then judged.on_hand_quantity > 0 and judged.held_days < judged.new_days
            when 'dead'
                then
                    judged.on_hand_quantity > 0
                    and judged.history_days >= judged.dead_days
                    and judged.held_days >= judged.dead_days
                    and coalesce(judged.issue_days, judged.dead_days) >= judged.dead_days
                    and judged.demand_quantity = 0
            when 'slow'
                then
                    judged.on_hand_quantity > 0
                    and judged.history_days >= judged.slow_days
                    and judged.held_days >= judged.slow_days
                    and cast(judged.issued_slow_quantity as double)
                    < judged.slow_rate * cast(judged.on_hand_quantity as double)
                    and cast(judged.slow_demand_quantity as double)
                    < judged.slow_rate * cast(judged.on_hand_quantity as double)
            when 'excess' then judged.on_hand_quantity > 0 and judged.on_hand_quantity > judged.excess_level_quantity
            when 'surplus_on_order'
                then
                    judged.on_order_quantity > 0
                    and judged.on_hand_quantity + judged.on_order_quantity > judged.surplus_level_quantity
            when 'ok'
                then judged.on_hand_quantity <> 0 or judged.demand_quantity > 0 or judged.on_order_quantity > 0
            when 'not_stocked' then true
        end

),

ranked as (

    select
        *,
        row_number() over (partition by item_id, location_id order by precedence) as place_in_line
    from rules

),

final as (

    select
        judged.item_id,
        items.item_name,
        items.item_name_zh,
        items.item_type,
        items.product_family,
        items.product_family_zh,
        items.base_uom,
        judged.location_id,
        locations.location_name,
        locations.plant_id,
        judged.planner,
        judged.supply_type,
        judged.strategy,
        judged.lot_rule,
        judged.has_policy,
        judged.is_planned,
        judged.is_made_for_orders,
        ranked.status_code,
        ranked.precedence,
        ranked.is_shortage,
        classes.abc_class,
        classes.xyz_class,
        classes.usage_value,
        classes.variation,
        judged.on_hand_quantity,
        judged.usable_quantity,
        judged.inspection_quantity,
        judged.blocked_quantity,
        judged.consigned_quantity,
        judged.reserved_quantity,
        judged.unit_cost,
        judged.on_hand_value,
        {{ portion('judged.on_hand_value', 'judged.usable_quantity', 'judged.on_hand_quantity') }} as usable_value,
        {{ portion('judged.on_hand_value', 'judged.inspection_quantity', 'judged.on_hand_quantity') }}
            as inspection_value,
        {{ portion('judged.on_hand_value', 'judged.blocked_quantity', 'judged.on_hand_quantity') }} as blocked_value,
        {{ portion('judged.on_hand_value', 'judged.consigned_quantity', 'judged.on_hand_quantity') }}
            as consigned_value,
        judged.kept_safety_stock_quantity as safety_stock_quantity,
        judged.reorder_point_quantity,
        judged.max_stock_quantity,
        judged.order_up_to_quantity,
        judged.replenishment_days as lead_time_days,
        judged.on_order_quantity,
        judged.overdue_quantity,
        judged.demand_quantity,
        judged.forecast_quantity,
        judged.daily_demand_quantity,
        judged.stocked_out_demand_quantity,
        judged.slow_demand_quantity,
        judged.run_out_date,
        judged.plan_until_date,
        {{ amount('judged.excess_level_quantity') }} as excess_level_quantity,
        {{ amount(excess) }} as excess_quantity,
        {{ times(excess, 'judged.unit_cost') }} as excess_value,
        {{ amount('judged.surplus_level_quantity') }} as surplus_level_quantity,
        {{ amount(surplus) }} as surplus_quantity,
        {{ times(surplus, 'judged.unit_cost') }} as surplus_value,
        judged.first_receipt_date,
        judged.last_receipt_date,
        judged.last_issue_date,
        judged.issued_30_quantity,
        judged.issued_90_quantity,
        judged.issued_365_quantity,
        judged.issued_slow_quantity,
        judged.history_days,
        case
            when judged.issued_365_quantity > 0
                then
                    cast(judged.on_hand_quantity as double) * least(judged.history_days + 1, 365)
                    / cast(judged.issued_365_quantity as double)
        end as backward_days,
        case
            when judged.daily_demand_quantity > 0
                then cast(judged.on_hand_quantity as double) / judged.daily_demand_quantity
        end as forward_days,
        readiness.known_days,
        readiness.ready_days,
        policies.target_rate,
        policies.measure,
        policies.lead_time_periods,
        policies.protected_demand,
        policies.safety_stock_quantity as needed_safety_stock_quantity,
        policies.present_safety_stock_quantity as stated_safety_stock_quantity,
        policies.fill_rate as needed_fill_rate,
        policies.present_fill_rate,
        policies.cycle_service as needed_cycle_service,
        policies.present_cycle_service,
        case
            when policies.item_id is null then null
            when policies.present_safety_stock_quantity < policies.safety_stock_quantity * 0.95 then 'under'
            when policies.present_safety_stock_quantity > policies.safety_stock_quantity * 1.05 then 'over'
            else 'right'
        end as protection,
        {{ times('policies.present_safety_stock_quantity - policies.safety_stock_quantity', 'judged.unit_cost') }}
            as safety_stock_gap_value,
        {{ amount('policies.present_stock_value - policies.expected_stock_value') }} as stock_gap_value,
        judged.holding_rate
    from judged
    inner join ranked
        on
            judged.item_id = ranked.item_id
            and judged.location_id = ranked.location_id
            and ranked.place_in_line = 1
    left join items
        on judged.item_id = items.item_id
    left join locations
        on judged.location_id = locations.location_id
    left join classes
        on judged.item_id = classes.item_id
    left join policies
        on
            judged.item_id = policies.item_id
            and judged.location_id = policies.location_id
    left join readiness
        on
            judged.item_id = readiness.item_id
            and judged.location_id = readiness.location_id

)

select * from final
