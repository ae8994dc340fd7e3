-- One row per refused row of quality inspections, with the first rule that it breaks.
{{ rejected_rows('quality_inspections', parents=['items', 'suppliers', 'purchase_order_lines', 'production_orders', 'lots']) }}
