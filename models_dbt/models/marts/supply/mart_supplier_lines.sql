-- One row per purchase order line, with the names of its supplier, item and plant.
with

order_lines as (

    select * from {{ ref('fct_purchase_order_lines') }}

),

suppliers as (

    select * from {{ ref('dim_suppliers') }}

),

items as (

    select * from {{ ref('dim_items') }}

),

locations as (

    select * from {{ ref('dim_locations') }}

),

coverage as (

    select
        source,
        reports_supplier_receipts
    from {{ ref('int_source_coverage') }}

),

final as (

    select
        order_lines.purchase_order_line_id,
        order_lines.purchase_order_id,
        order_lines.supplier_id,
        suppliers.supplier_name,
        order_lines.buyer,
        order_lines.item_id,
        items.item_name,
        items.item_name_zh,
        items.category_id,
        items.category_name,
        items.category_name_zh,
        items.base_uom,
        order_lines.location_id,
        locations.plant_id,
        order_lines.is_subcontract,
        order_lines.ordered_date,
        order_lines.requested_date,
        order_lines.first_confirmed_date,
        order_lines.confirmed_date,
        coalesce(order_lines.confirmed_date, order_lines.requested_date) as due_date,
        order_lines.first_received_date,
        order_lines.received_in_full_date,
        order_lines.line_status,
        order_lines.is_open,
        order_lines.is_cancelled,
        order_lines.is_confirmed,
        order_lines.days_to_confirm,
        order_lines.is_received_on_time,
        order_lines.is_begun_on_time,
        order_lines.is_received_by_requested,
        order_lines.is_received_by_last_confirmed,
        order_lines.ordered_quantity,
        order_lines.received_quantity,
        order_lines.rejected_quantity,
        order_lines.open_quantity,
        order_lines.unit_price,
        order_lines.standard_price,
        order_lines.last_price,
        order_lines.net_value,
        order_lines.open_value,
        order_lines.price_variance_value,
        order_lines.price_change_value,
        order_lines.book_lead_time_days,
        order_lines.lead_time_days,
        case
            when coalesce(coverage.reports_supplier_receipts, 0) = 0 or order_lines.is_cancelled = 1 then null
            when order_lines.received_in_full_date is not null then order_lines.lead_time_days
            when order_lines.is_open = 1 then {{ days_from('order_lines.ordered_date', as_of()) }}
        end as observed_days,
        case when order_lines.received_in_full_date is not null then 1 else 0 end as is_observed
    from order_lines
    left join suppliers
        on order_lines.supplier_id = suppliers.supplier_id
    left join items
        on order_lines.item_id = items.item_id
    left join locations
        on order_lines.location_id = locations.location_id
    left join coverage
        on order_lines.source = coverage.source

)

select * from final
