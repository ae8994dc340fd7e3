-- One row per refused row of shipment lines, with the first rule that it breaks.
{{ rejected_rows('shipment_lines', parents=['shipments', 'purchase_order_lines', 'delivery_lines', 'transfer_orders']) }}
