-- One row per refused row of production orders, with the first rule that it breaks.
{{ rejected_rows('production_orders', parents=['items', 'locations', 'boms', 'sales_order_lines']) }}
