-- One row per refused row of purchase orders, with the first rule that it breaks.
{{ rejected_rows('purchase_orders', parents=['suppliers']) }}
