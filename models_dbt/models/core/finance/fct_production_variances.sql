-- One row per finished production order: what it cost against what it received, split into its reasons.
with

production_orders as (

    select * from {{ ref('fct_production_orders') }}
    where is_finished = 1

),

coverage as (

    select
        source,
        reports_all_stock_movements
    from {{ ref('int_source_coverage') }}

),

movements as (

    select * from {{ ref('fct_stock_movements') }}

),

-- Some systems issue to the order what was sent to the subcontractor, some only send it.
consumed as (

    select
        reference_id as production_order_id,
        item_id,
        sum(case movement_type when 'production_issue' then quantity when 'production_return' then -quantity end)
            as issued_quantity,
        sum(case movement_type when 'production_issue' then value when 'production_return' then -value end)
            as issued_value,
        sum(case when movement_type = 'subcontract_issue' then quantity end) as sent_quantity,
        sum(case when movement_type = 'subcontract_issue' then value end) as sent_value
    from movements
    where
        movement_type in ('production_issue', 'production_return', 'subcontract_issue')
        and reference_type = 'production_order'
    group by
        reference_id,
        item_id

),

issued as (

    select
        production_order_id,
        item_id,
        coalesce(issued_quantity, sent_quantity) as quantity,
        coalesce(issued_value, sent_value) as value
    from consumed

),

receipts as (

    select
        receipts.receipt_line_id,
        receipts.received_quantity,
        receipts.rejected_quantity,
        order_lines.production_order_id,
        order_lines.unit_price
    from {{ ref('fct_purchase_receipts') }} as receipts
    inner join {{ ref('fct_purchase_order_lines') }} as order_lines
        on receipts.purchase_order_line_id = order_lines.purchase_order_line_id
    where order_lines.production_order_id is not null

),

into_stock as (

    select
        reference_id as production_order_id,
        value
    from movements
    where
        movement_type = 'production_receipt'
        and reference_type = 'production_order'
    union all
    select
        receipts.production_order_id,
        movements.value
    from movements
    inner join receipts
        on movements.reference_id = receipts.receipt_line_id
    where
        movements.movement_type = 'purchase_receipt'
        and movements.reference_type = 'purchase_receipt'

),

received as (

    select
        production_order_id,
        sum(value) as value
    from into_stock
    group by production_order_id

),

required as (

    select
        production_order_id,
        item_id,
        sum(required_quantity) as quantity,
        -- Issued lines at today's standard: the price of a part of which no movement tells another.
        max(issued_standard_value / nullif(issued_quantity, 0)) as unit_value
    from {{ ref('fct_production_order_components') }}
    group by
        production_order_id,
        item_id

),

shares as (

    select
        production_order_id,
        cast(coalesce(completed_quantity, 0) as double) / nullif(cast(ordered_quantity as double), 0) as good_share,
        cast(coalesce(completed_quantity, 0) + coalesce(scrapped_quantity, 0) as double)
        / nullif(cast(ordered_quantity as double), 0) as made_share
    from production_orders

),

-- A part is priced as its own movements are; what was never issued, at standard.
parts as (

    select
        coalesce(required.production_order_id, issued.production_order_id) as production_order_id,
        coalesce(cast(required.quantity as double), 0) as required_quantity,
        coalesce(cast(issued.value as double), 0) as issued_value,
        coalesce(
            cast(issued.value as double) / nullif(cast(issued.quantity as double), 0),
            cast(required.unit_value as double),
            0
        ) as unit_value
    from required
    full outer join issued
        on
            required.production_order_id = issued.production_order_id
            and required.item_id = issued.item_id

),

materials as (

    select
        parts.production_order_id,
        sum(parts.issued_value) as issued_value,
        sum(parts.required_quantity * parts.unit_value * shares.good_share) as good_value,
        sum(parts.required_quantity * parts.unit_value * shares.made_share) as made_value
    from parts
    inner join shares
        on parts.production_order_id = shares.production_order_id
    group by parts.production_order_id

),

-- Planned hours are those of the ordered quantity: set-up, and the rest by the piece.
operations as (

    select
        progress.production_order_id,
        sum(coalesce(progress.actual_hours, 0) * cast(progress.cost_per_hour as double)) as actual_value,
        sum(
            (
                coalesce(work_orders.setup_hours, 0)
                + (coalesce(progress.standard_hours, 0) - coalesce(work_orders.setup_hours, 0)) * shares.good_share
            )
            * cast(progress.cost_per_hour as double)
        ) as good_value,
        sum(
            (
                coalesce(work_orders.setup_hours, 0)
                + (coalesce(progress.standard_hours, 0) - coalesce(work_orders.setup_hours, 0)) * shares.made_share
            )
            * cast(progress.cost_per_hour as double)
        ) as made_value
    from {{ ref('fct_operation_progress') }} as progress
    inner join {{ ref('fct_work_orders') }} as work_orders
        on progress.work_order_id = work_orders.work_order_id
    inner join shares
        on progress.production_order_id = shares.production_order_id
    where progress.is_finished = 1
    group by progress.production_order_id

),

-- Work of subcontractors, as they ask for it.
outside as (

    select
        production_order_id,
        sum(
            cast(received_quantity - coalesce(rejected_quantity, 0) as double) * cast(unit_price as double)
        ) as value
    from receipts
    group by production_order_id

),

posted as (

    select
        reference_id as production_order_id,
        sum(balance_value) as value
    from {{ ref('fct_ledger_lines') }}
    where
        account_type = 'variance'
        and reference_type = 'production_order'
    group by reference_id

),

valued as (

    select
        production_orders.*,
        coalesce(materials.issued_value, 0) as material_value,
        coalesce(materials.good_value, 0) as material_good,
        coalesce(materials.made_value, 0) as material_made,
        coalesce(operations.actual_value, 0) as hours_value,
        coalesce(operations.good_value, 0) as hours_good,
        coalesce(operations.made_value, 0) as hours_made,
        coalesce(outside.value, 0) as subcontract_value,
        coalesce(cast(received.value as double), 0) as received_value,
        posted.value as posted_value
    from production_orders
    inner join coverage
        on production_orders.source = coverage.source
    left join materials
        on production_orders.production_order_id = materials.production_order_id
    left join operations
        on production_orders.production_order_id = operations.production_order_id
    left join outside
        on production_orders.production_order_id = outside.production_order_id
    left join received
        on production_orders.production_order_id = received.production_order_id
    left join posted
        on production_orders.production_order_id = posted.production_order_id
    -- Without its movements nobody knows what an order took and gave.
    where coverage.reports_all_stock_movements = 1

),

final as (

    select
        valued.production_order_id,
        valued.item_id,
        valued.location_id,
        valued.finished_date,
        valued.completed_quantity,
        valued.scrapped_quantity,
        {{ amount('valued.material_value') }} as material_value,
        {{ amount('valued.hours_value') }} as hours_value,
        {{ amount('valued.subcontract_value') }} as subcontract_value,
        {{ amount('valued.received_value') }} as received_value,
        {{ amount('valued.material_value - valued.material_made') }} as usage_variance,
        {{ amount('valued.hours_value - valued.hours_made') }} as hours_variance,
        {{ amount('valued.material_made - valued.material_good + valued.hours_made - valued.hours_good') }}
            as scrap_variance,
        {{ amount('valued.material_good + valued.hours_good + valued.subcontract_value - valued.received_value') }}
            as lot_size_variance,
        {{ amount('valued.material_value + valued.hours_value + valued.subcontract_value - valued.received_value') }}
            as total_variance,
        {{ amount('valued.posted_value') }} as posted_variance,
        valued.source
    from valued

)

select * from final
