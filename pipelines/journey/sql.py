"""What the step `order journey` asks of a build: the lines of orders, and what they may have waited for."""

from __future__ import annotations

# One row per order line that was not cancelled, with the documents around it. Of several, the last one counts: the
# delivery that completed it, the invoice that was sent last.
LINES = """
    with delivered as (
        select sales_order_line_id, delivery_id, delivery_line_id, item_id, carrier, planned_ship_date,
            expected_arrival_date, shipped_date, delivered_date, location_id,
            row_number() over (
                partition by sales_order_line_id order by shipped_date desc, delivery_id desc, delivery_line_id desc
            ) as position
        from core.fct_delivery_lines where shipped_date is not null
    ),
    shipments as (
        select delivery_id, min(shipment_id) as shipment_id from core.fct_shipments
        where direction = 'outbound' and delivery_id is not null group by delivery_id
    ),
    opportunities as (
        select orders.sales_order_id,
            coalesce(orders.opportunity_id, min(quotations.opportunity_id)) as opportunity_id,
            max(quotations.quotation_id) as quotation_id, max(quotations.quoted_date) as quoted_date
        from canonical.cnl_sales_orders as orders
        left join core.fct_quotations as quotations on orders.sales_order_id = quotations.sales_order_id
        group by orders.sales_order_id, orders.opportunity_id
    ),
    leads as (
        select opportunity_id, min(lead_id) as lead_id from core.fct_leads
        where opportunity_id is not null group by opportunity_id
    ),
    settled as (
        select invoice_id, max(settled_date) as settled_date, max(payment_id) as payment_id
        from core.fct_settlements where invoice_id is not null group by invoice_id
    ),
    open_items as (
        select distinct invoice_id from core.fct_open_items
    ),
    taxed as (
        select lines.invoice_line_id, max(heads.tax_invoice_id) as tax_invoice_id,
            max(cast(heads.issued_date as date)) as issued_date
        from canonical.cnl_tax_invoice_lines as lines
        inner join canonical.cnl_tax_invoices as heads on lines.tax_invoice_id = heads.tax_invoice_id
        where heads.tax_invoice_status <> 'cancelled'
        group by lines.invoice_line_id
    ),
    invoiced as (
        select lines.sales_order_line_id, lines.invoice_id, lines.invoice_date, invoices.due_date,
            case when open_items.invoice_id is null and invoices.invoice_status <> 'open' then settled.settled_date end
                as paid_date,
            settled.payment_id, taxed.tax_invoice_id, taxed.issued_date,
            row_number() over (
                partition by lines.sales_order_line_id order by lines.invoice_date desc, lines.invoice_id desc,
                    lines.invoice_line_id desc
            ) as position
        from core.fct_invoice_lines as lines
        inner join core.fct_invoices as invoices on lines.invoice_id = invoices.invoice_id
        left join settled on lines.invoice_id = settled.invoice_id
        left join open_items on lines.invoice_id = open_items.invoice_id
        left join taxed on lines.invoice_line_id = taxed.invoice_line_id
        where lines.invoice_type = 'customer_invoice' and lines.sales_order_line_id is not null
    ),
    answered as (
        select sales_order_id, min(responded_date) as responded_date, min(response_id) as response_id
        from core.fct_satisfaction_responses where sales_order_id is not null group by sales_order_id
    ),
    cases as (
        select sales_order_line_id, case_id, opened_date,
            row_number() over (partition by sales_order_line_id order by opened_at, case_id) as position
        from core.fct_service_cases where sales_order_line_id is not null
    )
    select
        lines.sales_order_line_id, lines.sales_order_id, lines.customer_id, lines.item_id,
        coalesce(delivered.location_id, lines.location_id) as location_id, lines.ordered_date, lines.requested_date,
        coalesce(lines.first_promised_date, lines.requested_date) as due_date, lines.is_open,
        lines.shipped_in_full_date, lines.received_in_full_date, coverage.reports_customer_receipts,
        delivered.delivery_id, delivered.delivery_line_id, delivered.item_id as delivered_item_id, delivered.carrier,
        delivered.planned_ship_date, delivered.shipped_date, delivered.expected_arrival_date, shipments.shipment_id,
        opportunities.opportunity_id, found.created_date as opportunity_date, opportunities.quotation_id,
        opportunities.quoted_date, coalesce(found.lead_id, leads.lead_id) as lead_id,
        lead_rows.created_date as lead_date,
        invoiced.invoice_id, invoiced.invoice_date, invoiced.due_date as payment_due_date, invoiced.paid_date,
        invoiced.payment_id, invoiced.tax_invoice_id, invoiced.issued_date, answered.response_id,
        answered.responded_date, cases.case_id, cases.opened_date, lines.source
    from core.fct_sales_order_lines as lines
    left join core.int_source_coverage as coverage on lines.source = coverage.source
    left join delivered on lines.sales_order_line_id = delivered.sales_order_line_id and delivered.position = 1
    left join shipments on delivered.delivery_id = shipments.delivery_id
    left join opportunities on lines.sales_order_id = opportunities.sales_order_id
    left join core.fct_opportunities as found on opportunities.opportunity_id = found.opportunity_id
    left join leads on opportunities.opportunity_id = leads.opportunity_id
    left join core.fct_leads as lead_rows on coalesce(found.lead_id, leads.lead_id) = lead_rows.lead_id
    left join invoiced on lines.sales_order_line_id = invoiced.sales_order_line_id and invoiced.position = 1
    left join answered on lines.sales_order_id = answered.sales_order_id
    left join cases on lines.sales_order_line_id = cases.sales_order_line_id and cases.position = 1
    where lines.is_cancelled = 0
    order by lines.sales_order_line_id
"""

# What a delivery or an order waited for last, with the transfer and the purchase that brought it.
SUPPLIES = """
    with departures as (
        select transfer_order_line_id, min(planned_departure_date) as planned_departure_date,
            max(planned_arrival_date) as planned_arrival_date
        from core.fct_shipments where transfer_order_line_id is not null group by transfer_order_line_id
    )
    select
        supplies.taker_type, supplies.taker_id, supplies.taken_item_id, supplies.item_id, supplies.location_id,
        supplies.arrived_date, supplies.last_taken_date, supplies.transfer_order_line_id, supplies.supply_type,
        supplies.supply_id, supplies.supplied_date, transfers.shipped_date as transfer_shipped_date,
        transfers.received_date as transfer_received_date, transfers.due_date as transfer_due_date,
        transfers.from_location_id, departures.planned_departure_date, departures.planned_arrival_date,
        receipts.received_date, bought.purchase_order_line_id, bought.supplier_id, bought.ordered_date,
        coalesce(bought.first_confirmed_date, bought.requested_date) as confirmed_date,
        receipts.location_id as receipt_location_id
    from core.fct_last_supplies as supplies
    left join core.fct_transfer_lines as transfers
        on supplies.transfer_order_line_id = transfers.transfer_order_line_id
    left join departures on supplies.transfer_order_line_id = departures.transfer_order_line_id
    left join core.fct_purchase_receipts as receipts
        on supplies.supply_type = 'purchase_receipt' and supplies.supply_id = receipts.receipt_line_id
    left join core.fct_purchase_order_lines as bought
        on receipts.purchase_order_line_id = bought.purchase_order_line_id
"""

# Production orders with the work centre that worked longest on them and the day of their last inspection.
ORDERS = """
    with centres as (
        select production_order_id, work_centre_id,
            row_number() over (
                partition by production_order_id order by actual_hours desc nulls last, sequence, work_order_id
            ) as position,
            sum(actual_hours) over (partition by production_order_id) as hours
        from core.fct_operation_progress
    ),
    inspected as (
        select production_order_id, max(inspected_date) as inspected_date, max(inspection_id) as inspection_id
        from core.fct_quality_inspections
        where inspection_type = 'final' and production_order_id is not null group by production_order_id
    )
    select
        orders.production_order_id, orders.item_id, orders.location_id, orders.created_date,
        orders.planned_start_date, orders.planned_finish_date, orders.started_date, orders.finished_date,
        centres.work_centre_id, centres.hours, inspected.inspected_date, inspected.inspection_id
    from core.fct_production_orders as orders
    left join centres on orders.production_order_id = centres.production_order_id and centres.position = 1
    left join inspected on orders.production_order_id = inspected.production_order_id
    order by orders.production_order_id
"""
