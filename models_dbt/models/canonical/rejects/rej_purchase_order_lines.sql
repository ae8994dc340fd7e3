-- One row per refused row of purchase order lines, with the first rule that it breaks.
{{ rejected_rows('purchase_order_lines', parents=['purchase_orders', 'items', 'locations', 'production_orders']) }}
