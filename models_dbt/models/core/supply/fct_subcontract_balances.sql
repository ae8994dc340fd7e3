-- One row per place of a subcontractor and item that is sent there for work.
with

orders as (

    select
        production_order_id,
        location_id,
        order_status,
        ordered_quantity,
        coalesce(completed_quantity, 0) + coalesce(scrapped_quantity, 0) as finished_quantity
    from {{ ref('cnl_production_orders') }}
    where
        is_subcontract
        and order_status not in ('planned', 'cancelled')
        and ordered_quantity > 0

),

components as (

    select * from {{ ref('cnl_production_order_components') }}

),

-- What the finished goods stand for by the bill of their own order, and what lies in orders that are not finished.
uses as (

    select
        orders.location_id,
        components.item_id,
        cast(components.required_quantity as double) * cast(orders.finished_quantity as double)
        / cast(orders.ordered_quantity as double) as equivalent_quantity,
        case
            when orders.order_status in ('completed', 'closed') then 0.0
            else cast(coalesce(components.issued_quantity, 0) as double)
        end as issued_quantity_open
    from orders
    inner join components
        on orders.production_order_id = components.production_order_id

),

used as (

    select
        location_id,
        item_id,
        sum(equivalent_quantity) as equivalent_quantity,
        sum(
            case
                when issued_quantity_open > equivalent_quantity then issued_quantity_open - equivalent_quantity
                else 0.0
            end
        ) as in_work_quantity
    from uses
    group by
        location_id,
        item_id

),

transfers as (

    select * from {{ ref('fct_transfer_lines') }}

),

under_way as (

    select
        to_location_id as location_id,
        item_id,
        sum(cast(open_quantity as double)) as in_transit_quantity
    from transfers
    where is_in_transit = 1
    group by
        to_location_id,
        item_id

),

movements as (

    select * from {{ ref('cnl_stock_movements') }}

),

sent as (

    select
        coalesce(transfers.to_location_id, movements.to_location_id) as location_id,
        movements.item_id,
        sum(cast(movements.quantity as double)) as sent_quantity
    from movements
    left join transfers
        on
            movements.reference_type = 'transfer_order'
            and movements.reference_id = transfers.transfer_order_line_id
    where movements.movement_type = 'subcontract_issue'
    group by
        coalesce(transfers.to_location_id, movements.to_location_id),
        movements.item_id

),

places as (

    select distinct location_id
    from used

),

sides as (

    select
        movements.to_location_id as location_id,
        movements.item_id,
        movements.movement_type,
        cast(movements.quantity as double) as quantity_in,
        0.0 as quantity_out
    from movements
    union all
    select
        movements.from_location_id as location_id,
        movements.item_id,
        movements.movement_type,
        0.0 as quantity_in,
        cast(movements.quantity as double) as quantity_out
    from movements

),

moved as (

    select
        sides.location_id,
        sides.item_id,
        sum(case when sides.movement_type = 'opening' then sides.quantity_in else 0.0 end) as opening_quantity,
        sum(
            case
                when sides.movement_type in ('opening', 'adjustment', 'scrap', 'production_return') then 0.0
                else sides.quantity_in
            end
        ) as arrived_quantity,
        sum(
            case
                when sides.movement_type in ('adjustment', 'scrap', 'production_issue') then 0.0
                else sides.quantity_out
            end
        ) as returned_quantity,
        sum(sides.quantity_in - sides.quantity_out) as on_hand_quantity
    from sides
    inner join places
        on sides.location_id = places.location_id
    group by
        sides.location_id,
        sides.item_id

),

work_lines as (

    select
        purchase_lines.supplier_id,
        orders.location_id
    from {{ ref('fct_purchase_order_lines') }} as purchase_lines
    inner join orders
        on purchase_lines.production_order_id = orders.production_order_id

),

workers as (

    select
        location_id,
        min(supplier_id) as supplier_id
    from work_lines
    group by
        location_id

),

figures as (

    select
        used.location_id,
        used.item_id,
        workers.supplier_id,
        coalesce(moved.opening_quantity, 0.0) as opening_quantity,
        coalesce(sent.sent_quantity, 0.0) as sent_quantity,
        coalesce(under_way.in_transit_quantity, 0.0) as in_transit_quantity,
        coalesce(moved.arrived_quantity, 0.0) as arrived_quantity,
        coalesce(moved.returned_quantity, 0.0) as returned_quantity,
        used.equivalent_quantity,
        used.in_work_quantity,
        coalesce(moved.on_hand_quantity, 0.0) as on_hand_quantity
    from used
    left join moved
        on
            used.location_id = moved.location_id
            and used.item_id = moved.item_id
    left join sent
        on
            used.location_id = sent.location_id
            and used.item_id = sent.item_id
    left join under_way
        on
            used.location_id = under_way.location_id
            and used.item_id = under_way.item_id
    left join workers
        on used.location_id = workers.location_id

),

balanced as (

    select
        figures.*,
        figures.opening_quantity + figures.arrived_quantity - figures.returned_quantity - figures.equivalent_quantity
        - figures.in_work_quantity - figures.on_hand_quantity as unaccounted_quantity
    from figures

),

final as (

    select
        balanced.location_id,
        balanced.item_id,
        balanced.supplier_id,
        {{ amount('balanced.opening_quantity') }} as opening_quantity,
        {{ amount('balanced.sent_quantity') }} as sent_quantity,
        {{ amount('balanced.in_transit_quantity') }} as in_transit_quantity,
        {{ amount('balanced.arrived_quantity') }} as arrived_quantity,
        {{ amount('balanced.returned_quantity') }} as returned_quantity,
        {{ amount('balanced.equivalent_quantity') }} as equivalent_quantity,
        {{ amount('balanced.in_work_quantity') }} as in_work_quantity,
        {{ amount('balanced.on_hand_quantity') }} as on_hand_quantity,
        {{ amount('balanced.unaccounted_quantity') }} as unaccounted_quantity,
        {{ times('balanced.unaccounted_quantity', standard_cost()) }} as unaccounted_value
    from balanced
    {{ join_standard_costs('balanced.item_id', 'balanced.location_id', as_of()) }}

)

select * from final
