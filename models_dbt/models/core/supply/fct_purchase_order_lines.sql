-- One row per purchase order line of an order that is more than a draft.
with

orders as (

    select
        purchase_order_id,
        supplier_id,
        cast(ordered_at as date) as ordered_date,
        cast(confirmed_at as date) as order_confirmed_date,
        currency_code,
        buyer,
        order_status
    from {{ ref('cnl_purchase_orders') }}
    where order_status <> 'draft'

),

order_lines as (

    select * from {{ ref('cnl_purchase_order_lines') }}

),

receipts as (

    select
        purchase_order_line_id,
        cast(received_at as date) as received_date,
        received_quantity,
        rejected_quantity
    from {{ ref('cnl_purchase_receipts') }}

),

coverage as (

    select
        source,
        reports_supplier_receipts,
        reports_supplier_confirmations,
        states_received_quantity,
        states_rejected_quantity
    from {{ ref('int_source_coverage') }}

),

-- A supplier's book lead time holds until the next one is agreed.
book_lead_times as (

    select
        item_id,
        supplier_id,
        lead_time_days,
        coalesce(valid_from_date, cast('0001-01-01' as date)) as valid_from_date,
        coalesce(
            lead(valid_from_date) over (
                partition by item_id, supplier_id order by coalesce(valid_from_date, cast('0001-01-01' as date))
            ),
            cast('9999-12-31' as date)
        ) as valid_to_date
    from {{ ref('cnl_item_suppliers') }}

),

received_by_day as (

    select
        purchase_order_line_id,
        received_date,
        sum(received_quantity) as received_quantity,
        sum(rejected_quantity) as rejected_quantity
    from receipts
    group by
        purchase_order_line_id,
        received_date

),

running_totals as (

    select
        purchase_order_line_id,
        received_date,
        received_quantity,
        rejected_quantity,
        sum(received_quantity) over (
            partition by purchase_order_line_id order by received_date asc
        ) as received_so_far
    from received_by_day

),

required as (

    select
        order_lines.purchase_order_line_id,
        order_lines.purchase_order_id,
        orders.supplier_id,
        order_lines.item_id,
        order_lines.location_id,
        orders.buyer,
        orders.ordered_date,
        order_lines.requested_date,
        order_lines.first_confirmed_date,
        order_lines.confirmed_date,
        orders.order_confirmed_date,
        orders.order_status,
        order_lines.line_status,
        order_lines.ordered_quantity,
        order_lines.received_quantity as stated_received_quantity,
        order_lines.rejected_quantity as stated_rejected_quantity,
        order_lines.unit_price,
        {{ flag('coalesce(order_lines.is_subcontract, false)') }} as is_subcontract,
        order_lines.production_order_id,
        order_lines.net_value as stated_net_value,
        order_lines.net_value_document as stated_net_value_document,
        orders.currency_code,
        order_lines._source as source,
        {{ flag("orders.order_status = 'cancelled' or order_lines.line_status = 'cancelled'") }} as is_cancelled
    from order_lines
    inner join orders
        on order_lines.purchase_order_id = orders.purchase_order_id

),

-- What was paid before for the same item, or for the same work on it, whoever supplied it.
last_prices as (

    select
        purchase_order_line_id,
        lag(unit_price) over (
            partition by item_id, is_subcontract order by ordered_date, purchase_order_line_id
        ) as last_price
    from required
    where
        is_cancelled = 0
        and unit_price is not null

),

received_totals as (

    select
        running_totals.purchase_order_line_id,
        sum(running_totals.received_quantity) as received_quantity,
        sum(running_totals.rejected_quantity) as rejected_quantity,
        min(running_totals.received_date) as first_received_date,
        min(
            case when running_totals.received_so_far >= required.ordered_quantity then running_totals.received_date end
        ) as received_in_full_date
    from running_totals
    inner join required
        on running_totals.purchase_order_line_id = required.purchase_order_line_id
    group by
        running_totals.purchase_order_line_id

),

progress as (

    select
        required.*,
        coalesce(coverage.reports_supplier_receipts, 0) as reports_receipts,
        case
            when coverage.reports_supplier_receipts = 1 then coalesce(received_totals.received_quantity, 0)
            when coverage.states_received_quantity = 1 then required.stated_received_quantity
        end as received_quantity,
        case
            when coverage.reports_supplier_receipts = 1 then coalesce(received_totals.rejected_quantity, 0)
            when coverage.states_rejected_quantity = 1 then required.stated_rejected_quantity
        end as rejected_quantity,
        received_totals.first_received_date,
        received_totals.received_in_full_date,
        last_prices.last_price,
        case
            when coverage.reports_supplier_confirmations = 1
                then
                    {{ flag(
                        'required.first_confirmed_date is not null or required.order_confirmed_date is not null'
                    ) }}
        end as is_confirmed
    from required
    left join coverage
        on required.source = coverage.source
    left join received_totals
        on required.purchase_order_line_id = received_totals.purchase_order_line_id
    left join last_prices
        on required.purchase_order_line_id = last_prices.purchase_order_line_id

),

flagged as (

    select
        progress.*,
        case
            when progress.is_cancelled = 1 then coalesce(progress.received_quantity, 0)
            else progress.ordered_quantity
        end as required_quantity,
        case
            when progress.is_cancelled = 1 or progress.line_status <> 'open' then 0
            when progress.received_quantity >= progress.ordered_quantity then 0
            else 1
        end as is_open,
        {{ flag('progress.is_cancelled = 0 and progress.first_confirmed_date <= ' ~ as_of()) }} as is_due_by_confirmed,
        {{ flag('progress.is_cancelled = 0 and progress.requested_date <= ' ~ as_of()) }} as is_due_by_requested,
        {{ flag('progress.is_cancelled = 0 and progress.confirmed_date <= ' ~ as_of()) }} as is_due_by_last_confirmed,
        case when progress.received_quantity >= progress.ordered_quantity then 1 else 0 end as is_received_in_full,
        -- What a subcontractor charges is his work alone; the item's standard cost holds the parts that he was sent as well.
        case when progress.is_subcontract = 1 then null else {{ standard_cost() }} end as standard_price,
        book_lead_times.lead_time_days as book_lead_time_days
    from progress
    {{ join_standard_costs('progress.item_id', 'progress.location_id', 'progress.ordered_date') }}
    left join book_lead_times
        on
            progress.item_id = book_lead_times.item_id
            and progress.supplier_id = book_lead_times.supplier_id
            and progress.ordered_date >= book_lead_times.valid_from_date
            and progress.ordered_date < book_lead_times.valid_to_date

),

valued as (

    select
        flagged.*,
        case
            when flagged.is_open = 0 then cast(0 as decimal(18, 6))
            else flagged.ordered_quantity - flagged.received_quantity
        end as open_quantity,
        {{ portion('flagged.stated_net_value', 'flagged.required_quantity', 'flagged.ordered_quantity') }} as net_value,
        {{ portion('flagged.stated_net_value_document', 'flagged.required_quantity', 'flagged.ordered_quantity') }}
            as net_value_document
    from flagged

),

final as (

    select
        valued.purchase_order_line_id,
        valued.purchase_order_id,
        valued.supplier_id,
        valued.item_id,
        valued.location_id,
        valued.buyer,
        valued.ordered_date,
        valued.requested_date,
        valued.first_confirmed_date,
        valued.confirmed_date,
        valued.order_status,
        valued.line_status,
        valued.is_subcontract,
        valued.production_order_id,
        valued.ordered_quantity,
        {{ amount('valued.received_quantity') }} as received_quantity,
        {{ amount('valued.rejected_quantity') }} as rejected_quantity,
        {{ amount('valued.open_quantity') }} as open_quantity,
        valued.unit_price,
        valued.net_value,
        {{ amount('valued.stated_net_value - valued.net_value') }} as cancelled_value,
        valued.net_value_document,
        valued.currency_code,
        case
            when valued.is_open = 0 then cast(0 as decimal(18, 6))
            else {{ portion('valued.net_value', 'valued.open_quantity', 'valued.ordered_quantity') }}
        end as open_value,
        valued.standard_price,
        {{ times('(valued.unit_price - valued.standard_price)', 'valued.received_quantity') }} as price_variance_value,
        valued.last_price,
        {{ times('(valued.unit_price - valued.last_price)', 'valued.received_quantity') }} as price_change_value,
        valued.first_received_date,
        valued.received_in_full_date,
        valued.is_cancelled,
        valued.is_open,
        valued.is_confirmed,
        {{ days_from('valued.ordered_date', 'valued.order_confirmed_date') }} as days_to_confirm,
        valued.is_due_by_confirmed,
        {{ done_by(
            'valued.is_due_by_confirmed',
            'valued.reports_receipts',
            'valued.is_received_in_full',
            'valued.received_in_full_date',
            'valued.first_confirmed_date',
        ) }} as is_received_on_time,
        {{ done_by(
            'valued.is_due_by_confirmed',
            'valued.reports_receipts',
            'case when valued.first_received_date is null then 0 else 1 end',
            'valued.first_received_date',
            'valued.first_confirmed_date',
        ) }} as is_begun_on_time,
        {{ done_by(
            'valued.is_due_by_requested',
            'valued.reports_receipts',
            'valued.is_received_in_full',
            'valued.received_in_full_date',
            'valued.requested_date',
        ) }} as is_received_by_requested,
        {{ done_by(
            'valued.is_due_by_last_confirmed',
            'valued.reports_receipts',
            'valued.is_received_in_full',
            'valued.received_in_full_date',
            'valued.confirmed_date',
        ) }} as is_received_by_last_confirmed,
        {{ flag('valued.is_open = 1 and valued.requested_date < ' ~ as_of()) }} as is_past_due,
        {{ days_from('valued.ordered_date', 'valued.received_in_full_date') }} as lead_time_days,
        valued.book_lead_time_days,
        valued.source
    from valued

)

select * from final
