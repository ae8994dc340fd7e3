-- One row per refused row of purchase receipts, with the first rule that it breaks.
{{ rejected_rows('purchase_receipts', parents=['purchase_order_lines', 'items', 'locations', 'lots']) }}
