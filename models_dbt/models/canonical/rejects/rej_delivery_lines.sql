-- One row per refused row of delivery lines, with the first rule that it breaks.
{{ rejected_rows('delivery_lines', parents=['deliveries', 'sales_order_lines', 'items', 'lots']) }}
